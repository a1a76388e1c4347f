"""A wrong tap: within a minute and with nothing built upon it, it is as if it had not been. Nothing is erased."""

import threading

import pytest
from sqlalchemy import select, text

from server.settings import read_settings
from server.store.change_log import Operation
from server.store.database import db
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.transfers import Line
from server.ticker import pass_time
from tests.conftest import running
from tests.journeys.relay import waits_until
from tests.trip import TWO_PROOFS, Trip, verdict_of
from tests.world import World

APPLIED = ("applied", None)
HOUR_S = 3600


def take_back(trip, operation, *, by: str = "driver1", **more):
    return trip.says("withdraw", by=by, operation=operation.id, **more)


def test_a_boarding_is_taken_back(each_world):
    trip = Trip(each_world).at_the_door()
    said = trip.boarded(0)
    assert verdict_of(take_back(trip, said)) == APPLIED
    assert (trip.line(0).state, trip.line(0).boarded_at, trip.held_by(0)) == ("expected", None, "origin")
    assert trip.person(0).state == "awaiting_transfer"
    assert trip.row(Operation, said.id).withdrawn_by


def test_it_is_taken_back_in_the_same_delivery_too(each_world):
    trip = Trip(each_world).at_the_door()
    board = trip.operation("board_person", line=trip.lines[0], identity=TWO_PROOFS)
    again = trip.operation("withdraw", operation=board.id)
    assert [verdict.verdict for verdict in trip.all_say([board, again])] == ["applied", "applied"]
    assert (trip.line(0).state, trip.held_by(0)) == ("expected", "origin")
    assert trip.row(Operation, board.id).withdrawn_by == again.id


def test_an_outcome_is_taken_back_with_its_room(each_world):
    trip = Trip(each_world).at_the_door()
    said = trip.says("record_outcome", 0, outcome="absent")
    assert verdict_of(take_back(trip, said)) == APPLIED
    line = trip.line(0)
    assert (line.state, line.open, line.outcome, line.ended_at, line.room_id) == ("expected", True, None, None, trip.rooms[0])
    assert (trip.room(0).state, trip.room(0).transfer_id) == ("reserved", trip.id)


def test_a_reception_is_taken_back_with_room_and_stay(each_world):
    trip = Trip(each_world).at_the_gate()
    said = trip.received(0)
    assert verdict_of(take_back(trip, said, by="receiver1")) == APPLIED
    assert (trip.line(0).state, trip.line(0).received, trip.held_by(0)) == ("aboard", None, "crew")
    assert (trip.stay(0), trip.room(0).state, trip.room(0).transfer_id) == (None, "reserved", trip.id)
    assert verdict_of(trip.received(0)) == APPLIED


def test_a_moment_is_taken_back_and_the_vehicle_with_it(world):
    trip = Trip(world).prepared()
    said = trip.says("record_moment", moment="en_route")
    assert verdict_of(take_back(trip, said)) == APPLIED
    assert (trip.transfer.moments.get("en_route"), trip.transfer.state, trip.vehicle.state) == (None, "planned", "assigned")


def test_a_room_state_is_taken_back(world):
    trip, room = Trip(world), world.rooms[7]
    said = trip.says("set_room_state", by="receiver1", target=room, state="blocked")
    assert verdict_of(take_back(trip, said, by="receiver1", target=room)) == APPLIED
    assert trip.row(Room, room).state == "ready"


def test_a_verification_goes_back_to_the_one_before(world):
    trip = Trip(world)
    trip.verified(0)
    said = trip.verified(0, needs=["wheelchair"], agrees="objects")
    take_back(trip, said)
    assert trip.line(0).verified["agrees"] == "agrees"
    assert trip.person(0).needs == []


def test_one_of_two_problems_is_taken_back(world):
    trip = Trip(world)
    first, _second = (trip.says("report_problem", step=step, reason="other") for step in ("route", "move"))
    assert verdict_of(take_back(trip, first)) == APPLIED
    assert [problem["step"] for problem in trip.transfer.problems] == ["move"]


def test_an_extra_person_tapped_by_mistake_leaves_the_list(each_world):
    trip = Trip(each_world).at_the_door()
    said = trip.says("add_extra_person", name="李小宝")
    assert verdict_of(take_back(trip, said)) == APPLIED
    line = trip.row(Line, said.id)
    assert (line.state, line.open) == ("ended", False)
    assert trip.row(Person, line.person_id).state == "wrong_listing"


