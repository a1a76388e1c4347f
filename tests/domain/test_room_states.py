"""Each change of a room's state leaves a history without holes, whoever made it and in whatever order it came."""

from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from server.problems import Refused
from server.store.rooms import Room
from server.store.turnovers import RoomSpell, Turnover
from tests.domain.test_rooms import seen
from tests.store.test_constraints import write
from tests.sync.phone import Phone
from tests.trip import Trip, verdict_of
from tests.world import ADMINISTRATOR


def states(trip, room: str) -> list[str]:
    return [spell.state for spell in spells(trip, room)]


def spells(trip, room: str) -> list[RoomSpell]:
    """The history of a room. It has no hole, nothing in it overlaps, and it ends with what the room is now."""
    rows = sorted(trip.read_all(RoomSpell, room_id=room), key=lambda row: row.position)
    now = trip.row(Room, room)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert [row.until_at for row in rows[:-1]] == [row.from_at for row in rows[1:]]
    assert (rows[-1].until_at, rows[-1].state, rows[-1].from_at) == (None, now.state, now.since)
    return rows


def minutes(one: datetime, other: datetime) -> int:
    return round((other - one).total_seconds() / 60)


def turnovers(trip, room: str) -> list[Turnover]:
    return sorted(trip.read_all(Turnover, room_id=room), key=lambda row: row.id)


def test_a_room_that_waits_for_people_and_gets_them_has_a_spell_for_each_state(each_world):
    each_world.pass_time(minutes=5)
    trip = Trip(each_world)
    each_world.pass_time(minutes=50)
    trip.at_the_gate()
    each_world.pass_time(minutes=5)
    trip.received(0)
    reserved, occupied = spells(trip, trip.rooms[0])[-2:]
    assert (reserved.state, occupied.state) == ("reserved", "occupied")
    assert minutes(reserved.from_at, reserved.until_at) == 55
    assert occupied.by_id == each_world.users["receiver1"]


def test_whoever_leaves_for_home_begins_a_turnover_that_names_their_stay(each_world):
    trip = Trip(each_world, people=1).at_the_gate()
    trip.received(0)
    stay = trip.stay(0)
    each_world.pass_time(minutes=50)
    home = Trip.home(each_world, trip.people)
    home.boarded(0)
    [turnover] = turnovers(trip, trip.rooms[0])
    assert (turnover.stay_id, turnover.seen_from, turnover.ended_at) == (stay.id, "vacated_dirty", None)
    assert states(trip, trip.rooms[0])[-2:] == ["occupied", "vacated_dirty"]
    assert trip.row(Room, trip.rooms[0]).turnover_id == turnover.id


def test_what_is_taken_back_leaves_no_trace_in_the_history(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    each_world.pass_time(minutes=30)
    said = seen(trip, room, "vacated_dirty")
    assert states(trip, room) == ["ready", "vacated_dirty"]
    assert len(turnovers(trip, room)) == 1
    each_world.pass_time(seconds=30)
    assert verdict_of(trip.says("withdraw", by="receiver1", target=room, operation=said.id)) == ("applied", None)
    assert states(trip, room) == ["ready"]
    assert turnovers(trip, room) == []
    assert trip.row(Room, room).turnover_id is None
    each_world.pass_time(seconds=30)
    seen(trip, room, "blocked")
    assert states(trip, room) == ["ready", "blocked"]


def test_a_tap_its_taking_back_and_another_one_may_come_in_one_delivery(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    each_world.pass_time(minutes=30)
    first = trip.operation("set_room_state", by="receiver1", ago=9, target=room, state="vacated_dirty")
    back = trip.operation("withdraw", by="receiver1", ago=5, target=room, operation=first.id)
    again = trip.operation("set_room_state", by="receiver1", ago=2, target=room, state="blocked", reason="门锁坏")
    assert [verdict_of(verdict) for verdict in trip.all_say([first, back, again])] == [("applied", None)] * 3
    assert states(trip, room) == ["ready", "blocked"]
    assert turnovers(trip, room) == []


def test_a_room_that_was_blocked_on_the_way_goes_on_with_its_turnover(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    for state in ("vacated_dirty", "disinfecting", "blocked", "vacated_dirty"):
        each_world.pass_time(minutes=10)
        seen(trip, room, state)
    [turnover] = turnovers(trip, room)
    assert (turnover.ended_how, turnover.disinfecting_at) == (None, None)
    assert minutes(turnover.vacated_at, trip.row(Room, room).since) == 30


def test_a_room_that_people_came_into_before_it_was_ready_begins_another_turnover_when_they_leave(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    for state, more in (("vacated_dirty", {}), ("occupied", {"reason": "自行到达"}), ("hold", {}), ("vacated_dirty", {"reason": "已离开"})):
        each_world.pass_time(minutes=10)
        seen(trip, room, state, **more)
    first, second = turnovers(trip, room)
    assert (first.ended_how, second.ended_how) == ("occupied", None)
    assert second.vacated_at == trip.row(Room, room).since


def test_what_an_older_word_says_of_the_record_is_shown_and_not_put_into_another_turnover(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    seen(trip, room, "vacated_dirty")
    each_world.pass_time(minutes=10)
    seen(trip, room, "disinfecting")
    late = seen(trip, room, "disinfecting", by="head1", ago=900, agent="chlorine", strength_mg_l=1000)
    assert verdict_of(late) == ("flagged", "room.guard")
    assert turnovers(trip, room)[0].agent is None
    assert verdict_of(seen(trip, room, "disinfecting", by="head1", ago=900)) == ("applied", None)
    assert verdict_of(seen(trip, room, "disinfecting", by="head1", agent="chlorine")) == ("applied", None)
    assert turnovers(trip, room)[0].agent == "chlorine"


def test_two_spells_never_have_the_same_place(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    each_world.pass_time(minutes=30)
    seen(trip, room, "vacated_dirty")
    with pytest.raises(IntegrityError):
        write(update(RoomSpell.__table__).where(RoomSpell.room_id == room).values(position=1))


def test_no_spell_ends_before_it_began(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    [spell] = spells(trip, room)
    each_world.pass_time(minutes=-30)
    with pytest.raises(IntegrityError):
        write(update(RoomSpell.__table__).where(RoomSpell.id == spell.id).values(until_at=each_world.clock.now()))


def test_who_gets_another_name_has_it_on_the_rooms_that_they_told_of(world):
    trip, room = Trip(world), world.rooms[7]
    seen(trip, room, "vacated_dirty")
    phone = Phone(world, "head1")
    phone.sync()
    assert phone.body("room", room)["by"] == "receiver1"
    world.do("change_user", world.users["receiver1"], by=ADMINISTRATOR, name="周敏")
    phone.sync()
    assert phone.body("room", room)["by"] == "周敏"


def test_a_line_of_a_ledger_makes_no_room_ready_that_somebody_left(world):
    trip = Trip(world, people=1).at_the_gate()
    trip.received(0)
    world.pass_time(minutes=50)
    Trip.home(world, trip.people).boarded(0)
    room = trip.row(Room, trip.rooms[0])
    place = {"site": "S1", "building": room.building, "floor": room.floor, "number": room.number}
    for state in ("ready", "staff_use"):
        with pytest.raises(Refused, match="room.in_use"):
            world.do("save_room_state", **place, state=state)
    world.do("save_room_state", **place, state="blocked", reason="停电")
    assert states(trip, trip.rooms[0])[-2:] == ["vacated_dirty", "blocked"]
