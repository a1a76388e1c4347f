"""P2, P3, P16, P23: what cannot be judged yet is held, visibly; it moves once, by itself, and nothing else waits for it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

import sync.held
import sync.operations
from server.domain.acts import new_id
from server.domain.operations import OPERATIONS
from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.waiting import Waiting
from server.ticker import pass_time
from tests.domain.test_releases import occupant
from tests.domain.test_stay_days import WELL
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, what_may_be_seen

BAG = {"name": "李小宝", "age": 2, "sex": "male", "phone": None, "note": None}


def time_goes_by(phone: Phone, **span) -> None:
    """The clock goes on, and what is due is done."""
    phone.world.pass_time(**span)
    pass_time(phone.world.clock.now())
    phone.sync()


def verdict_now(wire) -> tuple[str, str | None]:
    db.session.expire_all()
    [row] = logged(wire.id)
    return row.verdict, row.code


def waits() -> list[tuple[str, str]]:
    return db.session.execute(select(Waiting.operation_id, Waiting.after_id)).all()


def two_phones(each_town) -> tuple[str, Phone, Phone]:
    """The driver's phone, and a second one of theirs."""
    transfer, phone = each_town
    second = Phone(phone.world, "driver1")
    second.sync()
    return transfer, phone, second


def test_what_follows_something_that_has_not_come_is_held_and_moves_once_when_it_comes(each_town):
    transfer, phone, second = two_phones(each_town)
    extra = phone.record("add_extra_person", transfer, **BAG)
    aboard = second.record("board_person", transfer, line=extra.id, identity=IDENTITY, after=[extra.id])
    second.sync()
    assert (second.verdict(aboard)["verdict"], second.verdict(aboard)["code"]) == ("held", "waits_for")
    assert second.body("receipt", aboard.id)["verdict"] == "held"
    assert waits() == [(aboard.id, extra.id)]
    before = second.records["receipt", aboard.id]["rev"]
    phone.sync()
    assert verdict_now(aboard)[0] in ("applied", "flagged")
    assert waits() == []
    second.sync()
    assert second.records["receipt", aboard.id]["rev"] > before
    told = second.body("receipt", aboard.id)
    assert told["verdict"] != "held" and told["stamp"] <= second.high
    assert {key: record["body"] for key, record in second.records.items()} == what_may_be_seen("driver1", phone.world)


def test_p2_a_held_operation_moves_once_however_often_it_is_sent_and_time_passes(each_town):
    transfer, phone, second = two_phones(each_town)
    extra = phone.record("add_extra_person", transfer, **BAG)
    aboard = second.record("board_person", transfer, line=extra.id, identity=IDENTITY, after=[extra.id])
    second.lose_answer()
    phone.sync()
    moved = verdict_now(aboard)
    assert moved[0] in ("applied", "flagged")
    second.sync()
    items = second.shows("conflict")
    assert second.verdict(aboard)["verdict"] == moved[0]
    for _ in range(3):
        time_goes_by(second, hours=9)
    assert verdict_now(aboard) == moved
    assert second.shows("conflict") == items


def test_what_follows_in_the_same_delivery_is_judged_at_once(each_town):
    transfer, phone = each_town
    extra = phone.record("add_extra_person", transfer, **BAG)
    out = phone.record("withdraw", transfer, operation=extra.id, after=[extra.id])
    phone.sync()
    assert verdict_now(out) == ("applied", None)
    assert waits() == []


def test_two_in_one_delivery_in_the_wrong_order_are_both_judged_before_the_answer(each_town):
    transfer, phone = each_town
    later = new_id()
    first = phone.record("report_problem", transfer, step="move", reason="other", after=[later])
    phone.say(phone.record("record_moment", transfer, moment="en_route").body, id=later)
    phone.outbox.pop(1)
    phone.outbox[1].seq = 2
    phone.seq = 2
    phone.sync()
    assert verdict_now(first) == ("applied", None)
    assert phone.body("receipt", first.id)["verdict"] == "applied"


