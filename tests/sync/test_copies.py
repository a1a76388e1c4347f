"""Sealed copies of unsent work: read in by a desk through the same judging, under its author's name, counted once; P2, P3, P21."""

import json
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.problems import Refused
from server.sealed_copies import MARK, copy_key, open_copy
from server.store.change_log import Operation
from server.store.database import db
from server.upload_tokens import upload_token
from sync.copies import Counts, read_in_copy
from tests.copies import sealed
from tests.histories import histories
from tests.sync.phone import Phone, read
from tests.sync.test_numbers import boardings
from tests.sync.town import IDENTITY, lines_of, logged, numbers_of
from tests.world import ADMINISTRATOR, OPERATOR

EXAMPLE = json.loads((Path(__file__).resolve().parents[1] / "contract" / "copy.json").read_text(encoding="utf-8"))


def part_of(phone: Phone) -> dict:
    return {"token": phone.token, "device": phone.device, "operations": [wire.sent() for wire in phone.outbox]}


def read_in(world, file: bytes) -> Counts:
    return read_in_copy(file, by=OPERATOR, at=world.clock.now())


def readings() -> list[dict]:
    rows = db.session.query(Operation).filter_by(type="read_in_copy").order_by(Operation.received_at, Operation.id)
    return [json.loads(row.body)["args"] | {"by": row.author_id, "phone": row.target} for row in rows]


def two_aboard(town: tuple[str, Phone]) -> list:
    transfer, phone = town
    return [phone.record("board_person", transfer, line=line, identity=IDENTITY) for line in lines_of(transfer)]


def test_what_is_read_in_is_judged_under_its_author_s_name_with_its_exact_bytes(each_town):
    _transfer, phone = each_town
    wires = two_aboard(each_town)
    assert read_in(phone.world, sealed(part_of(phone))) == Counts(new=2)
    for wire in wires:
        [row] = logged(wire.id)
        assert (row.body, row.verdict, row.author_id, row.device_id, row.door) == (wire.body, "applied", phone.user, phone.device, "phone")
    assert boardings() == 2


def test_read_in_twice_and_sent_by_the_phone_too_it_counts_once(each_town):
    _transfer, phone = each_town
    two_aboard(each_town)
    file = sealed(part_of(phone))
    assert (read_in(phone.world, file), read_in(phone.world, file)) == (Counts(new=2), Counts(known=2))
    first = {row.id: row.verdict for row in logged()}
    phone.sync()
    assert {id: result["verdict"] for id, (_wire, result) in phone.kept.items()} == {id: first[id] for id in phone.kept}
    assert (boardings(), phone.outbox, numbers_of(phone.device)) == (2, [], [1, 2])


def test_sent_by_the_phone_first_a_copy_brings_nothing_new(each_town):
    _transfer, phone = each_town
    two_aboard(each_town)
    file = sealed(part_of(phone))
    phone.sync()
    assert read_in(phone.world, file) == Counts(known=2)
    assert boardings() == 2


def test_a_copy_that_overlaps_what_the_phone_brings_later_leaves_no_gap_in_its_numbers(each_town):
    transfer, phone = each_town
    wires = two_aboard(each_town)
    later = {**part_of(phone), "operations": [wires[1].sent()]}
    assert read_in(phone.world, sealed(later)) == Counts(new=1), "also without the one before it"
    phone.record("record_moment", transfer, moment="left_pickup")
    phone.sync()
    assert (numbers_of(phone.device), boardings()) == ([1, 2, 3], 2)


def test_the_copy_of_two_people_s_work_counts_each_for_whoever_did_it(each_town):
    _transfer, phone = each_town
    other = Phone(phone.world, "receiver1")
    mine, theirs = (
        two_aboard(each_town)[0],
        other.record("set_room_state", phone.world.rooms[7], state="vacated_dirty", reason=None, note=None),
    )
    assert read_in(phone.world, sealed(part_of(phone), part_of(other))) == Counts(new=3)
    assert (logged(mine.id)[0].author_id, logged(theirs.id)[0].author_id) == (phone.user, other.user)
    assert [(told["of"], told["new"]) for told in readings()] == [(phone.user, 2), (other.user, 1)]


def test_who_read_it_in_stands_in_the_log_with_what_became_of_it(town):
    _transfer, phone = town
    two_aboard(town)
    phone.say("not json")
    assert read_in(phone.world, sealed(part_of(phone))) == Counts(new=2, refused=1)
    [told] = readings()
    assert told == {
        "copy": "copy-number-one",
        "of": phone.user,
        "new": 2,
        "known": 0,
        "refused": 1,
        "by": OPERATOR.id,
        "phone": phone.device,
    }
    phone.sync()
    assert sorted(result["verdict"] for _wire, result in phone.kept.values()) == ["applied", "applied", "refused"]


def test_nobody_puts_work_under_another_s_name(each_town):
    _transfer, phone = each_town
    two_aboard(each_town)
    other = Phone(phone.world, "driver2")
    part = part_of(phone)
    forged = [
        {**part, "token": "x"},
        {**part, "token": other.token},
        {**part, "token": upload_token(other.device, phone.user)},
        {**part, "device": other.device},
    ]
    for one in forged:
        with pytest.raises(Refused, match="copy.of_no_phone"):
            read_in(phone.world, sealed(part_of(other) | {"operations": part["operations"]}, one))
    assert (logged(), readings()) == ([], []), "one bad part, and nothing of the copy is taken"
    assert read_in(phone.world, sealed({**part_of(other), "operations": part["operations"]})).refused == 2
    assert {row.code for row in logged()} == {"operation.not_the_author"}


