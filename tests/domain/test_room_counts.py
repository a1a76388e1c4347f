"""A floor is walked: what stands behind each door is held against the register of that moment."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain.acts import Incoming
from server.domain.write_path import perform
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.room_counts import RoomCount
from server.store.rooms import Room
from tests.domain.test_releases import occupant
from tests.domain.test_stay_days import WELL
from tests.sync.phone import Phone


def counted(world, seen: dict[int, str], by: str = "receiver1", ago_minutes: float = 0):
    """A floor of S1 as somebody saw it, told now."""
    args = {"building": "主楼", "floor": "2", "seen": {world.rooms[room]: word for room, word in seen.items()}}
    told = Incoming("count_rooms", world.actor(by), args, target=world.site, door="phone",
                    occurred_at=world.clock.now() - timedelta(minutes=ago_minutes))  # fmt: skip
    return perform([told], at=world.clock.now())[0]


def last_count() -> RoomCount:
    return db.session.scalars(select(RoomCount).order_by(RoomCount.counted_at.desc())).first()


def test_a_count_that_agrees_with_the_register_raises_nothing(each_world):
    world = each_world
    world.do("set_room_state", world.rooms[0], by="receiver1", state="occupied", reason="走进来的")
    verdict = counted(world, {0: "occupied", **dict.fromkeys(range(1, 8), "empty")})
    assert verdict.verdict == "applied"
    count = last_count()
    assert (count.rooms, count.occupied, count.registered, count.differences) == (8, 1, 1, 0)


def test_rooms_that_differ_are_told_to_the_desk_by_their_numbers_and_stay_as_they_are(world):
    verdict = counted(world, {0: "occupied", 1: "empty", 2: "unclear"})
    assert (verdict.verdict, verdict.code) == ("flagged", "room.count_differs")
    [item] = db.session.scalars(select(Conflict)).all()
    assert item.values[0]["says"] == "0201" and item.site_id == world.site
    assert db.session.get(Room, world.rooms[0]).state == "ready"
    assert (last_count().occupied, last_count().registered, last_count().differences) == (1, 0, 1)


def test_a_room_on_hold_with_its_feverish_guest_inside_is_an_occupied_one(each_world):
    stay = occupant(each_world)
    each_world.do("record_health", stay.id, by="receiver1", **{**WELL, "temperature": 38.0})
    assert db.session.get(Room, stay.room_id).state == "hold"
    assert counted(each_world, {0: "occupied", 1: "empty"}).verdict == "applied"
    assert (last_count().occupied, last_count().registered) == (1, 1)


def test_a_room_that_could_not_be_seen_into_is_in_no_number(world):
    world.do("set_room_state", world.rooms[0], by="receiver1", state="occupied", reason="走进来的")
    counted(world, {0: "unclear", 1: "empty"})
    assert (last_count().occupied, last_count().registered, last_count().differences) == (0, 0, 0)


def test_a_count_brought_late_is_held_against_the_register_of_when_the_floor_was_walked(world):
    """Walked at 20:00 while the room was empty; somebody moved in at 20:20; the phone found network at 20:30."""
    world.pass_time(minutes=20)
    world.do("set_room_state", world.rooms[0], by="receiver1", state="occupied", reason="走进来的")
    world.pass_time(minutes=10)
    assert counted(world, {0: "empty"}, ago_minutes=25).verdict == "applied"
    assert counted(world, {0: "empty"}).code == "room.count_differs"


@pytest.mark.parametrize(("who", "code"), [("driver1", "target.unknown"), ("worker1", "target.unknown"), ("partner1", "target.unknown")])
def test_whoever_never_had_to_do_with_the_site_counts_nothing_there(world, who, code):
    assert counted(world, {0: "empty"}, by=who).code == code


def test_somebody_whom_the_office_has_moved_since_is_heard(world):
    other = world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="绿园", state="open", accepts=["close_contact"])
    world.do("change_user", world.users["receiver1"], by="administrator", site_id=other)
    assert counted(world, {0: "empty"}).verdict == "applied"


def test_a_count_taken_back_within_a_minute_is_gone_with_its_item(world):
    phone = Phone(world, "receiver1")
    phone.sync()
    said = phone.record("count_rooms", world.site, building="主楼", floor="2", seen={world.rooms[0]: "occupied"}, note=None)
    phone.record("withdraw", world.site, operation=said.id, after=[said.id])
    phone.sync()
    assert last_count() is None
    assert db.session.scalars(select(Conflict.state)).all() == ["closed"]


def test_a_phone_counts_a_floor_over_the_wire(world):
    phone = Phone(world, "receiver1")
    phone.sync()
    phone.record("count_rooms", world.site, building="主楼", floor="2", seen=dict.fromkeys(world.rooms, "empty"), note=None)
    phone.sync()
    assert not phone.outbox and last_count().occupied == 0 and len(last_count().seen) == 8
