"""P12: an old phone and a new server. A crew and a receiver go through a trip with the very bytes that were shipped; P1 to P6 hold."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from server.store.database import db
from server.store.rooms import Stay
from server.upload_tokens import read_upload_token
from sync.cursor import read_cursor
from sync.payloads import PAYLOADS
from tests.contract.freeze import SHIPPED
from tests.sync.phone import Phone
from tests.sync.town import a_transfer, a_whole_transfer, lines_of, logged, numbers_of, what_may_be_seen

# The order of a working day; what takes something back comes last.
DAY = (
    "verify_person", "answer_docking", "record_dock_call", "check_vehicle", "plan_route", "record_moment", "board_person",
    "record_outcome", "add_extra_person", "report_problem", "report_emergency", "hand_to_care", "receive_person", "sign_handover",
    "disinfect_vehicle", "set_room_state", "count_rooms", "record_waste", "admit_walk_in", "record_test_result",
    "record_health", "release_stay", "withdraw", "acknowledge_refusal",
)  # fmt: skip
NAMED = "0190c000-0000-7000-8000-0000000000"


def of_day(version: int) -> list[str]:
    """The bytes of every operation in the order of a day, in this version or the newest before it."""
    found = []
    for type in DAY:
        newest = max(int(file.stem.split(".v")[1]) for file in SHIPPED.glob(f"{type}.v*.json"))
        file = SHIPPED / f"{type}.v{min(version, newest)}.json"
        found += json.loads(file.read_text(encoding="utf-8"))["bodies"]
    return found


def test_the_day_has_every_operation():
    assert set(DAY) == set(PAYLOADS)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_p12_the_bytes_of_an_old_phone_are_judged_like_those_of_a_new_one(each_world, version):
    world = each_world
    transfer = a_transfer(world, vehicle=world.vehicle)
    crew, receiver = Phone(world, "driver1"), Phone(world, "receiver1")
    lines, whole = lines_of(transfer), a_whole_transfer(transfer)
    withdrawn, refused = crew.record("record_moment", transfer, moment="at_site"), crew.say("?")
    here = {
        "99": transfer, "01": lines[0], "02": lines[1], "31": world.rooms[0], "51": world.site, "f1": whole.stops[0]["id"], "a1": crew.user,
        "a3": receiver.user, "e1": somebody_who_stays(world), "c1": withdrawn.id, "c2": refused.id,
    }  # fmt: skip
    said = []
    for phone in (crew, receiver):
        phone.sync()
    for text in of_day(version):
        phone = receiver if f'"author":"{NAMED}a3"' in text else crew
        for short, id in here.items():
            text = text.replace(NAMED + short, id)
        said.append((phone, phone.say(text)))
        phone.lose_answer()
        phone.sync()
    rows = {row.id: row for row in logged(*(wire.id for _phone, wire in said))}
    assert {row.id: row.verdict for row in rows.values() if row.verdict not in ("applied", "flagged")} == {}
    assert all(phone.verdict(wire)["verdict"] == rows[wire.id].verdict and rows[wire.id].body == wire.body for phone, wire in said)
    assert {row.v for row in rows.values() if row.type == "receive_person"} == {version}
    for phone in (crew, receiver):
        phone.sync()
        assert numbers_of(phone.device) == list(range(1, phone.seq + 1))
        assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen(phone.username, world)
    assert whole_words(crew, receiver, transfer) == {"received"}
    assert told_by_when(crew, transfer) == told_by_when(receiver, transfer) == (None if version == 1 else "2022-04-03T13:30:00+00:00")


def somebody_who_stays(world) -> str:
    """The stay of somebody whose fourteen days are over today."""
    place = {"site": "S1", "building": "主楼", "floor": "2", "number": "0208"}
    person = world.do("save_occupant", **place, name="在住一", category="close_contact", last_exposed_on=date(2022, 3, 20))
    return db.session.scalar(select(Stay.id).where(Stay.person_id == person))


def whole_words(crew: Phone, receiver: Phone, transfer: str) -> set[str]:
    """What both phones show of the first person's reception."""
    return {phone.body("transfer", transfer)["lines"][0]["received"]["outcome"] for phone in (crew, receiver)}


def told_by_when(phone: Phone, transfer: str) -> str | None:
    """When the rooms will be ready, as the last call to the site told it; a phone of the first version could not ask."""
    ready = phone.body("transfer", transfer)["dock"]["ready"]
    return ready and ready["rooms"]["at"]


def test_the_words_of_an_old_refusal_are_kept_beside_the_reason_that_is_counted(each_world):
    transfer = a_transfer(each_world)
    receiver = Phone(each_world, "receiver1")
    receiver.sync()
    receiver.record("receive_person", transfer, line=lines_of(transfer)[0], outcome="refused", reason="电梯坏了", note="等两小时")
    receiver.sync()
    told = a_whole_transfer(transfer).lines[0].received
    assert (told["reason"], told["note"]) == ("other", "电梯坏了\n等两小时")


def test_p12_the_token_and_the_cursor_that_phones_hold_since_22_november_2026_are_still_read(world):
    """The very texts that the office gave then, under this secret."""
    phone, user = "0190a8d1-7c1e-7b60-8b1f-3b5a2e6c9d01", "0190a8d1-7c1e-7b60-8b1f-3b5a2e6c9d02"
    secret = world.app.config["SECRET_KEY"] = "a secret of the office"
    token = "AZCo0Xwee2CLHztaLmydAQGQqNF8Hntgix87Wi5snQL5blKhYrodoP4QbcC2bOnP"
    cursor = "5f0e3a9c1b7d 9071 1648987200 4 d,r,site:3 site:3=12 .9OtLtO0x-wEfLFZ9"
    assert read_upload_token(token) == (phone, user)
    assert read_upload_token(token[:-1] + "Q") is None
    found = read_cursor(cursor, user, secret)
    assert (found.high, found.behind, found.scopes, found.checked, found.floor) == (
        9071, {"site:3": 12}, [f"driver:{user}", "ref", "site:3"], 1648987200, 4,
    )  # fmt: skip
    assert read_cursor(cursor, phone, secret) is None