def test_p16_a_held_operation_delays_no_independent_one(each_town):
    transfer, phone = each_town
    first, second = lines_of(transfer)
    wires = [
        phone.record("board_person", transfer, line=first, identity=IDENTITY, after=[new_id()]),
        phone.record("board_person", transfer, line=second, identity=IDENTITY),
        phone.record("fly_person", transfer),
        phone.record("record_moment", transfer, moment="en_route"),
    ]
    answer = phone.ask()
    assert [one["verdict"] for one in answer["results"]] == ["held", "applied", "held", "applied"]
    assert len(answer["results"]) == len(wires)


def test_a_held_predecessor_holds_its_follower_and_frees_it(each_town, monkeypatch):
    """Over three: the first is broken by a bug of the server, until somebody mends it."""
    transfer, phone = each_town
    verb = OPERATIONS["add_extra_person"].verb

    def breaks(_act, **_args):
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(OPERATIONS, "add_extra_person", replace(OPERATIONS["add_extra_person"], verb=breaks))
    extra = phone.record("add_extra_person", transfer, **BAG)
    aboard = phone.record("board_person", transfer, line=extra.id, identity=IDENTITY, after=[extra.id])
    out = phone.record("withdraw", transfer, operation=aboard.id, after=[aboard.id])
    phone.sync()
    assert [verdict_now(wire) for wire in (extra, aboard, out)] == [("held", "internal"), ("held", "waits_for"), ("held", "waits_for")]
    monkeypatch.setitem(OPERATIONS, "add_extra_person", replace(OPERATIONS["add_extra_person"], verb=verb))
    time_goes_by(phone, minutes=1)
    assert verdict_now(extra) == ("held", "internal")  # nobody asked for it yet
    phone.world.do("judge_again", by="dispatcher", operation=extra.id)
    time_goes_by(phone, minutes=1)
    assert [verdict_now(wire)[0] for wire in (extra, aboard, out)] == ["flagged", "applied", "applied"]
    assert [line["state"] for line in phone.body("transfer", transfer)["lines"]][-1] == "aboard"


def test_p23_a_fact_whose_predecessor_never_comes_is_judged_at_its_deadline_with_a_mark(each_town):
    transfer, phone = each_town
    line = lines_of(transfer)[0]
    aboard = phone.record("board_person", transfer, line=line, identity=IDENTITY, after=[new_id()])
    phone.sync()
    time_goes_by(phone, hours=23)
    assert verdict_now(aboard) == ("held", "waits_for")
    time_goes_by(phone, hours=2)
    assert verdict_now(aboard) == ("flagged", "predecessor.missing")
    item = phone.body("receipt", aboard.id)["conflict"]
    assert phone.body("conflict", item)["transfer"] == transfer
    assert phone.body("transfer", transfer)["lines"][0]["state"] == "aboard"
    assert phone.body("conflict", item)["code"] == "predecessor.missing"


def test_what_a_round_saw_of_somebody_and_follows_what_never_comes_is_an_item_of_their_site_and_its_desk(each_world):
    stay = occupant(each_world)
    phone = Phone(each_world, "receiver1")
    phone.sync()
    round_ = phone.record("record_health", stay.id, **WELL, after=[new_id()])
    phone.sync()
    time_goes_by(phone, hours=25)
    assert verdict_now(round_) == ("flagged", "predecessor.missing")
    item = db.session.get(Conflict, phone.body("receipt", round_.id)["conflict"])
    assert (item.person_id, item.site_id, item.area_id) == (stay.person_id, each_world.site, each_world.area("宽城"))


def test_a_decision_whose_predecessor_never_comes_is_refused_at_its_deadline(each_world):
    transfer = a_transfer(each_world)
    phone = Phone(each_world, "receiver1")
    phone.sync()
    answer = phone.record(
        "answer_docking", transfer, answer="accepted", beds_ready=True, rooms_ready=True, staff_ready=True, after=[new_id()]
    )
    phone.sync()
    assert verdict_now(answer) == ("held", "waits_for")
    time_goes_by(phone, hours=25)
    assert verdict_now(answer) == ("refused", "predecessor.missing")
    assert phone.body("receipt", answer.id)["verdict"] == "refused"
    assert phone.body("transfer", transfer)["dock"]["state"] == "asked"