def test_a_copy_of_a_phone_that_was_switched_off_waits_until_it_is_switched_on(each_town):
    _transfer, phone = each_town
    two_aboard(each_town)
    file = sealed(part_of(phone))
    phone.world.do("revoke_device", phone.device, by=ADMINISTRATOR)
    with pytest.raises(Refused, match="copy.phone_switched_off"):
        read_in(phone.world, file)
    assert logged() == []
    phone.world.do("restore_device", phone.device, by=ADMINISTRATOR)
    assert read_in(phone.world, file) == Counts(new=2)


def test_a_long_outbox_is_read_in_whole_and_in_order(each_town):
    transfer, phone = each_town
    for n in range(230):
        phone.record("record_moment", transfer, moment="at_pickup", stop=f"站{n}")
    part = part_of(phone)
    part["operations"].reverse()
    assert read_in(phone.world, sealed(part)) == Counts(new=230)
    assert [told["new"] for told in readings()] == [100, 100, 30]
    stamps = dict(db.session.query(Operation.id, Operation.stamp).filter_by(type="record_moment").all())
    in_order = [stamps[wire.id] for wire in phone.outbox]
    assert in_order == sorted(in_order) and len(set(in_order)) > 1
    phone.sync()
    assert phone.outbox == []


DAMAGED = {
    "empty": lambda _file: b"",
    "a picture": lambda _file: b"\x89PNG\r\n\x1a\n" + bytes(200),
    "cut short": lambda file: file[:-40],
    "a letter changed": lambda file: file[:-20] + bytes([file[-20] ^ 1 if file[-20] != ord("a") else ord("b")]) + file[-19:],
    "only its first line": lambda file: file.splitlines()[0],
    "without what is sealed": lambda file: file.rsplit(b" ", 1)[0],
    "sealed nonsense": lambda _file: sealed({"token": 1}),
    "no parts": lambda _file: sealed(),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_copy_gets_one_sentence_and_leaves_nothing(town, damage):
    _transfer, phone = town
    two_aboard(town)
    before = db.session.query(Operation).count()
    with pytest.raises(Refused, match="copy.unreadable"):
        read_in(phone.world, DAMAGED[damage](sealed(part_of(phone))))
    assert db.session.query(Operation).count() == before


def test_a_copy_for_another_office_is_told_apart(town):
    _transfer, phone = town
    two_aboard(town)
    with pytest.raises(Refused, match="copy.of_another_office"):
        read_in(phone.world, sealed(part_of(phone), key=copy_key("another office's secret")))
    assert logged() == []


@histories(300)
@given(place=some.integers(min_value=0, max_value=10_000), byte=some.integers(min_value=1, max_value=255))
def test_no_changed_byte_of_a_sealed_copy_passes(place, byte):
    file = EXAMPLE["file"].encode()
    line = file.index(MARK.encode())
    place = line + place % (len(file) - 1 - line)
    changed = file[:place] + bytes([file[place] ^ byte]) + file[place + 1 :]
    try:
        content = open_copy(changed, EXAMPLE["secret"])
    except Refused as refusal:
        assert refusal.code in ("copy.unreadable", "copy.of_another_office")
    else:
        # The last letter of base64 has bits that mean nothing; white space may stand around.
        assert json.loads(content) == EXAMPLE["holds"]


def test_the_phone_s_seal_is_opened_here_as_the_example_of_both_languages_has_it():
    assert copy_key(EXAMPLE["secret"]) == EXAMPLE["key"]
    assert json.loads(open_copy(EXAMPLE["file"].encode(), EXAMPLE["secret"])) == EXAMPLE["holds"]


def test_after_a_copy_the_feed_brings_the_effect_and_the_phone_shows_it(each_town):
    transfer, phone = each_town
    two_aboard(each_town)
    read_in(phone.world, sealed(part_of(phone)))
    other = Phone(phone.world, "driver1")
    other.sync()
    assert {line["state"] for line in other.body("transfer", transfer)["lines"]} == {"aboard"}
    assert read(phone.deliver())["expected_seq"] == 3


@pytest.mark.parametrize("turn", range(6))
def test_a_copy_and_the_phone_itself_at_the_same_moment_count_once(each_town, turn):
    transfer, phone = each_town
    two_aboard(each_town)
    for n in range(20):
        phone.record("record_moment", transfer, moment="at_pickup", stop=f"站{n}")
    file, world = sealed(part_of(phone)), phone.world
    told: list = []

    def by_the_desk() -> None:
        with world.app.app_context():
            told.append(read_in(world, file))

    desks = [threading.Thread(target=by_the_desk) for _ in range(2)]
    for desk in desks:
        desk.start()
    time.sleep(turn / 200)
    phone.sync()
    for desk in desks:
        desk.join()
    assert [one.new + one.known for one in told] == [22, 22]
    assert sum(one.new for one in told) <= 22
    assert (boardings(), phone.outbox, numbers_of(phone.device)) == (2, [], list(range(1, 23)))
    assert len(logged()) == 22
