"""What a crew tells at the door: who came aboard, who did not, who came along."""

from sqlalchemy import select

from server.store.people import Custody, Person
from server.store.transfers import Line
from tests.trip import NOBODY_STAYS, TWO_PROOFS, Trip, verdict_of

APPLIED = ("applied", None)


def test_who_boards_is_held_by_the_crew(each_world):
    trip = Trip(each_world).at_the_door()
    assert verdict_of(trip.boarded(0, seat="3A", temperature=36.5)) == APPLIED
    assert (trip.line(0).state, trip.held_by(0), trip.person(0).state) == ("aboard", "crew", "in_transfer")
    assert trip.line(0).boarded["seat"] == "3A"
    assert trip.row(Custody, trip.people[0]).holder_id == trip.world.users["driver1"]


def test_the_same_boarding_told_twice_is_a_repeat(world):
    trip = Trip(world).at_the_door()
    trip.boarded(0)
    assert verdict_of(trip.boarded(0)) == APPLIED
    assert verdict_of(trip.boarded(0, by="escort1")) == APPLIED
    assert trip.items() == []


def test_a_repeat_with_a_time_more_than_five_minutes_apart_is_shown(world):
    trip = Trip(world).at_the_door()
    trip.boarded(0)
    world.pass_time(minutes=6)
    assert verdict_of(trip.boarded(0)) == ("flagged", "told_differently")


def test_one_proof_of_identity_is_flagged_but_the_person_is_aboard(world):
    trip = Trip(world).at_the_door()
    assert verdict_of(trip.boarded(0, identity=["face"])) == ("flagged", "boarding.identity_not_checked_twice")
    assert trip.line(0).state == "aboard"


def test_nobody_boards_unasked_who_stays_behind_unless_somebody_allows_it_by_name(world):
    trip = Trip(world)
    assert verdict_of(trip.boarded(0)) == ("flagged", "gate.not_met.carer")
    other = Trip(world, people=1, vehicle=None)
    assert verdict_of(other.boarded(0, allowed_by="郑主任")) == ("flagged", "gate.passed")
    assert (trip.line(0).state, other.line(0).state) == ("aboard", "aboard")


def test_once_anyone_is_aboard_the_next_one_meets_no_gate(world):
    trip = Trip(world)
    trip.verified(0, stays_behind=NOBODY_STAYS)
    trip.boarded(0)
    assert verdict_of(trip.boarded(1)) == APPLIED


def test_an_absent_person_waits_again_and_the_room_is_free(each_world):
    trip = Trip(each_world).at_the_door()
    assert verdict_of(trip.says("record_outcome", 0, outcome="absent", note="邻居说去了医院")) == APPLIED
    line = trip.line(0)
    assert (line.state, line.open, line.outcome, line.room_id) == ("ended", False, "absent", None)
    assert (trip.room(0).state, trip.room(0).transfer_id) == ("ready", None)
    assert (trip.person(0).state, trip.held_by(0)) == ("unreachable", "origin")
    assert each_world.do("make_transfer", kind="outbound", people=[trip.people[0]], destination={"kind": "site", "id": each_world.site})


def test_each_outcome_has_its_state(world):
    states = {
        "refused": "refused",
        "unfit": "awaiting_transfer",
        "emergency": "medical_emergency",
        "wrong_person": "wrong_listing",
        "already_moved": "at_other_place",
    }
    trip = Trip(world, people=5).at_the_door()
    for place, outcome in enumerate(states):
        trip.says("record_outcome", place, outcome=outcome)
    assert [trip.person(place).state for place in range(5)] == list(states.values())


def test_another_outcome_of_the_same_person_is_shown_and_changes_nothing(world):
    trip = Trip(world).at_the_door()
    trip.says("record_outcome", 0, outcome="absent")
    assert verdict_of(trip.says("record_outcome", 0, outcome="absent", by="escort1")) == APPLIED
    assert verdict_of(trip.says("record_outcome", 0, outcome="refused")) == ("flagged", "told_differently")
    assert trip.line(0).outcome == "absent"


def test_who_was_absent_and_came_after_all_is_aboard_and_shown(world):
    trip = Trip(world).at_the_door()
    trip.says("record_outcome", 0, outcome="absent")
    assert verdict_of(trip.boarded(0)) == ("flagged", "boarding.after_other_outcome")
    assert (trip.line(0).state, trip.line(0).open, trip.held_by(0)) == ("aboard", True, "crew")


