"""Of a body that the phone holds it gets what differs, and always comes to what the office has."""

import json
import os
from pathlib import Path

import pytest

from server.shared_memory import HOLE_BYTES, Pigeonholes
from sync.patches import difference, in_order
from sync.sums import sum_of
from tests.sync.handset import Handset, a_line
from tests.sync.phone import Phone, patched, read
from tests.sync.town import IDENTITY, VERIFIED, a_transfer, lines_of, what_may_be_seen

EXAMPLES = json.loads(Path("tests/contract/patches.json").read_text(encoding="utf-8"))


@pytest.fixture
def driver(world) -> tuple[str, Phone]:
    """A transfer of six people, not verified yet, and the phone of its driver."""
    transfer = a_transfer(world, people=6, verified=False)
    phone = Phone(world, "driver1", patches=True)
    phone.sync()
    return transfer, phone


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["says"])
def test_both_sides_read_a_patch_alike(example):
    assert difference(example["of"], example["makes"]) == example["patch"]
    assert patched(example["of"], example["patch"]) == example["makes"]
    assert sum_of(in_order(example["makes"])) == example["sum"]


def test_each_operation_of_a_trip_comes_back_as_what_it_changed(world, driver):
    transfer, phone = driver
    for line in lines_of(transfer):
        phone.record("verify_person", transfer, line=line, **VERIFIED)
        phone.sync()
    for line in lines_of(transfer):
        phone.record("board_person", transfer, line=line, identity=IDENTITY)
        phone.sync()
        assert phone.body("transfer", transfer) == what_may_be_seen("driver1", world)["transfer", transfer]
    assert [change["op"] for change in changes_of(phone)] == ["put", *["patch"] * 12]
    assert len(json.dumps(changes_of(phone)[-1])) < len(json.dumps(phone.body("transfer", transfer))) / 5


def test_a_server_that_remembers_nothing_reads_what_the_phone_holds_before_it_changes(world, driver):
    transfer, phone = driver
    world.app.extensions["given"] = Pigeonholes()
    board(phone, transfer)
    assert [change["op"] for change in changes_of(phone)] == ["put", "patch"]
    assert phone.body("transfer", transfer) == what_may_be_seen("driver1", world)["transfer", transfer]


def test_after_a_lost_answer_the_phone_holds_an_older_body_and_gets_the_whole(world, driver):
    transfer, phone = driver
    phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    phone.lose_answer()
    phone.sync()
    assert [change["op"] for change in changes_of(phone)] == ["put", "put"]
    assert phone.body("transfer", transfer) == what_may_be_seen("driver1", world)["transfer", transfer]


def test_a_phone_that_knows_no_patches_gets_whole_bodies(world):
    transfer, phone = a_transfer(world), Phone(world, "driver1")
    phone.sync()
    board(phone, transfer)
    assert [change["op"] for change in changes_of(phone)] == ["put", "put"]


def test_p17_to_say_that_one_holds_what_is_another_s_tells_nothing(world, driver):
    transfer, _phone = driver
    stranger = Phone(world, "driver2", patches=True)
    stranger.sync()
    message = stranger.message() | {"have": {transfer: 1, "0190c000-0000-7000-8000-00000000dead": 1}}
    assert read(stranger.post(message))["changes"] == []


def test_a_body_with_a_number_that_phones_write_otherwise_is_sent_whole(world, driver):
    transfer, phone = driver
    world.do("save_site", code="S1", name="一号点", kind="hotel", area="宽城", state="open", accepts=["close_contact"], lat=43.0, lng=125.5)
    phone.sync()
    board(phone, transfer)
    assert [change["op"] for change in changes_of(phone)][-1] == "put"


def test_the_real_phone_takes_patches_of_the_real_server(world):
    transfer = a_transfer(world)
    with a_line(world.app) as line:
        handset = Handset(line, "zhao", "driver1")
        handset.syncs()
        for person in lines_of(transfer):
            handset.boards(transfer, person)
            handset.syncs()
            assert handset.records()["transfer", transfer] == what_may_be_seen("driver1", world)["transfer", transfer]


def test_what_one_worker_puts_down_another_finds():
    shared = Pigeonholes(holes=8)
    worker = os.fork()
    if worker == 0:
        shared.put(b"transfer", b"body")
        os._exit(0)
    os.waitpid(worker, 0)
    assert shared.look(b"transfer") == b"body"
    assert shared.look(b"another") is None


def test_what_is_half_written_or_too_large_or_was_taken_out_is_not_there():
    shared = Pigeonholes(holes=1)
    shared.put(b"a", b"x" * 100)
    shared._memory[60] = ord("y")
    assert shared.look(b"a") is None
    shared.put(b"a", b"x" * 100)
    shared.put(b"b", b"z")
    assert (shared.look(b"a"), shared.look(b"b")) == (None, b"z")
    shared.put(b"b", b"x" * HOLE_BYTES)
    assert shared.look(b"b") == b"z"


def board(phone: Phone, transfer: str) -> None:
    phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    phone.sync()


def changes_of(phone: Phone) -> list[dict]:
    """All that this phone was told of transfers."""
    return [change for page in phone.pages for change in page["changes"] if change["type"] == "transfer"]
