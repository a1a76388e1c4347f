"""A phone that asks for brevity is told the same verdicts, by number where nothing else is to be said."""

from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, a_transfer, lines_of


def spelled_out(answer: dict, wires: list) -> dict[str, tuple]:
    """What the phone makes of it (static/app/sync/messages.ts): verdict, code, stamp and conflict by id."""
    told = {one["id"]: (one["verdict"], one["code"], one["stamp"], one["conflict"]) for one in answer["results"]}
    for first, last, stamp in answer["applied"]:
        told |= {wire.id: ("applied", None, stamp, None) for wire in wires if first <= wire.seq <= last}
    return told


def test_brief_and_full_answers_say_the_same_of_every_operation(world):
    transfer, phone = a_transfer(world, people=4), Phone(world, "driver1")
    phone.sync()
    first, *others = lines_of(transfer)
    for moment in ("en_route", "at_pickup", "people_called"):
        phone.record("record_moment", transfer, moment=moment)
    for line in others:
        phone.record("board_person", transfer, line=line, identity=IDENTITY)
    phone.record("board_person", "00000000-0000-7000-8000-00000000dead", line=first, identity=IDENTITY)
    phone.say("nothing that can be read")
    phone.record("record_moment", transfer, moment="left_pickup")
    wires = list(phone.outbox)
    brief = read(phone.post({**phone.message(), "brief": True}))
    full = phone.ask(wires)
    assert "applied" not in full
    assert spelled_out(brief, wires) == {one["id"]: (one["verdict"], one["code"], one["stamp"], one["conflict"]) for one in full["results"]}
    assert {one["verdict"] for one in brief["results"]} >= {"refused"}
    assert sum(last - first + 1 for first, last, _stamp in brief["applied"]) + len(brief["results"]) == len(wires)


def test_an_answer_that_stops_at_a_gap_names_nothing_behind_it(world):
    transfer, phone = a_transfer(world), Phone(world, "driver1")
    phone.sync()
    for moment in ("en_route", "at_pickup", "people_called"):
        phone.record("record_moment", transfer, moment=moment)
    before, _lost, after = phone.outbox
    answer = read(phone.post({**phone.message([before, after]), "brief": True}))
    assert answer["expected_seq"] == before.seq + 1
    assert list(spelled_out(answer, [before, after])) == [before.id]