def test_the_items_of_what_is_taken_back_are_closed_by_name(world):
    trip = Trip(world).at_the_door()
    said = trip.boarded(0, identity=["face"])
    assert trip.items() == ["boarding.identity_not_checked_twice"]
    take_back(trip, said)
    assert (trip.items(), trip.items("closed")) == ([], ["boarding.identity_not_checked_twice"])


def test_after_a_minute_it_is_kept_as_a_correction_and_shown(world):
    trip = Trip(world).at_the_door()
    said = trip.boarded(0)
    world.pass_time(seconds=61)
    assert verdict_of(take_back(trip, said)) == ("flagged", "withdraw.correction")
    assert trip.line(0).state == "aboard"


def test_a_minute_is_counted_between_the_taps_not_the_deliveries(world):
    trip = Trip(world).at_the_door()
    said = trip.boarded(0, ago=0)
    world.pass_time(hours=2)
    assert verdict_of(take_back(trip, said, ago=7200 - 30)) == APPLIED


def test_what_something_was_built_upon_is_kept_as_a_correction(world):
    trip = Trip(world).at_the_door()
    said = trip.boarded(0)
    trip.received(0)
    assert verdict_of(take_back(trip, said)) == ("flagged", "withdraw.correction")
    assert trip.line(0).state == "received"


def test_what_somebody_else_has_told_too_since_stands(each_world):
    """Else the person sits in the coach, in nobody's hands, and the one who boarded them was told that it was applied."""
    trip = Trip(each_world).at_the_door()
    said = trip.boarded(0)
    each_world.pass_time(minutes=3)
    assert verdict_of(trip.boarded(0, by="escort1")) == APPLIED
    assert verdict_of(take_back(trip, said, ago=172)) == ("flagged", "withdraw.correction")
    assert (trip.line(0).state, trip.held_by(0)) == ("aboard", "crew")


def test_what_was_told_too_and_taken_back_itself_is_no_hindrance(each_world):
    trip = Trip(each_world).at_the_door()
    said, other = trip.boarded(0), trip.boarded(0, by="escort1")
    assert verdict_of(take_back(trip, other, by="escort1")) == APPLIED
    assert verdict_of(take_back(trip, said)) == APPLIED
    assert (trip.line(0).state, trip.held_by(0)) == ("expected", "origin")


def test_what_is_told_too_in_the_same_delivery_stands(each_world):
    trip = Trip(each_world).at_the_door()
    board, same = (trip.operation("board_person", by=by, line=trip.lines[0], identity=TWO_PROOFS) for by in ("driver1", "escort1"))
    again = trip.operation("withdraw", operation=board.id)
    assert [verdict_of(verdict) for verdict in trip.all_say([board, same, again])] == [APPLIED, APPLIED, ("flagged", "withdraw.correction")]
    assert trip.held_by(0) == "crew"


def test_another_moment_told_twice_is_no_hindrance(world):
    trip = Trip(world).prepared()
    trip.says("record_moment", moment="at_pickup")
    said = trip.says("record_moment", moment="en_route")
    assert verdict_of(trip.says("record_moment", moment="at_pickup", by="escort1")) == APPLIED
    assert verdict_of(take_back(trip, said)) == APPLIED
    assert "en_route" not in trip.transfer.moments or trip.transfer.moments["en_route"] is None


