"""Somebody stands as aboard by mistake, and the minute to take it back is over: the desk puts it right."""

import pytest
from sqlalchemy import select

from server.problems import Refused
from server.store.change_log import CustodyEvent
from tests.trip import Trip, verdict_of


def put_down(trip: Trip, place: int, reason: str = "点错了人", by: str = "dispatcher") -> None:
    trip.world.do("put_down_person", trip.id, by=by, line=trip.lines[place], reason=reason)


def test_who_boarded_by_mistake_waits_again_at_their_door_and_their_room_is_free(each_world):
    trip = Trip(each_world).at_the_door()
    before = trip.person(0).state
    trip.boarded(0)
    each_world.pass_time(minutes=10)
    put_down(trip, 0)
    line = trip.line(0)
    assert (line.state, line.open, line.outcome, line.note, line.room_id) == ("ended", False, "wrong_person", "点错了人", None)
    assert (trip.held_by(0), trip.person(0).state, trip.room(0).state) == ("origin", before, "ready")
    trail = trip.read(select(CustodyEvent).where(CustodyEvent.person_id == trip.people[0]).order_by(CustodyEvent.at, CustodyEvent.id))
    assert [event.holder for event in trail] == ["origin", "crew", "origin"]
    assert each_world.do("make_transfer", kind="outbound", people=[trip.people[0]], destination={"kind": "site", "id": each_world.site})


def test_a_transfer_closes_and_its_vehicle_can_be_cleaned_once_the_last_mistake_is_put_right(world):
    trip = Trip(world).at_the_gate()
    trip.received(1)
    trip.signed("crew", {1: "received"})
    trip.signed("site", {1: "received"})
    assert (trip.transfer.state, trip.vehicle.state) == ("arrived", "at_site"), "somebody still stands as aboard"
    put_down(trip, 0)
    assert (trip.transfer.state, trip.vehicle.state) == ("closed", "contaminated")


def test_who_left_a_room_by_mistake_stays_in_it(world):
    there = Trip(world, people=1).at_the_gate()
    there.received(0)
    stay = there.stay(0)
    home = Trip.home(world, there.people)
    before = home.person(0).state
    home.boarded(0)
    assert home.stay(0) is None
    put_down(home, 0)
    assert (home.stay(0).id, home.stay(0).room_id, there.room(0).state) == (stay.id, stay.room_id, "occupied")
    assert (home.held_by(0), home.person(0).state) == ("site", before)


def test_only_who_is_aboard_is_put_down_by_a_desk_and_for_a_reason(world):
    trip = Trip(world).at_the_door()
    with pytest.raises(Refused, match="person.not_aboard"):
        put_down(trip, 0)
    trip.boarded(0)
    with pytest.raises(Refused, match="reason.missing"):
        put_down(trip, 0, reason=" ")
    with pytest.raises(Refused, match="access.denied"):
        put_down(trip, 0, by="driver1")


def test_who_was_put_down_can_still_be_told_to_be_aboard(world):
    trip = Trip(world).at_the_door()
    trip.boarded(0)
    put_down(trip, 0)
    assert verdict_of(trip.boarded(0)) == ("flagged", "boarding.after_other_outcome")
    assert (trip.line(0).state, trip.held_by(0)) == ("aboard", "crew")
