"""P23: what a crew saw before it heard that the trip is another's: kept, shown as late, and never refused."""

import pytest

from server.domain.acts import CLOCK
from server.problems import Refused
from server.store.change_log import head
from server.store.database import db
from server.ticker import pass_time
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, what_may_be_seen
from tests.world import ADMINISTRATOR


@pytest.fixture
def reassigned(each_world) -> tuple[str, Phone, Phone]:
    """A trip that went from driver1 to driver2 while driver1 had no signal: both phones."""
    transfer = a_transfer(each_world)
    first = Phone(each_world, "driver1")
    first.sync()
    each_world.do("reassign_transfer", transfer, by="dispatcher", driver=each_world.users["driver2"])
    second = Phone(each_world, "driver2")
    second.sync()
    return transfer, first, second


def test_late_facts_of_a_reassigned_crew_are_kept_flagged_and_seen_by_both_crews_and_the_desk(reassigned):
    transfer, first, second = reassigned
    line = lines_of(transfer)[0]
    late = [
        first.record("record_moment", transfer, moment="at_pickup", ago_s=600),
        first.record("board_person", transfer, line=line, identity=IDENTITY, ago_s=300),
        first.record("report_problem", transfer, step="move", reason="vehicle_breakdown"),
    ]
    first.sync()
    second.sync()
    assert [(row.verdict, row.code) for row in logged(*(wire.id for wire in late))] == [("flagged", "late_after_reassign")] * 3
    assert {first.body("conflict", first.verdict(wire)["conflict"])["code"] for wire in late} == {"late_after_reassign"}
    assert second.body("transfer", transfer)["lines"][0]["state"] == "aboard"
    assert second.body("transfer", transfer)["conflicts"] == 3
    for phone in (first, second):
        assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen(phone.username, phone.world)


def test_p24_the_late_crew_keeps_the_trip_on_its_phone_for_as_long_as_it_holds_somebody(reassigned):
    transfer, first, second = reassigned
    line = lines_of(transfer)[0]
    first.record("board_person", transfer, line=line, identity=IDENTITY)
    first.sync()
    assert transfer in first.shows("transfer")
    with pytest.raises(Refused, match="transfer.people_aboard"):
        first.world.do("reassign_transfer", transfer, by="dispatcher", driver=first.user)
    first.world.do("relieve_crew", transfer, by="dispatcher", driver=second.user, place="服务区", people=1)
    for phone in (first, second):
        phone.sync()
    assert transfer not in first.shows("transfer")
    assert transfer in second.shows("transfer")


def test_a_decision_of_a_crew_that_lost_the_trip_is_refused_and_a_stranger_is_not_heard_at_all(reassigned):
    transfer, first, _second = reassigned
    stranger = Phone(first.world, "escort1")
    answer = first.record("answer_docking", transfer, answer="accepted", beds_ready=True, rooms_ready=True, staff_ready=True)
    told = stranger.record("record_moment", transfer, moment="en_route")
    for phone in (first, stranger):
        phone.sync()
    assert first.verdict(answer)["verdict"] == "refused"
    assert stranger.verdict(told)["code"] == "target.unknown"


@pytest.mark.parametrize("diverted", [True, False], ids=["diverted", "moved"])
def test_what_a_site_s_phone_brings_after_the_feed_has_forgotten_that_its_transfer_went_elsewhere_is_heard(each_world, diverted):
    """P11, P23: a phone that was silent for longer than the feed remembers shows the transfer still, and people go by it."""
    transfer = a_transfer(each_world)
    phone = Phone(each_world, "receiver1")
    phone.sync()
    other = each_world.do(
        "save_site", code="S2", name="另一处", kind="hotel", area="宽城", address="路", state="open", accepts=["close_contact"]
    )
    if diverted:
        each_world.do("save_room", site="S2", building="主楼", floor="1", number="0101", kind="single")
        each_world.do("save_room", site="S2", building="主楼", floor="1", number="0102", kind="single")
        each_world.do("divert_transfer", transfer, by="dispatcher", site=other, reason="满了")
    else:
        each_world.do("cancel_transfer", transfer, by="dispatcher", reason="改派")
        each_world.pass_time(hours=73)
        pass_time(each_world.clock.now())
        each_world.do("change_user", phone.user, by=ADMINISTRATOR, site_id=other)
    each_world.do("forget_departed", by=CLOCK, floor=head(db.session))
    phone.sign_in()
    told = phone.record("receive_person", transfer, line=lines_of(transfer)[0], outcome="absent", v=3)
    phone.sync()
    [row] = logged(told.id)
    assert (row.verdict, row.code) == ("flagged", "late_after_reassign")