def test_p23_after_a_refusal_a_fact_is_judged_and_a_decision_is_refused(each_world):
    transfer = a_transfer(each_world)
    phone = Phone(each_world, "receiver1")
    phone.sync()
    refused = phone.say("?")
    problem = phone.record("report_problem", transfer, step="dock", reason="other", after=[refused.id])
    ready = {"beds_ready": True, "rooms_ready": True, "staff_ready": True}
    answer = phone.record("answer_docking", transfer, answer="accepted", **ready, after=[refused.id])
    phone.sync()
    assert verdict_now(problem) == ("applied", None)
    assert verdict_now(answer) == ("refused", "predecessor.refused")


@pytest.mark.parametrize("length", [1, 2, 3])
def test_what_follows_itself_is_judged_and_never_stuck(each_town, length):
    """In a circle of one, two or three, sent one by one."""
    transfer, phone = each_town
    ids = [new_id() for _ in range(length)]
    for place, id in enumerate(ids):
        before = ids[place - 1]
        body = phone.record("report_problem", transfer, step="move", reason="other", after=[before]).body
        phone.outbox.pop()
        phone.seq -= 1
        phone.say(body, id=id)
        phone.sync()
    assert [row.verdict for row in logged(*ids)] == ["applied"] * length
    assert waits() == []


def test_nothing_happened_before_what_it_follows(each_town):
    """The phone's clock was set back by an hour between the two."""
    transfer, phone = each_town
    en_route = phone.record("record_moment", transfer, moment="en_route")
    at_pickup = phone.record("record_moment", transfer, moment="at_pickup", ago_s=3_600, after=[en_route.id])
    phone.sync()
    first, second = logged(en_route.id)[0], logged(at_pickup.id)[0]
    assert second.happened_at == first.happened_at
    assert second.time_uncertain and not first.time_uncertain


def test_p17_an_operation_of_somebody_else_is_waited_for_like_one_that_does_not_exist(each_town):
    transfer, phone = each_town
    [others] = [row.id for row in db.session.scalars(select(Operation).where(Operation.type == "make_transfer"))]
    exists = phone.record("report_problem", transfer, step="move", reason="other", after=[others])
    invented = phone.record("report_problem", transfer, step="move", reason="other", after=[new_id()])
    answer = phone.ask()
    assert [(one["verdict"], one["code"]) for one in answer["results"]] == [("held", "waits_for")] * 2
    phone.sync()
    time_goes_by(phone, hours=25)
    assert verdict_now(exists) == verdict_now(invented) == ("flagged", "predecessor.missing")


def test_p17_whoever_waits_for_what_somebody_else_says_does_not_hear_when_that_comes(each_town):
    transfer, phone = each_town
    other = Phone(phone.world, "driver2")
    theirs = other.record("report_problem", transfer, step="move", reason="other")
    mine = phone.record("report_problem", transfer, step="move", reason="other", after=[theirs.id])
    phone.sync()
    assert verdict_now(mine) == ("held", "waits_for")
    before = phone.records["receipt", mine.id]["rev"]
    other.sync()
    phone.sync()
    assert (verdict_now(mine), phone.records["receipt", mine.id]["rev"]) == (("held", "waits_for"), before)


def test_what_is_held_is_not_put_away_by_its_author_and_is_judged_all_the_same(each_town):
    transfer, phone = each_town
    held = phone.record("report_problem", transfer, step="move", reason="other", after=[new_id()])
    away = phone.record("acknowledge_refusal", held.id, operation=held.id)
    phone.sync()
    assert phone.verdict(away)["code"] == "target.unknown"
    time_goes_by(phone, days=2)
    assert verdict_now(held)[0] == "flagged"