def test_who_is_expected_by_another_transfer_and_boards_this_one_breaks_no_rule_of_the_database(each_world):
    trip = Trip(each_world).at_the_door()
    trip.says("record_outcome", 0, outcome="absent")
    goal = {"kind": "site", "id": each_world.site}
    each_world.do("make_transfer", kind="outbound", people=[trip.people[0]], destination=goal)
    assert trip.boarded(0).verdict == "flagged"
    assert (trip.line(0).state, trip.line(0).open, trip.held_by(0)) == ("aboard", False, "crew")


def test_an_outcome_of_somebody_aboard_is_shown_and_the_crew_still_holds_them(world):
    trip = Trip(world).at_the_gate()
    assert verdict_of(trip.says("record_outcome", 0, outcome="absent")) == ("flagged", "outcome.after_boarding")
    assert (trip.line(0).state, trip.line(0).outcome, trip.held_by(0)) == ("aboard", None, "crew")


def test_somebody_on_no_list_gets_a_line_and_an_item(each_world):
    trip = Trip(each_world).at_the_door()
    verdict = trip.says("add_extra_person", name="李小宝", age=2, sex="male", note="李芳的孩子")
    assert verdict_of(verdict) == ("flagged", "extra_person")
    line = trip.row(Line, verdict.id)  # the line has the operation's id, so that the phone can go on before it hears of it
    person = trip.row(Person, line.person_id)
    assert (line.state, line.open, line.position) == ("aboard", True, 3)
    assert (person.name, person.birth_year, person.state) == ("李小宝", 2020, "in_transfer")
    assert trip.row(Custody, person.id).holder == "crew"


def test_the_phone_goes_on_with_an_extra_person_in_the_same_delivery(each_world):
    trip = Trip(each_world).at_the_gate()
    extra = trip.operation("add_extra_person", name="李小宝", age=2)
    received = trip.operation("receive_person", line=extra.id, outcome="received", room=None)
    assert [verdict.verdict for verdict in trip.all_say([extra, received])] == ["flagged", "applied"]
    assert trip.row(Line, extra.id).state == "received"


def test_a_relieved_driver_is_heard_and_flagged(world):
    trip = Trip(world).at_the_door()
    world.do("reassign_transfer", trip.id, driver=world.users["driver2"])
    assert verdict_of(trip.boarded(0)) == ("flagged", "late_after_reassign")
    assert trip.line(0).state == "aboard"


def test_two_crews_telling_the_same_are_both_kept_and_shown(world):
    trip = Trip(world).at_the_door()
    trip.boarded(0)
    world.do("relieve_crew", trip.id, driver=world.users["driver2"], place="服务区", people=1)
    assert verdict_of(trip.boarded(0, by="driver2")) == ("flagged", "told_by_two_crews")
    assert trip.line(0).state == "aboard"


def test_a_fact_about_a_cancelled_transfer_is_kept_and_shown(world):
    trip = Trip(world)
    world.do("cancel_transfer", trip.id, reason="改派")
    assert verdict_of(trip.boarded(0)) == ("flagged", "fact.on_cancelled_transfer")
    assert (trip.line(0).state, trip.held_by(0), trip.transfer.state) == ("aboard", "crew", "cancelled")


def test_who_is_held_by_another_crew_stays_there(each_world):
    trip = Trip(each_world).at_the_door()
    trip.says("record_outcome", 0, outcome="absent")
    goal = {"kind": "site", "id": each_world.site}
    other = each_world.do("make_transfer", kind="outbound", people=[trip.people[0]], destination=goal, driver=each_world.users["driver2"])
    [line] = trip.read(select(Line).where(Line.transfer_id == other))
    trip.says("board_person", by="driver2", target=other, line=line.id, identity=TWO_PROOFS)
    assert verdict_of(trip.boarded(0)) == ("flagged", "custody.held_elsewhere")
    assert trip.row(Custody, trip.people[0]).transfer_id == other
    assert trip.line(0).state == "ended"


def test_a_stranger_cannot_tell_whether_a_transfer_exists(world):
    trip = Trip(world)
    unknown = trip.says("board_person", by="driver2", target="0190c000-0000-7000-8000-0000000fffff", line="x", identity=TWO_PROOFS)
    assert verdict_of(unknown) == ("refused", "target.unknown")
    assert verdict_of(trip.boarded(0, by="driver2")) == ("refused", "target.unknown")
