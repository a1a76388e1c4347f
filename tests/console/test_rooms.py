"""A room's page and the queue on its site's: what lay between two people, and which room is worked first."""

from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from server.store.rooms import Room
from tests.console.browser import Browser
from tests.domain.test_releases import again, occupant
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
    seen(trip, room, "blocked", by="head1", reason="水管漏水")
    seen(trip, room, "ready")
    page = desk.open(f"/rooms/{room}")
    assert "两种说法" in page.text
    assert "房间跳过了周转步骤" in page.text
    [item] = page.links("/conflicts/")
    for address in (item, "/conflicts"):
        said = desk.open(address).text
        assert "head1" in said and "receiver1" in said and "系统" not in said
    assert "水管漏水" in desk.open(item).text
    rows = load_workbook(BytesIO(desk.ask("get", "/conflicts?as=xlsx").data)).active.iter_rows(values_only=True)
    assert "head1：停用 / receiver1：可用" in next(row for row in rows if "房间跳过了周转步骤" in row)


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


def test_when_the_first_of_two_in_a_room_leaves_the_other_is_still_shown_there(world, desk):
    parent, child = (occupant(world, name=name) for name in ("王大", "王小"))
    world.pass_time(days=2)  # both should have left
    assert "0201 · 在住 · 王大 · 王小" in titles_of_rooms(desk, world.site)
    Trip.home(world, [parent.person_id]).boarded(0)
    assert again(child).place == 2
    assert "0201 · 在住 · 王小" in titles_of_rooms(desk, world.site)
    assert "到期未腾退 1" in desk.open(f"/sites/{world.site}").with_id("live-rooms").text


def titles_of_rooms(desk, site: str) -> list[str]:
    return [cell["title"] for cell in desk.open(f"/sites/{site}").all("a") if cell["class"].startswith("cell")]


def test_a_pause_whose_time_is_over_rises_at_the_desk_until_somebody_opens_the_site_or_gives_another_time(world, desk):
    world.do("pause_site", world.site, by="dispatcher", reason="停暖", until=world.clock.now() + timedelta(hours=2))
    assert "该恢复接收了" not in desk.open("/today").text
    world.pass_time(hours=3)
    assert "北湖酒店 该恢复接收了" in desk.open("/today").with_id("live-decisions").text
    assert "停暖 · 说好到 22:00，已过 1 小时 00 分" in desk.open(f"/sites/{world.site}").text
    assert "该恢复接收了" not in Browser(world, "partner1").open("/today").text
    later = (world.clock.now() + timedelta(hours=8)).astimezone(ZoneInfo("Asia/Shanghai"))
    desk.send(f"/sites/{world.site}/pause", reason="停暖", until=f"{later:%Y-%m-%dT%H:%M}")
    assert "该恢复接收了" not in desk.open("/today").text
    world.pass_time(hours=24)
    assert "该恢复接收了" in desk.open("/today").text
    world.do("open_site", world.site, by="dispatcher")
    assert "该恢复接收了" not in desk.open("/today").text