def test_a_positive_that_another_test_has_shown_too_stays_in_motion(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    stay = trip.stay(0)
    said, _other = (trip.says("record_test_result", by="receiver1", target=stay.id, result="positive") for _ in range(2))
    assert verdict_of(take_back(trip, said, by="receiver1", target=stay.id)) == ("flagged", "withdraw.correction")
    assert trip.stay(0).referred_at


def test_a_reception_that_somebody_signed_for_is_not_taken_back(world):
    trip = Trip(world).at_the_gate()
    said = trip.received(0)
    trip.signed("site", {0: "received"})
    assert verdict_of(take_back(trip, said, by="receiver1")) == ("flagged", "withdraw.correction")


def test_the_signature_that_closed_a_transfer_opens_it_again(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    trip.received(1)
    trip.signed("crew", {0: "received", 1: "received"})
    said = trip.signed("site", {0: "received", 1: "received"})
    assert verdict_of(take_back(trip, said, by="receiver1")) == APPLIED
    assert (trip.transfer.state, trip.transfer.ended_at, trip.vehicle.state) == ("arrived", None, "at_site")


def test_a_transfer_that_opens_again_long_after_it_left_the_phones_is_on_them_again(each_world):
    trip = Trip(each_world).at_the_gate().handed_over()
    signed = trip.read(select(Operation).where(Operation.type == "sign_handover", Operation.author_id == each_world.users["receiver1"]))[0]
    each_world.pass_time(hours=73)
    pass_time(each_world.clock.now())
    assert (trip.transfer.crew_sees, trip.transfer.site_sees) == (False, False)
    assert verdict_of(take_back(trip, signed, by="receiver1", ago=73 * HOUR_S)) == APPLIED
    assert (trip.transfer.crew_sees, trip.transfer.site_sees) == (True, True)


def test_a_stay_that_goes_on_after_all_is_on_the_site_s_phones_again(each_world):
    home = going_home(each_world)
    boarded = home.boarded(0)
    each_world.pass_time(hours=25)
    pass_time(each_world.clock.now())
    assert verdict_of(take_back(home, boarded, ago=25 * HOUR_S)) == APPLIED
    assert home.stay(0).on_phones


@pytest.fixture
def world_on_postgres(cluster, migrated_postgres, tmp_path):
    url = cluster.new_database(like=migrated_postgres)
    for app in running(read_settings({"DATA": str(tmp_path / "data"), "DATABASE_URL": url})):
        yield World(app)


def test_a_stay_that_somebody_has_in_hand_is_waited_for_and_what_they_make_of_it_stands(world_on_postgres):
    world = world_on_postgres
    home = going_home(world)
    stay = home.stay(0)
    boarded = home.boarded(0)
    verdicts = []

    def takes_back():
        with world.app.app_context():
            verdicts.append(verdict_of(take_back(home, boarded)))

    thread = threading.Thread(target=takes_back)
    with db.engine.begin() as other:
        other.execute(text("UPDATE stay SET ended_how = 'referred_hospital' WHERE id = :id"), {"id": stay.id})
        thread.start()
        waits_until(lambda: other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")), "nobody waits for the stay")
    thread.join()
    assert verdicts == [("flagged", "withdraw.correction")]
    assert home.row(Stay, stay.id).ended_how == "referred_hospital"


def going_home(world) -> Trip:
    """Two who stay at the site and whose days are over; the coach stands at its door."""
    there = Trip(world).at_the_gate().handed_over()
    return Trip.home(world, there.people)


def test_nobody_takes_back_what_another_said(world):
    trip = Trip(world).at_the_door()
    said = trip.boarded(0)
    assert verdict_of(take_back(trip, said, by="escort1")) == ("refused", "target.unknown")


def test_taking_back_twice_is_a_repeat(world):
    trip = Trip(world).at_the_door()
    said = trip.boarded(0)
    take_back(trip, said)
    trip.boarded(0)
    assert verdict_of(take_back(trip, said)) == APPLIED
    assert trip.line(0).state == "aboard"


def test_who_is_expected_by_another_transfer_by_now_is_not_expected_here_again(world):
    trip = Trip(world).at_the_door()
    said = trip.says("record_outcome", 0, outcome="absent")
    world.do("make_transfer", kind="outbound", people=[trip.people[0]], destination={"kind": "site", "id": world.site})
    assert verdict_of(take_back(trip, said)) == ("flagged", "withdraw.correction")
    assert trip.line(0).open is False


def test_a_refusal_is_put_away_by_its_author(each_world):
    trip = Trip(each_world)
    refused = trip.says("answer_docking", by="receiver1", target="no-such", answer="accepted")
    done = trip.says("acknowledge_refusal", by="receiver1", target=refused.id, operation=refused.id)
    assert verdict_of(done) == APPLIED
    assert trip.row(Operation, refused.id).acknowledged_at
    other = trip.says("acknowledge_refusal", by="driver1", target=refused.id, operation=refused.id)
    assert verdict_of(other) == ("refused", "target.unknown")
