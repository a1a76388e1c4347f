"""Will the rooms last? Examples that can be reckoned by hand, and what must hold for any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.forecast import (
    EVENLY,
    Demand,
    Shortfall,
    Supply,
    Turnaround,
    activated,
    day_after_day,
    evenly,
    forecast,
    gained_by_leaving,
    gained_by_turnaround,
    on_a_day,
    shortfall,
    spread,
    turned_over,
    within_hours,
)

SIX_HOURS = Turnaround(median=6, p90=9)
DAYTIME = tuple(1 / 10 if 8 <= hour < 18 else 0.0 for hour in range(24))


def test_ten_rooms_and_one_person_an_hour_last_ten_hours():
    rows = forecast(Supply(ready=10), Demand(new=day_after_day(24, EVENLY, 20)), SIX_HOURS)
    assert rows[9].spare == pytest.approx(0)
    assert shortfall(rows) == Shortfall(first=10, worst=71, rooms=62)


def test_who_has_a_room_held_arrives_and_needs_no_other():
    rows = forecast(Supply(ready=2), Demand(held=((0, 5.0),), waiting=((1, 2.0),)), SIX_HOURS)
    assert [row.arrive for row in rows[:3]] == [5, 2, 0]
    assert rows[-1].spare == 0
    assert shortfall(rows) is None


def test_a_vacated_room_is_ready_again_after_its_turnaround():
    rows = forecast(Supply(leaving=((0, 10.0),)), Demand(), SIX_HOURS)
    assert sum(row.ready_again for row in rows[:3]) == 0  # the first after half the median
    assert sum(row.ready_again for row in rows[:4]) == pytest.approx(0.83, abs=0.01)  # vacated in the middle of its hour
    assert sum(row.ready_again for row in rows[:6]) == pytest.approx(4.17, abs=0.01)
    assert rows[12].spare == pytest.approx(10)


def test_a_room_in_turnover_is_ready_when_its_stages_are_over():
    rows = forecast(Supply(turning=((2.5, 3.0), (7.0, 1.0))), Demand(), SIX_HOURS)
    assert [rows[hour].spare for hour in (1, 2, 6, 7)] == [0, 3, 3, 4]


def test_half_of_the_rooms_are_ready_by_the_median_and_nine_of_ten_by_the_ninetieth():
    assert [SIX_HOURS.share_ready(hours) for hours in (0, 3, 6, 9, 12, 100)] == pytest.approx([0, 0, 0.5, 0.9, 1, 1])


def test_people_who_share_rooms_need_fewer():
    rows = forecast(Supply(ready=10), Demand(waiting=((0, 15.0),)), SIX_HOURS, people_a_room=1.5)
    assert shortfall(rows) is None


def test_a_shortage_that_passes_is_told_by_its_worst_hour():
    rows = forecast(Supply(ready=5, opening=((4, 20.0),)), Demand(waiting=((1, 8.0), (2, 4.0))), SIX_HOURS)
    assert shortfall(rows) == Shortfall(first=1, worst=2, rooms=7)
    assert rows[4].spare == 13


def test_part_of_a_room_is_nobody_s_shortage():
    assert shortfall(forecast(Supply(), Demand(new=((0, 0.6),)), SIX_HOURS)) is None


def test_faster_turnaround_closes_what_it_can():
    supply, demand = Supply(leaving=((0, 20.0),)), Demand(waiting=((10, 20.0),))
    slow = Turnaround(median=24, p90=36)
    assert shortfall(forecast(supply, demand, slow)).rooms == 20
    assert gained_by_turnaround(supply, demand, slow, SIX_HOURS, at=11) == 19


def test_expired_people_who_leave_at_once_give_their_rooms_sooner():
    supply = Supply(leaving=((20, 6.0), (30, 6.0)))
    assert gained_by_leaving(supply, Demand(), SIX_HOURS, expired=6, at=14) == 6
    assert gained_by_leaving(supply, Demand(), SIX_HOURS, expired=0, at=14) == 0


def test_a_standby_site_opens_by_the_ladder_it_promised():
    """A third in 24 h, half in 48 h, all in 72 h (R-23)."""
    assert [activated(90, hours) for hours in (23, 24, 47, 48, 71, 72)] == [0, 30, 30, 45, 45, 90]


def test_so_many_are_spread_over_the_hours_until_a_deadline():
    assert evenly(8, 0, 4) == ((0.0, 2.0), (1.0, 2.0), (2.0, 2.0), (3.0, 2.0))
    assert evenly(8, 0, 0) == ((0.0, 8.0),)
    assert evenly(0, 0, 4) == ()


def test_people_leave_in_the_hours_in_which_people_leave():
    tomorrow = on_a_day(20, DAYTIME, local_hour=20, day=1)
    assert tomorrow[0] == (12, pytest.approx(2))  # at eight in the evening: in twelve hours it is eight in the morning
    assert sum(many for _at, many in tomorrow) == pytest.approx(20)
    assert on_a_day(20, DAYTIME, local_hour=20, day=0) == ((0.0, 20.0),)  # today's hours are over: at once


def test_what_is_overdue_comes_within_the_hours_that_are_assumed():
    assert within_hours(20, DAYTIME, local_hour=16, hours=24) == (
        *((float(hour), pytest.approx(2)) for hour in (0, 1)), *((float(hour), pytest.approx(2)) for hour in range(16, 24))
    )  # fmt: skip
    assert within_hours(6, EVENLY, local_hour=3, hours=2) == ((0.0, 3.0), (1.0, 3.0))


def test_what_comes_after_the_last_hour_is_left_out():
    assert spread(((-3, 1.0), (0, 1.0), (71.9, 1.0), (72, 1.0)), 72) == [2.0, *[0.0] * 70, 1.0]


counts = st.lists(st.tuples(st.floats(0, 71), st.integers(0, 50).map(float)), max_size=8).map(tuple)


@given(st.integers(0, 100), counts, counts, counts, st.floats(1, 40), st.floats(0, 20))
def test_no_room_comes_from_nowhere(ready, leaving, opening, waiting, median, more):
    """At no hour are more rooms given or to spare than there were, were opened, and were vacated before."""
    turnaround = Turnaround(median, median + more)
    rows = forecast(Supply(ready, leaving=leaving, opening=opening), Demand(waiting=waiting), turnaround)
    for row in rows:
        upto = rows[: row.hour + 1]
        there = ready + sum(one.vacated + one.opened for one in upto)
        assert row.spare + sum(one.arrive for one in upto) <= there + 1e-6
        assert row.ready_again >= 0


@given(counts, st.floats(1, 20), st.floats(0, 10))
def test_each_vacated_room_is_ready_once(leaving, median, more):
    vacated = spread(leaving, 72)
    again = turned_over([*vacated, *[0.0] * 72], Turnaround(median, median + more))
    assert sum(again) == pytest.approx(sum(vacated))
