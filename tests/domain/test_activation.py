"""The promise of a site in reserve, counted in rooms really ready: a third in a day, half in two, all in three."""

from datetime import UTC, datetime, timedelta

from server.domain.activation import promises

ORDERED = datetime(2022, 4, 3, 12, tzinfo=UTC)


def hours(*numbers: float) -> list[datetime]:
    return [ORDERED + timedelta(hours=number) for number in numbers]


def kept(rooms: int, ready: list[datetime], now: float) -> list[tuple]:
    """(rooms to have, hours after which they were there, hours late) of each part."""
    parts = promises(ORDERED, rooms, ready, *hours(now))
    return [
        (part.rooms, part.kept_at and (part.kept_at - ORDERED) / timedelta(hours=1), part.late and part.late / timedelta(hours=1))
        for part in parts
    ]


def test_a_third_half_and_all_of_the_rooms_are_due_after_one_two_and_three_days():
    assert [part.rooms for part in promises(ORDERED, 90, [], ORDERED)] == [30, 45, 90]
    assert [part.rooms for part in promises(ORDERED, 7, [], ORDERED)] == [3, 4, 7]
    assert [part.due_at for part in promises(ORDERED, 7, [], ORDERED)] == hours(24, 48, 72)


def test_a_part_is_kept_when_the_last_of_its_rooms_is_ready():
    assert kept(4, hours(1, 2, 30, 70), now=71) == [(2, 2, None), (2, 2, None), (4, 70, None)]


def test_a_part_that_came_late_says_by_how_much():
    assert kept(3, hours(25, 50), now=60) == [(1, 25, 1), (2, 50, 2), (3, None, None)]


def test_a_part_that_is_still_owed_grows_later():
    assert kept(3, [], now=30)[0] == (1, None, 6)
    assert kept(3, [], now=80) == [(1, None, 56), (2, None, 32), (3, None, 8)]


def test_rooms_that_were_ready_before_the_order_count_from_the_order():
    assert kept(3, hours(-5, -5, -5), now=1) == [(1, 0, None), (2, 0, None), (3, 0, None)]
