"""The ledger's formulas, worked through by hand (domain §6.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.domain.ledger import (
    DAY,
    RoomUse,
    counting_error,
    interval_by_identity,
    merged,
    middle,
    ninety,
    seconds_together,
)

HOUR = 3600
# Ten rooms for ten days, one of them blocked all the time; eighteen people came, fifteen left, and rooms were lived in for 63 room-days.
TEN_DAYS = RoomUse(seconds=10 * DAY, available=90 * DAY, occupied=63 * DAY, check_ins=18, check_outs=15)


def test_occupancy_is_the_share_of_the_available_time_in_which_somebody_was_in_the_room():
    assert TEN_DAYS.occupancy == pytest.approx(0.7)


def test_fifteen_check_outs_of_63_room_days_are_an_average_stay_of_four_days_and_a_fifth():
    assert TEN_DAYS.average_stay == pytest.approx(4.2 * DAY)


def test_nine_rooms_that_were_left_fifteen_times_changed_hands_one_and_two_thirds_times():
    assert TEN_DAYS.turnover_rate == pytest.approx(15 / 9)


def test_27_empty_room_days_between_fifteen_people_are_an_interval_of_one_day_and_four_fifths():
    assert TEN_DAYS.turnover_interval == pytest.approx(1.8 * DAY)


def test_the_interval_follows_from_average_stay_and_occupancy():
    assert interval_by_identity(4.2 * DAY, 0.7) == pytest.approx(1.8 * DAY)


@given(
    available=some.integers(1, 10**9),
    occupied_share=some.floats(0.001, 1),
    check_outs=some.integers(1, 10**6),
)
def test_the_identity_holds_for_any_period(available, occupied_share, check_outs):
    use = RoomUse(DAY, available, available * occupied_share, 0, check_outs)
    assert interval_by_identity(use.average_stay, use.occupancy) == pytest.approx(use.turnover_interval, rel=1e-6, abs=1e-3)


def test_the_identity_finds_a_figure_that_was_counted_otherwise():
    assert interval_by_identity(5 * DAY, TEN_DAYS.occupancy) != pytest.approx(TEN_DAYS.turnover_interval, rel=0.05)


def test_a_period_without_rooms_or_without_departures_has_no_such_figures():
    assert RoomUse().occupancy is RoomUse().turnover_rate is RoomUse().turnover_interval is RoomUse().average_stay is None
    assert interval_by_identity(None, 0.5) is interval_by_identity(DAY, 0) is None


def test_half_of_the_turnovers_are_done_by_the_median_and_nine_of_ten_by_the_ninetieth_percentile():
    hours = [5, 3, 9, 4, 6, 8, 7, 2, 10, 40]
    assert (middle(hours), ninety(hours)) == (6.5, 10)
    assert (middle([]), ninety([])) == (None, None)


def test_idle_is_only_the_ready_time_during_which_somebody_waited():
    """Ready from 8 to 12 and from 14 to 15; people waited from 6 to 9, from 11 to 13 and from 14:30 on."""
    ready = [(8 * HOUR, 12 * HOUR), (14 * HOUR, 15 * HOUR)]
    waiting = merged([(6 * HOUR, 8 * HOUR), (7 * HOUR, 9 * HOUR), (11 * HOUR, 13 * HOUR), (14.5 * HOUR, 99 * HOUR)])
    assert seconds_together(ready, waiting) == 2.5 * HOUR


@given(*(some.lists(some.tuples(some.integers(0, 60), some.integers(0, 60)), max_size=8) for _ in range(2)))
def test_time_together_is_what_counting_minute_by_minute_gives(one, other):
    one, other = merged(one), merged(other)
    within = lambda spans, minute: any(start <= minute < end for start, end in spans)  # noqa: E731
    assert seconds_together(one, other) == sum(within(one, minute) and within(other, minute) for minute in range(60))


def test_two_of_fifty_eight_reservations_ran_out_unused():
    assert RoomUse(reservations=58, expired=2).expired_share == pytest.approx(0.0345, abs=1e-4)


def test_a_register_that_says_44_where_40_were_counted_is_wrong_by_a_tenth():
    assert counting_error(44, 40) == counting_error(36, 40) == pytest.approx(0.1)
    assert counting_error(3, 0) is None
