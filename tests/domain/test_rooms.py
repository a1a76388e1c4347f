"""Rooms as the site sees them: what takes one out of use is believed, what gives it back goes through cleaning."""

import pytest

from server.domain.turnover_rules import CHECKLIST
from server.problems import Refused
from server.store.conflicts import Conflict
from server.store.rooms import Room
from server.store.turnovers import Turnover
from tests.console.browser import Browser
from tests.trip import Trip, verdict_of

APPLIED = ("applied", None)


def seen(trip, room: str, state: str, by: str = "receiver1", **more):
    return trip.says("set_room_state", by=by, target=room, state=state, **more)


def state_of(trip, room: str) -> str:
    return trip.row(Room, room).state


def turned_over(trip, room: str) -> list:
    """The whole cycle, by two people, each stage in its time; the verdicts."""
    said = []
    for minutes, by, state, record in (
        (0, "receiver1", "vacated_dirty", {}),
        (10, "receiver1", "disinfecting", {}),
        (10, "receiver1", "contact_time", {"agent": "chlorine", "strength_mg_l": 1000}),
        (30, "receiver1", "aerating", {}),
        (30, "receiver1", "inspecting", {}),
        (5, "head1", "provisioning", {}),
        (15, "receiver1", "ready", {"provisioned": list(CHECKLIST)}),
    ):
        trip.world.pass_time(minutes=minutes)
        said.append(seen(trip, room, state, by=by, **record))
    return said


def test_a_room_goes_round_from_dirty_to_ready_and_keeps_the_record_of_it(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    assert [verdict_of(said) for said in turned_over(trip, room)] == [APPLIED] * 7
    turnover = trip.row(Turnover, trip.row(Room, room).turnover_id)
    assert (state_of(trip, room), turnover.ended_how) == ("ready", "ready")
    assert (turnover.agent, turnover.strength_mg_l, turnover.provisioned) == ("chlorine", 1000, list(CHECKLIST))
    assert (turnover.disinfected_by, turnover.inspected_by) == (each_world.users["receiver1"], each_world.users["head1"])
    assert round((turnover.ready_at - turnover.vacated_at).total_seconds() / 60) == 100


def test_a_dirty_room_is_not_ready_in_one_jump(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    seen(trip, room, "vacated_dirty")
    assert verdict_of(seen(trip, room, "ready")) == ("flagged", "room.guard")
    assert state_of(trip, room) == "vacated_dirty"


def test_what_two_say_of_a_room_is_closed_by_the_desk_of_its_area(world):
    world.user("district_desk", "desk2", area_id=world.area("绿园"))
    trip, room = Trip(world), world.rooms[7]
    seen(trip, room, "vacated_dirty")
    item = seen(trip, room, "ready").conflict
    with pytest.raises(Refused, match="conflict.unknown"):
        world.do("resolve_conflict", item, by="desk2", resolution="看错了")
    world.do("resolve_conflict", item, by="desk1", resolution="已到现场看过，还没有收拾")
    assert trip.row(Conflict, item).state == "closed"


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


def test_an_older_word_does_not_move_a_room_back(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    seen(trip, room, "vacated_dirty")
    each_world.pass_time(minutes=20)
    seen(trip, room, "disinfecting")
    each_world.pass_time(minutes=10)
    seen(trip, room, "contact_time", by="head1")
    assert verdict_of(seen(trip, room, "disinfecting", by="head1", ago=15 * 60)) == APPLIED  # told twice, by two people
    assert verdict_of(seen(trip, room, "aerating", ago=5 * 60)) == ("flagged", "room.guard")
    assert state_of(trip, room) == "contact_time"


def test_a_room_found_dirty_is_given_to_nobody_though_the_word_comes_late(each_world):
    each_world.pass_time(minutes=30)
    trip = Trip(each_world)
    each_world.pass_time(minutes=10)
    assert verdict_of(seen(trip, trip.rooms[0], "vacated_dirty", ago=15 * 60)) == ("flagged", "room.lost_while_reserved")
    assert state_of(trip, trip.rooms[0]) == "vacated_dirty"


def test_a_room_made_ready_since_is_not_dirty_again_by_an_older_word(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    turned_over(trip, room)
    assert verdict_of(seen(trip, room, "vacated_dirty", by="head1", ago=95 * 60)) == APPLIED  # it was, and is not any more
    assert state_of(trip, room) == "ready"


def test_what_is_added_to_a_record_can_be_taken_back(each_world):
    trip, room = Trip(each_world), each_world.rooms[7]
    seen(trip, room, "vacated_dirty")
    each_world.pass_time(minutes=20)
    seen(trip, room, "disinfecting")
    said = seen(trip, room, "disinfecting", agent="chlorine", strength_mg_l=1000)
    of_room = trip.row(Room, room).turnover_id
    assert trip.row(Turnover, of_room).agent == "chlorine"
    trip.says("withdraw", by="receiver1", target=room, operation=said.id)
    assert (trip.row(Turnover, of_room).agent, state_of(trip, room)) == (None, "disinfecting")


def test_why_a_room_is_out_of_use_may_be_told_later_and_is_not_written_over(each_world):
    trip, room = Trip(each_world), each_world.rooms[6]
    assert verdict_of(seen(trip, room, "blocked")) == ("applied", None)  # what a person saw is believed without
    since = trip.row(Room, room).since
    page = Browser(each_world, "dispatcher").open(f"/rooms/{room}")
    assert "没说原因" in page.text
    assert "0207 · 停用 · 没说原因" in [
        cell["title"] for cell in Browser(each_world, "dispatcher").open(f"/sites/{each_world.site}").all("a")
    ]
    each_world.pass_time(minutes=5)
    told = seen(trip, room, "blocked", reason="水管漏水")
    seen(trip, room, "blocked", reason="不知道")
    assert (trip.row(Room, room).reason, trip.row(Room, room).since) == ("水管漏水", since)
    assert "没说原因" not in Browser(each_world, "dispatcher").open(f"/rooms/{room}").text
    assert trip.says("withdraw", by="receiver1", target=room, operation=told.id).took_effect
    assert trip.row(Room, room).reason is None


def test_a_reason_that_somebody_else_has_told_too_stands(world):
    trip, room = Trip(world), world.rooms[6]
    seen(trip, room, "blocked")
    world.pass_time(minutes=5)
    told = seen(trip, room, "blocked", reason="水管漏水")
    seen(trip, room, "blocked", by="head1", reason="水管漏水")
    assert trip.says("withdraw", by="receiver1", target=room, operation=told.id).verdict == "flagged"
    assert trip.row(Room, room).reason == "水管漏水"
