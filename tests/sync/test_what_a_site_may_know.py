"""A site's phone knows whom it receives, and nothing of the door they came from."""

import json

from server.store.conflicts import Conflict
from server.store.database import db
from server.store.users import User
from tests.sync.town import bodies_for
from tests.trip import Trip

CARER = {"answer": "carer", "who": "奶奶 81 岁", "carer_name": "", "carer_phone": "14200009999", "desk_name": None}
MOVED = {"building": {"was": "9", "now": "12"}}


def seen_by(world, username: str, kind: str, *ids: str) -> str:
    """Everything that this user's phone may be given of these records, as text."""
    found = bodies_for(db.session, db.session.get(User, world.users[username]), *((kind, id) for id in ids))
    assert len(found) == len(ids)
    return json.dumps(list(found.values()), ensure_ascii=False)


def test_items_tell_a_site_nothing_of_who_stays_behind_or_where_people_live(world):
    trip = Trip(world, people=1)
    trip.verified(0, stays_behind=CARER, address=MOVED)
    items = [item.id for item in trip.read_all(Conflict) if item.site_id == world.site]
    assert len(items) == 2
    told = seen_by(world, "receiver1", "conflict", *items)
    assert "driver1" in told
    assert [word for word in ("14200009999", "奶奶", "building") if word in told] == []
    assert "奶奶" in seen_by(world, "driver1", "conflict", *items)


def test_a_transfer_tells_a_site_nothing_of_who_stays_behind(world):
    trip = Trip(world, people=1)
    trip.verified(0, stays_behind={**CARER, "carer_name": "周姨"})
    assert "周姨" in seen_by(world, "driver1", "transfer", trip.id)
    assert "周姨" not in seen_by(world, "receiver1", "transfer", trip.id)


def a_settled_item(world) -> str:
    """Two people were put into one room, said by receiver1; desk1 has decided."""
    trip = Trip(world).at_the_gate()
    trip.received(0)
    trip.received(1, room=trip.rooms[0])
    [item] = trip.read_all(Conflict, code="room_conflict")
    world.do("resolve_conflict", item.id, by="desk1", resolution="看了，换一间")
    return item.id


def test_an_item_names_people_not_their_numbers(world):
    told = seen_by(world, "receiver1", "conflict", a_settled_item(world))
    assert "desk1" in told
    assert [name for name, id in world.users.items() if id in told] == []


def test_a_shared_room_shows_the_stay_of_whoever_came_first_however_often_it_is_asked(each_world):
    door = "宽城|天茂名苑|3|2|501"
    family = {"person0": {"door": door, "birth_year": 1985}, "person1": {"door": door, "birth_year": 2012}}
    trip = Trip(each_world, **family).at_the_gate()
    trip.received(1), trip.received(0)
    first = trip.stay(1)
    assert (first.place, trip.stay(0).room_id) == (1, first.room_id)
    assert first.id in seen_by(each_world, "receiver1", "room", first.room_id)
    assert trip.stay(0).id not in seen_by(each_world, "receiver1", "room", first.room_id)
