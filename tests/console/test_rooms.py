"""A room's page and the queue on its site's: what lay between two people, and which room is worked first."""

import pytest

from server.store.rooms import Room
from tests.console.browser import Browser
from tests.domain.test_rooms import seen, turned_over
from tests.trip import Trip


@pytest.fixture
def desk(world):
    return Browser(world, "dispatcher")


def test_a_room_shows_who_was_in_it_before_and_the_record_that_made_it_ready(world, desk):
    trip = Trip(world, people=1, vehicle=None).at_the_gate()
    trip.received(0)
    room = trip.rooms[0]
    world.pass_time(minutes=60)
    Trip.home(world, trip.people).boarded(0)
    world.pass_time(minutes=5)
    turned_over(trip, room)
    page = desk.open(f"/rooms/{room}")
    assert "让它可用的周转记录" in page.text
    assert "王0" in page.text
    for said in ("含氯消毒液 1000 mg/L", "检查通过", "head1", "不缺"):
        assert said in page.text
    assert trip.row(Room, room).state == "ready"


def test_a_room_of_which_two_people_say_different_things_leads_to_what_they_say(world, desk):
    trip, room = Trip(world), world.rooms[6]
    seen(trip, room, "vacated_dirty")
    seen(trip, room, "ready")
    page = desk.open(f"/rooms/{room}")
    assert "两种说法" in page.text
    assert "房间跳过了周转步骤" in page.text
    assert page.links("/conflicts/")


def test_rooms_promised_to_people_on_the_way_are_worked_first_and_the_late_ones_are_told(world, desk):
    trip = Trip(world, people=1, vehicle=None)
    [promised, other] = [world.rooms[7], world.rooms[6]]
    seen(trip, other, "vacated_dirty")
    world.pass_time(minutes=80)
    seen(trip, promised, "vacated_dirty")
    seen(trip, promised, "disinfecting")
    seen(trip, trip.rooms[0], "blocked", reason="停电")  # its person is on the way without a room now
    panel = desk.open(f"/sites/{world.site}").with_id("live-turnover")
    rows = [row.text for row in panel.all("tr")[1:]]
    assert [row.split()[0] for row in rows] == ["0208", "0207"]
    assert "已答应路上的人" in rows[0]
    assert "超时" not in rows[0]
    assert "20 分" in rows[1]
