"""P16, P17, P23: what cannot be judged is kept and told, stops nothing else, and gives nothing away."""

import json

import pytest

from server.domain.acts import new_id
from server.store.change_log import Operation
from server.store.database import db
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged

TAKEN = ("applied", "flagged")


def a_body(phone: Phone, **changed) -> str:
    """A readable report of a problem, with these fields as they are given here."""
    body = {
        "type": "report_problem", "v": 1, "author": phone.user, "target": None, "args": {"step": "move", "reason": "other"},
        "occurred_at": "2022-04-03T11:00:00Z", "clock_offset_ms": 0,
    }  # fmt: skip
    return json.dumps({**body, **changed})


UNREADABLE = {
    "nothing": lambda _phone: "",
    "not json": lambda _phone: "{type:",
    "a list": lambda _phone: "[1, 2]",
    "a number": lambda _phone: "7",
    "too deep": lambda _phone: "[" * 5_000,
    "without an author": lambda phone: json.dumps({"type": "report_problem", "occurred_at": "2022-04-03T11:00:00Z"}),
    "without a time": lambda phone: a_body(phone, occurred_at=None),
    "a time without a zone": lambda phone: a_body(phone, occurred_at="2022-04-03T11:00:00"),
    "arguments that are a text": lambda phone: a_body(phone, args="all"),
    "a step that does not exist": lambda phone: a_body(phone, args={"step": "lunch", "reason": "other"}),
    "a type of no text": lambda phone: a_body(phone, type=["report_problem"]),
    "a version without end": lambda phone: a_body(phone, v=10**30),
    "a target longer than any id": lambda phone: a_body(phone, target="x" * 400),
    "larger than an operation may be": lambda phone: a_body(phone, args={"note": "n" * 40_000}),
    "a zero byte": lambda phone: a_body(phone) + "\0",
    "half a character": lambda phone: a_body(phone) + "\ud83d",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_p16_what_cannot_be_read_is_kept_and_told_and_delays_nothing(each_town, text):
    transfer, phone = each_town
    broken = phone.say(text(phone))
    after = phone.record("report_problem", transfer, step="move", reason="accident")
    results = phone.ask()["results"]
    assert [(one["id"], one["verdict"]) for one in results] == [(broken.id, "refused"), (after.id, "applied")]
    assert results[0]["code"] == "operation.unreadable"
    phone.sync()
    assert phone.body("receipt", broken.id)["code"] == "operation.unreadable"
    assert len(logged(broken.id)[0].hash) == 64


STRANGE_BUT_READABLE = {
    "a zero byte in a note": {"args": {"step": "move", "reason": "other", "note": "x\0y"}},
    "half a character in a note": {"args": {"step": "move", "reason": "other", "note": "x\ud83dy"}},
    "a time before all calendars": {"occurred_at": "0001-01-01T00:00:00+14:00"},
    "a time after all calendars": {"occurred_at": "9999-12-31T23:59:59-14:00"},
    "an offset beyond all calendars": {"clock_offset_ms": 10**18},
    "an offset beyond all numbers": {"clock_offset_ms": -(10**40)},
    "more than was agreed": {"color": "blue", "after": [], "blobs": []},
}


@pytest.mark.parametrize("changed", STRANGE_BUT_READABLE.values(), ids=STRANGE_BUT_READABLE)
def test_p23_a_fact_told_in_a_strange_way_is_still_a_fact(each_town, changed):
    transfer, phone = each_town
    wire = phone.say(a_body(phone, target=transfer, **changed))
    [result] = phone.ask()["results"]
    assert result["verdict"] in TAKEN, result
    [row] = logged(wire.id)
    assert row.happened_at <= row.received_at


@pytest.mark.parametrize("args", [{"line": "somebody"}, {"room": {"no": "id"}, "rooms": [[]]}], ids=["plain", "of another shape"])
def test_an_unknown_type_is_kept_for_a_newer_server_to_read(town, args):
    transfer, phone = town
    wire = phone.record("fly_person", transfer, **args)
    phone.sync()
    assert (phone.verdict(wire)["verdict"], phone.verdict(wire)["code"]) == ("held", "newer")
    assert (logged(wire.id)[0].type, logged(wire.id)[0].body) == ("fly_person", wire.body)


@pytest.mark.parametrize("type", ["make_transfer", "cancel_transfer", "add_user", "save_area", "resolve_conflict"])
def test_a_phone_cannot_send_what_only_desks_do(town, type):
    transfer, phone = town
    wire = phone.record(type, transfer, reason="…")
    phone.sync()
    assert phone.verdict(wire)["code"] == "operation.unknown_type"


def test_p17_answers_about_unseen_ids_do_not_tell_whether_they_exist(world):
    """Byte for byte, apart from the ids: another driver's transfer, and one that does not exist."""
    others = a_transfer(world, driver="driver2")
    own = a_transfer(world)
    phone = Phone(world, "driver1")
    phone.sync()
    for type, args in {
        "board_person": {"line": lines_of(others)[0], "identity": IDENTITY},
        "record_moment": {"moment": "en_route"},
        "withdraw": {"operation": db.session.query(Operation).filter_by(door="console").first().id},
        "report_emergency": {"called_120": True},
    }.items():
        exists, invented = phone.record(type, others, **args), phone.record(type, new_id(), **args)
        answers = {result["id"]: result for result in phone.ask()["results"]}
        assert told(answers[exists.id], exists.id, others) == told(answers[invented.id], invented.id, new_id())
        assert answers[exists.id]["code"] == "target.unknown"
        phone.sync()
        assert receipt(phone, exists.id) == receipt(phone, invented.id)
    lines = phone.record("board_person", own, line=lines_of(others)[0], identity=IDENTITY)
    nobody = phone.record("board_person", own, line=new_id(), identity=IDENTITY)
    phone.sync()
    assert {**phone.verdict(lines), "id": ""} == {**phone.verdict(nobody), "id": ""}
    assert phone.shows("transfer") == {own}


def told(result: dict, *ids: str) -> bytes:
    """A result as bytes on the line, without the ids that it answers."""
    text = json.dumps(result)
    for id in ids:
        text = text.replace(id, "·")
    return text.encode()


def receipt(phone: Phone, id: str) -> dict:
    return {**phone.body("receipt", id), "target": "·"}


def test_p23_no_fact_is_refused_for_what_the_server_believes(world):
    """Reassigned, cancelled, already received, never planned so: each is kept, and what disagrees is shown."""
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    phone.sync()
    line = lines_of(transfer)[0]
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver2"])
    world.do("cancel_transfer", transfer, by="dispatcher", reason="住户改期")
    late = [
        phone.record("record_moment", transfer, moment="left_pickup"),
        phone.record("board_person", transfer, line=line, identity=[]),
        phone.record("record_outcome", transfer, line=line, outcome="refused"),
        phone.record("board_person", transfer, line=line, identity=IDENTITY),
        phone.record("record_moment", transfer, moment="at_site", ago_s=-7_200),
        phone.record("receive_person", transfer, line=line, outcome="received"),
        phone.record("sign_handover", transfer, side="crew", lines=[{"line": line, "outcome": "absent"}], counterpart="陈护士"),
        phone.record("report_emergency", transfer, called_120=True),
    ]
    phone.sync()
    verdicts = {wire.id: phone.verdict(wire)["verdict"] for wire in late}
    assert set(verdicts.values()) <= set(TAKEN), verdicts
    assert phone.verdict(late[0])["verdict"] == "flagged"
    assert phone.shows("conflict")
