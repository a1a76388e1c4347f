"""Simulated days, in a small town: virtual people do through the doors of people what people do, and the forecast is held against it."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from server.demo.days.backtest import backtest, error_of, free_rooms
from server.demo.days.report import document
from server.demo.days.simulating import Days
from server.demo.found import ZONE
from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.database import db, transaction
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.transfers import Transfer
from server.store.turnovers import Turnover
from server.store.users import Device, User
from tests.world import World

pytestmark = pytest.mark.timeout(300)


def small_town(world: World) -> World:
    """Eight rooms: in three of them people whose fourteen days are over; six others wait at home. Two receivers, a community worker."""
    with transaction() as session:
        session.get(User, world.users["worker1"]).area_id = world.area("宽城")
    world.do("give_compounds", world.users["worker1"], by=world.actor("administrator"), compounds=[world.community])
    world.user("receiver", "receiver2", site_id=world.site)
    long_ago = world.clock.now().date() - timedelta(days=15)
    for room in (1, 2, 3):
        world.do(
            "save_occupant", site="S1", building="主楼", floor="2", number=f"02{room:02}", name=f"住{room}", category="close_contact",
            checked_in_at=world.clock.now() - timedelta(days=10), last_exposed_on=long_ago, home_area_id=world.area("宽城"),
        )  # fmt: skip
    for number in range(6):
        world.person(f"等{number}", phone=f"142000{number:05}", birth_year=1970 + number, building="1", unit="1", room=f"{number}01")
    return world


def next_midnight(world: World) -> datetime:
    day = world.clock.now().astimezone(ZONE).date() + timedelta(days=1)
    return datetime.combine(day, time.min, ZONE)


@pytest.fixture
def days(world) -> Days:
    return Days(7, next_midnight(small_town(world)), lists=lambda _since, _until: 0)


def count(query) -> int:
    return db.session.scalar(query)


def test_a_day_brings_those_who_wait_into_rooms_and_those_whose_time_is_over_home(days):
    ended = days.run_day()
    assert (ended.stopped, days.city.now.hour) == (0, 0)
    arrived = count(select(func.count()).select_from(Person).where(Person.name.startswith("等"), Person.state == "isolated"))
    absent = count(select(func.count()).select_from(Person).where(Person.name.startswith("等"), Person.state == "unreachable"))
    assert arrived + absent == 6
    home = db.session.scalars(select(Custody.holder).join(Person).where(Person.name.startswith("住")))
    assert set(home) == {"home"}
    assert count(select(func.count(Transfer.id)).where(Transfer.ended_at.is_(None))) == 0


def test_the_rooms_of_who_left_are_ready_for_the_next(days):
    days.run_day()
    turned = db.session.scalars(select(Turnover)).all()
    assert len(turned) == 3
    assert all(one.vacated_at < one.disinfecting_at < one.contact_at < one.aerating_at < one.ready_at for one in turned)
    told = db.session.execute(select(Operation.author_id, Operation.body).where(Operation.type == "set_room_state")).all()
    by = {state: {author for author, body in told if f'"{state}"' in body} for state in ("disinfecting", "inspecting")}
    assert by["disinfecting"] != by["inspecting"]


def test_everything_came_through_the_doors_and_nothing_was_flagged(days):
    before = set(db.session.scalars(select(Operation.id)))
    days.run_day()
    said = db.session.execute(select(Operation.door, Operation.type, Operation.verdict).where(Operation.id.not_in(before))).all()
    assert {(row.door, row.type) for row in said} >= {("phone", "board_person"), ("phone", "set_room_state"), ("console", "make_transfer")}
    assert {row.verdict for row in said} == {"applied"}
    assert count(select(func.count(Conflict.id))) == 0
    assert count(select(func.count(Device.id)).where(Device.unsent > 0)) == 0


def test_the_forecast_of_the_morning_is_held_against_the_day(days):
    stock = free_rooms(days.city.now)
    [one] = backtest(days, 1)
    arrivals, freed = error_of(one, "arrivals"), error_of(one, "freed")
    came = Stay.checked_in_at >= days.city.now - timedelta(days=1)
    real = count(select(func.count(Stay.id)).where(came, Stay.site_id.is_not(None)))
    assert arrivals.real == real > 0
    assert freed.foreseen == pytest.approx(3)
    assert freed.real == 3
    assert sum(one.happened.ready_again) == 3
    assert one.happened.stock[-1] == stock + 3 - real == count(select(func.count(Room.id)).where(Room.state == "ready"))
    written = document([one], 7, 1.0)
    assert "| 4 Apr | 3 | 3 | +0 | +0 % |" in written
