"""What the register knows of the next 72 hours: a small town whose figures can be counted on the fingers."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.closing import Around, Reserve, Way, ways_to_close
from server.domain.forecast import EVENLY, Turnaround, shortfall
from server.domain.outlook import (
    Leaving,
    Local,
    busiest_day,
    hours_left,
    measured_stages,
    measured_turnaround,
    outlook,
    rooms_left,
    stage_targets,
    target_of,
    whole_hours_left,
)
from server.problems import Refused
from server.store.database import db, transaction
from server.store.lists.within import Within
from server.store.rooms import Room, Stay
from tests.trip import Trip

EVERYTHING = Within(everything=True)
HOURS = {"overdue_within_hours": 12, "expired_within_hours": 24, "held_within_hours": 3}


def seen(world):
    return outlook(db.session, EVERYTHING, world.clock.now(), world.app.config["BIHUAN"].time_zone)


def people(world, count: int, **values) -> None:
    for number in range(count):
        world.person(f"等{number}", phone=f"142000{number:05}", **values)


def nobody_new(world) -> None:
    world.do("save_assumptions", new_a_day={world.area("宽城"): {"contact": 0, "positive": 0}}, **HOURS)


def test_eleven_people_and_eight_rooms_are_three_rooms_short_before_midnight(each_world):
    people(each_world, 11)
    nobody_new(each_world)
    area = each_world.area("宽城")
    rows = seen(each_world).hours([area], [area], "contact")
    assert [row.spare for row in (rows[0], rows[-1])] == [pytest.approx(8 - 11 / 4), pytest.approx(-3)]  # found today: four hours are left
    short = shortfall(rows)
    assert (short.first, short.rooms) == (3, 3)


def test_who_has_a_room_held_is_expected_and_takes_no_second_one(each_world):
    Trip(each_world)
    nobody_new(each_world)
    area = each_world.area("宽城")
    rows = seen(each_world).hours([area], [area], "contact")
    assert sum(row.arrive for row in rows) == 2
    assert {row.spare for row in rows} == {6}


def test_people_found_a_day_are_those_of_the_last_day_until_a_desk_says_otherwise(world):
    people(world, 6)
    people(world, 3, category="screen_positive")
    area = world.area("宽城")
    assert seen(world).new_a_day == {(area, "contact"): 6, (area, "positive"): 3}
    world.do("save_assumptions", new_a_day={area: {"contact": 40}}, **HOURS)
    told = seen(world)
    assert told.new_a_day == {(area, "contact"): 40, (area, "positive"): 3}
    assert told.assumed.by_name == "值班员"
    assert world.clock.now() - told.assumed.set_at < timedelta(minutes=1)


@pytest.mark.parametrize("wrong", [{"overdue_within_hours": 0}, {"held_within_hours": 73}, {"new_a_day": {"x": {"dog": 1}}}])
def test_an_assumption_that_means_nothing_is_refused(world, wrong):
    with pytest.raises(Refused) as refused:
        world.do("save_assumptions", **{"new_a_day": {}, **HOURS, **wrong})
    assert refused.value.code == "request.unreadable"


def test_a_district_s_desk_sets_no_assumption_for_the_city(world):
    with pytest.raises(Refused) as refused:
        world.do("save_assumptions", by="desk1", new_a_day={}, **HOURS)
    assert refused.value.code == "access.denied"


def test_rooms_whose_people_s_time_is_over_are_vacated_and_turned_over(each_world):
    """Two of 14 days ago yesterday (expired), one whose last day is tomorrow, one who stays on: by the pack of March 2022."""
    today = each_world.clock.now().date()
    for room, exposed_days_ago in ((1, 15), (2, 15), (3, 13), (4, 5)):
        each_world.do(
            "save_occupant", site="S1", building="主楼", floor="2", number=f"02{room:02}", name=f"住{room}", category="close_contact",
            checked_in_at=each_world.clock.now() - timedelta(days=4), last_exposed_on=today - timedelta(days=exposed_days_ago),
        )  # fmt: skip
    area = each_world.area("宽城")
    told = seen(each_world)
    assert told.expired == {(area, "contact"): 2}
    rows = told.hours([area], [], "contact")
    assert sum(row.vacated for row in rows) == pytest.approx(3)
    assert sum(row.vacated for row in rows[:24]) == pytest.approx(3)  # the expired within 24 hours by day, the third tomorrow
    assert rows[-1].spare == pytest.approx(4 + 3)


def test_a_room_in_turnover_comes_back_when_its_stages_are_over(each_world):
    receiver = each_world.actor("receiver1")
    each_world.do("set_room_state", each_world.rooms[0], by=receiver, state="vacated_dirty")
    each_world.pass_time(minutes=15)
    area = each_world.area("宽城")
    rows = seen(each_world).hours([area], [], "contact")
    assert [round(row.spare) for row in (rows[1], rows[2], rows[3])] == [7, 7, 8]  # a quarter of an hour of three and a half is over


def test_rooms_in_turnover_come_back_in_the_hour_that_is_reckoned_for_each_of_them(each_world):
    at = each_world.clock.now()
    rooms, targets = Room.__table__, stage_targets(at.date())
    ways = [("vacated_dirty", 3), ("vacated_dirty", 61), ("vacated_dirty", 400), ("disinfecting", 20), ("contact_time", 1),
            ("aerating", 44), ("inspecting", 9), ("provisioning", 600)]  # fmt: skip
    with transaction() as session:
        for room, (state, minutes) in zip(each_world.rooms, ways, strict=True):
            found = {"state": state, "since": at - timedelta(minutes=minutes)}
            session.connection().execute(rooms.update().where(rooms.c.id == room).values(**found))
    wanted = Counter(float(int(hours_left(state, minutes / 60, targets))) for state, minutes in ways)
    supply = outlook(db.session, EVERYTHING, at, each_world.app.config["BIHUAN"].time_zone).supply
    assert {hours: many for hours, many in supply[each_world.area("宽城"), "contact"].turning if many} == wanted


def test_what_is_left_of_a_stage_and_the_stages_after_it():
    targets = {"vacated_dirty": 120, "disinfecting": 60, "contact_time": 30, "aerating": 30, "inspecting": 30, "provisioning": 30}
    assert hours_left("vacated_dirty", 0, targets) == target_of(targets).median == 5
    assert hours_left("aerating", 0.25, targets) == 1.25
    assert hours_left("aerating", 9, targets) == 1  # over its time: the next stage begins


def test_turnaround_is_measured_once_enough_rooms_were_turned_over(world):
    stages = {"vacated_at": 120, "disinfecting_at": 60, "contact_at": 30, "aerating_at": 30, "inspecting_at": 30, "provisioning_at": 90}
    assert measured_turnaround(Counter({360: 19})) is None
    lasted = {
        name: Counter(round(minutes * (1 + number / 10)) for number in range(20)) for name, minutes in {**stages, "whole": 360}.items()
    }
    assert measured_turnaround(lasted["whole"]) == Turnaround(median=pytest.approx(6 * 1.95), p90=pytest.approx(6 * 2.79))
    assert measured_stages(lasted, stage_targets(world.clock.now().date()))["vacated_dirty"] == pytest.approx(120 * 1.95)


def test_what_would_close_a_shortfall(world):
    world.do("save_area", name="四平市", short="四平", kind="partner_city")
    world.do("save_site", code="P1", name="四平酒店", kind="hotel", area="四平", state="open", accepts=["close_contact"])
    for number in ("101", "102"):
        world.do("save_room", site="P1", building="主楼", floor="1", number=number, kind="single")
    people(world, 12)
    nobody_new(world)
    told, area = seen(world), world.area("宽城")
    short = shortfall(told.hours([area], [area], "contact"))
    around = Around(short=(area,), units=(), partners=((world.area("四平"), "四平市"),))
    reserves = [Reserve("备用楼", "contact", 30), Reserve("小方舱", "positive", 90)]
    assert ways_to_close(told, around, "contact", short, reserves) == [Way("partner", 2, "四平市")]  # before midnight no reserve opens
    later = type(short)(first=short.first, worst=30, rooms=short.rooms)
    assert ways_to_close(told, around, "contact", later, reserves) == [Way("standby", 10, "备用楼"), Way("partner", 2, "四平市")]


def test_a_site_that_is_planned_to_open_brings_its_rooms_by_the_evening_of_that_day(each_world):
    tomorrow = each_world.clock.now().date() + timedelta(days=1)
    values = {"kind": "hotel", "area": "宽城", "accepts": ["close_contact"], "state": "standby"}
    for code, day in (("S8", tomorrow), ("S9", tomorrow - timedelta(days=5))):  # the second plan is late: nobody counts on it
        site = each_world.do("save_site", code=code, name=f"备用楼{code}", **values)
        for number in ("101", "102", "103"):
            each_world.do("save_room", site=code, building="主楼", floor="1", number=number, kind="single")
        each_world.do("plan_stage", site, stage="open", owner_name="周站长", planned_on=day)
    area = each_world.area("宽城")
    rows = seen(each_world).hours([area], [], "contact")
    assert [row.hour for row in rows if row.opened] == [22]
    assert rows[-1].spare == 8 + 3


def test_who_is_released_by_tests_leaves_as_many_rooms_a_day_as_yesterday(each_world):
    """Positives have no last day in the edition of March 2022."""
    each_world.do(
        "save_occupant", site="S1", building="主楼", floor="2", number="0201", name="住1", category="asymptomatic",
        checked_in_at=each_world.clock.now() - timedelta(days=14),
    )  # fmt: skip
    with transaction() as session:
        gone = Stay.__table__.update().values(released_at=each_world.clock.now(), ended_at=each_world.clock.now(), ended_how="returned")
        session.connection().execute(gone)
    each_world.pass_time(minutes=1)
    area = each_world.area("宽城")
    rows = seen(each_world).hours([area], [], "contact")  # in a hotel that takes contacts: its room is theirs
    assert sum(row.vacated for row in rows) == pytest.approx(3)


def test_no_more_leave_a_day_than_on_the_busiest_of_the_last_days():
    """300 whose time is over, 60 due on each day; on the busiest of three days 200 left. Coaches are as many as they are."""
    here = Local(datetime(2022, 4, 4, tzinfo=UTC), ZoneInfo("UTC"))
    place = ("area", "contact")
    due = [{place: 60} for _day in range(4)]
    leaving = rooms_left({place: 300}, due, here, Leaving(EVENLY, 200, 24))[place]
    by_day = [sum(rooms for at, rooms in leaving if day * 24 <= at < day * 24 + 24) for day in range(4)]
    assert by_day == pytest.approx([200, 200, 80, 60])  # of 360; of 160 left over and 60; 20 and 60; 60
    unmeasured = rooms_left({place: 300}, due, here, Leaving(EVENLY, None, 24))[place]
    assert sum(rooms for at, rooms in unmeasured if at < 24) == pytest.approx(360)


def test_the_busiest_day_is_known_once_enough_has_happened():
    until = datetime(2022, 4, 3, 12, tzinfo=UTC)
    hours = {until - timedelta(hours=ago): people for ago, people in ((1, 90), (24, 40), (25, 120), (72, 3))}
    assert busiest_day(hours, until) == 130
    assert busiest_day({until - timedelta(hours=1): 9, until - timedelta(hours=40): 12}, until) is None


def test_rooms_are_told_apart_by_the_whole_hours_that_they_still_take():
    """Of the stages of two hours and a half and of half an hour: which rooms take how long is asked by when they came into the state."""
    stages = {"vacated_dirty": 150.0, "disinfecting": 30.0}
    at = datetime(2022, 4, 3, 12, tzinfo=UTC)
    parts = whole_hours_left("vacated_dirty", at, stages)
    for minutes in range(0, 400, 7):
        since = at - timedelta(minutes=minutes)
        hours = next(hours for hours, earliest in parts if earliest is None or since >= earliest)
        assert hours == int(hours_left("vacated_dirty", minutes / 60, stages)), minutes