def test_what_two_servers_missed_between_them_is_judged_when_time_passes(each_town, monkeypatch):
    """The one judged the follower while the other had not committed what it follows: neither saw the other."""
    transfer, phone, second = two_phones(each_town)
    extra = phone.record("add_extra_person", transfer, **BAG)
    aboard = second.record("board_person", transfer, line=extra.id, identity=IDENTITY, after=[extra.id])
    second.sync()
    monkeypatch.setattr("sync.apply.judge_held", lambda ids, at: None)
    phone.sync()
    assert verdict_now(aboard) == ("held", "waits_for")
    time_goes_by(second, seconds=30)
    assert verdict_now(aboard)[0] in ("applied", "flagged")


def test_a_type_of_a_newer_app_waits_for_the_upgrade_and_is_judged_then(each_town, monkeypatch):
    transfer, phone = each_town
    line = lines_of(transfer)[0]
    shape = sync.operations.PAYLOADS.pop("board_person")
    verb = OPERATIONS.pop("board_person")
    try:
        newer = phone.record("board_person", transfer, line=line, identity=IDENTITY)
        phone.sync()
        monkeypatch.setattr(sync.held, "READABLE", [("record_moment", 1)])
        time_goes_by(phone, hours=30)
        assert verdict_now(newer) == ("held", "newer")
    finally:
        sync.operations.PAYLOADS["board_person"], OPERATIONS["board_person"] = shape, verb
    monkeypatch.setattr(sync.held, "READABLE", sync.operations.READABLE)
    time_goes_by(phone, seconds=30)
    assert verdict_now(newer) == ("applied", None)
    assert phone.body("receipt", newer.id)["verdict"] == "applied"
    assert phone.body("transfer", transfer)["lines"][0]["state"] == "aboard"
    happened = logged(newer.id)[0].happened_at
    assert phone.world.clock.now() - happened > timedelta(hours=30)


def test_a_version_that_is_not_known_yet_waits_too_and_one_that_is_unreadable_then_is_refused(each_town, monkeypatch):
    transfer, phone = each_town
    newer = phone.record("board_person", transfer, v=2, seats=[])
    phone.sync()
    assert verdict_now(newer) == ("held", "newer")
    monkeypatch.setattr(sync.held, "READABLE", [*sync.operations.READABLE, ("board_person", 2)])
    monkeypatch.setattr(sync.operations, "waits_for_a_newer_server", lambda body: False)
    time_goes_by(phone, seconds=30)
    assert verdict_now(newer) == ("refused", "operation.unreadable")
    assert json.loads(logged(newer.id)[0].body)["args"] == {"seats": []}


def test_p3_what_the_office_settled_by_hand_is_not_judged_any_more(each_town):
    transfer, phone = each_town
    aboard = phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY, after=[new_id()])
    phone.sync()
    phone.world.do("settle_quarantined", by="dispatcher", operation=aboard.id, words="电话里核对过了")
    time_goes_by(phone, hours=25)
    assert verdict_now(aboard) == ("held", "waits_for")
    assert phone.body("receipt", aboard.id)["acknowledged_at"] is not None
    assert db.session.scalar(select(Conflict).where(Conflict.operation_id == aboard.id)) is None


def test_the_deadline_runs_from_when_it_was_received_however_often_it_is_looked_at(each_town):
    """Half of what it follows comes, half never: the coming half does not begin the day anew."""
    transfer, phone, second = two_phones(each_town)
    extra = phone.record("add_extra_person", transfer, **BAG)
    aboard = second.record("board_person", transfer, line=extra.id, identity=IDENTITY, after=[extra.id, new_id()])
    second.sync()
    phone.world.pass_time(hours=20)
    phone.sync()
    assert verdict_now(aboard) == ("held", "waits_for")
    time_goes_by(second, hours=5)
    assert verdict_now(aboard) == ("flagged", "predecessor.missing")
