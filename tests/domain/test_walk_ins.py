"""Somebody comes by themselves: they get a room, a stay and a name in the register, and the desk is told."""

from sqlalchemy import select

from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from tests.trip import Trip, verdict_of


def walked_in(trip, room: str, by: str = "receiver1", **more):
    told = {"name": "韩自来", "reason": "邻居送来，没有单", "age": 41, "category": "close_contact"}
    return trip.says("admit_walk_in", by=by, target=room, **{**told, **more})


def person_of(trip) -> Person:
    return trip.read(select(Person).where(Person.name == "韩自来"))[0]


def stay_of(trip) -> Stay | None:
    return next(iter(trip.read(select(Stay).where(Stay.person_id == person_of(trip).id, Stay.ended_at.is_(None)))), None)


def test_a_walk_in_has_a_stay_in_the_room_and_is_shown_to_the_desk(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    assert verdict_of(walked_in(trip, room)) == ("flagged", "walk_in")
    assert (stay_of(trip).room_id, trip.row(Room, room).state) == (room, "occupied")
    custody = trip.row(Custody, person_of(trip).id)
    assert (person_of(trip).state, custody.holder, custody.holder_id) == ("isolated", "site", each_world.site)


def test_a_room_kept_for_somebody_else_is_not_given_and_nobody_is_left_outside(each_world):
    trip = Trip(each_world)
    assert verdict_of(walked_in(trip, trip.rooms[0])) == ("flagged", "room_conflict")
    assert stay_of(trip).room_id is None
    assert trip.row(Room, trip.rooms[0]).state == "reserved"
    assert {"room_conflict", "walk_in"} <= set(trip.items())


def test_a_walk_in_that_was_a_wrong_tap_is_taken_back(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    said = walked_in(trip, room)
    each_world.pass_time(seconds=20)
    assert verdict_of(trip.says("withdraw", by="receiver1", target=room, operation=said.id)) == ("applied", None)
    assert stay_of(trip) is None
    assert trip.row(Room, room).state == "ready"
    assert trip.row(Custody, person_of(trip).id).holder == "origin"
    assert person_of(trip).state == "wrong_listing"  # and waits for no transfer


def test_another_sites_receiver_lets_nobody_in_here(world):
    other = world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="宽城", state="open", accepts=[])
    world.user("receiver", "receiver2", site_id=other)
    assert verdict_of(walked_in(Trip(world), world.rooms[7], by="receiver2")) == ("refused", "target.unknown")
