"""Rooms as the site sees them: what takes one out of use is believed, what gives it back goes through cleaning."""

from server.store.rooms import Room
from tests.trip import Trip, verdict_of

APPLIED = ("applied", None)


def seen(trip, room: str, state: str, by: str = "receiver1", **more):
    return trip.says("set_room_state", by=by, target=room, state=state, **more)


def state_of(trip, room: str) -> str:
    return trip.row(Room, room).state


def test_a_room_goes_round_from_dirty_to_ready(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    for state in ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning", "ready"):
        assert verdict_of(seen(trip, room, state)) == APPLIED
        assert state_of(trip, room) == state


def test_a_dirty_room_is_not_ready_in_one_jump(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    seen(trip, room, "vacated_dirty")
    assert verdict_of(seen(trip, room, "ready")) == ("flagged", "room.guard")
    assert state_of(trip, room) == "vacated_dirty"


def test_a_room_is_blocked_or_held_from_any_state(world):
    trip = Trip(world)
    assert verdict_of(seen(trip, world.rooms[7], "blocked", reason="水管漏水")) == APPLIED
    assert verdict_of(seen(trip, world.rooms[6], "hold")) == APPLIED


def test_a_walk_in_needs_a_reason(world):
    trip, room = Trip(world), world.rooms[7]
    assert verdict_of(seen(trip, room, "occupied")) == ("flagged", "room.guard")
    assert verdict_of(seen(trip, room, "occupied", reason="自行到达,无单")) == APPLIED


def test_nobody_reserves_a_room_by_looking_at_it(world):
    trip = Trip(world)
    assert verdict_of(seen(trip, world.rooms[7], "reserved")) == ("flagged", "room.guard")


def test_a_room_with_somebody_registered_in_it_stays_occupied(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    assert verdict_of(seen(trip, trip.rooms[0], "vacated_dirty")) == ("flagged", "room.still_occupied")
    assert state_of(trip, trip.rooms[0]) == "occupied"


def test_a_reserved_room_that_is_lost_leaves_its_person_without_one_and_is_shown(each_world):
    trip = Trip(each_world)
    assert verdict_of(seen(trip, trip.rooms[0], "blocked", reason="停电")) == ("flagged", "room.lost_while_reserved")
    assert (state_of(trip, trip.rooms[0]), trip.line(0).room_id) == ("blocked", None)


def test_another_sites_receiver_cannot_tell_whether_a_room_exists(world):
    other = world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="宽城", state="open", accepts=[])
    world.user("receiver", "receiver2", site_id=other)
    trip = Trip(world)
    assert verdict_of(seen(trip, world.rooms[7], "blocked", by="receiver2")) == ("refused", "target.unknown")
    assert verdict_of(seen(trip, "no-such-room", "blocked", by="receiver2")) == ("refused", "target.unknown")
