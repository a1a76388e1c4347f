"""The next 72 hours of one place and group of people, hour by hour: will the rooms last? Pure arithmetic on what is known and assumed.

Hours are counted from the moment of the forecast; a room that is needed more than there are stands as a negative `spare`, because the
people wait on. One room is one vacated, made ready, and given again; where people share rooms, `people_a_room` says how many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from server.domain.activation import PROMISE

HOURS = 72
EVENLY = (1 / 24,) * 24

At = tuple[float, float]  # (hour from now, how many)


@dataclass(frozen=True)
class Turnaround:
    """Hours from vacated to ready: half of the rooms by `median`, nine of ten by `p90` (§6.1 reports both)."""

    median: float
    p90: float

    def share_ready(self, hours: float) -> float:
        """Which share of the rooms vacated at once is ready after so many hours: straight lines through half the median (none),
        the median (half), the 90th percentile (nine of ten) and as much again beyond it (all)."""
        spread = max(self.p90 - self.median, 0.0)
        points = ((self.median / 2, 0.0), (self.median, 0.5), (self.median + spread, 0.9), (self.median + 2 * spread, 1.0))
        if hours >= points[-1][0]:
            return 1.0
        below = (0.0, 0.0)
        for point in points:
            if hours < point[0]:
                return below[1] + (point[1] - below[1]) * (hours - below[0]) / (point[0] - below[0])
            below = point
        return below[1]


@dataclass(frozen=True)
class Supply:
    """Rooms of one place and group: ready now, on their way through the turnover (each room with the hours it still takes), to be
    vacated, and to be opened."""

    ready: int = 0
    turning: tuple[At, ...] = ()
    leaving: tuple[At, ...] = ()
    opening: tuple[At, ...] = ()

    def __add__(self, other: "Supply") -> "Supply":
        return Supply(self.ready + other.ready, self.turning + other.turning, self.leaving + other.leaving, self.opening + other.opening)


@dataclass(frozen=True)
class Demand:
    """People who will come to rooms: those with a room held, those who wait without one, and the new ones assumed, by hour."""

    held: tuple[At, ...] = ()
    waiting: tuple[At, ...] = ()
    new: tuple[At, ...] = ()

    def __add__(self, other: "Demand") -> "Demand":
        return Demand(self.held + other.held, self.waiting + other.waiting, self.new + other.new)


@dataclass(frozen=True)
class Hour:
    """What one hour brings (people, rooms), and the rooms to spare at its end; negative = so many are short."""

    hour: int
    arrive: float
    vacated: float
    ready_again: float
    opened: float
    spare: float


@dataclass(frozen=True)
class Shortfall:
    """Where rooms do not last: the hour of the first missing one, the worst hour, and how many are missing then (whole rooms)."""

    first: int
    worst: int
    rooms: int


def forecast(supply: Supply, demand: Demand, turnaround: Turnaround, *, people_a_room: float = 1.0, hours: int = HOURS) -> list[Hour]:
    """Hour by hour what comes, what is vacated, what is ready again, and what is left. People with a room held need no other one."""
    arrive = spread((*demand.held, *demand.waiting, *demand.new), hours)
    need = spread((*demand.waiting, *demand.new), hours)
    vacated = spread(supply.leaving, hours)
    opened = spread(supply.opening, hours)
    again = [one + other for one, other in zip(spread(supply.turning, hours), turned_over(vacated, turnaround), strict=True)]
    rows, spare = [], float(supply.ready)
    for hour in range(hours):
        spare += again[hour] + opened[hour] - need[hour] / people_a_room
        rows.append(Hour(hour, arrive[hour], vacated[hour], again[hour], opened[hour], spare))
    return rows


def spread(events: Iterable[At], hours: int = HOURS) -> list[float]:
    """Events counted into whole hours; what is over already falls into the first, what comes later is left out."""
    counts = [0.0] * hours
    for at, many in events:
        if at < hours:
            counts[max(int(at), 0)] += many
    return counts


def turned_over(vacated: Sequence[float], turnaround: Turnaround) -> list[float]:
    """Of the rooms vacated in each hour (taken at its middle), how many are ready again in each hour."""
    shares = [turnaround.share_ready(hour + 0.5) for hour in range(len(vacated) + 1)]
    ready_in = [(0, shares[0]), *((after, shares[after] - shares[after - 1]) for after in range(1, len(shares)))]
    some = [(after, share) for after, share in ready_in if share]
    again = [0.0] * len(vacated)
    for begun, rooms in enumerate(vacated):
        for after, share in some if rooms else ():
            if begun + after < len(again):
                again[begun + after] += rooms * share
    return again


def evenly(many: float, since: float, until: float) -> tuple[At, ...]:
    """So many, in equal parts over the hours between two moments (at once, where no whole hour lies between them)."""
    first, last = int(since), max(ceil(until), int(since) + 1)
    return tuple((float(hour), many / (last - first)) for hour in range(first, last)) if many else ()


def day_after_day(many_a_day: float, profile: Sequence[float], local_hour: float, hours: int = HOURS) -> tuple[At, ...]:
    """So many a day, each day by the same profile: the share of each of its 24 hours. `local_hour` is the time of day now."""
    if not many_a_day:
        return ()
    return tuple((float(hour), many_a_day * profile[int(local_hour + hour) % 24]) for hour in range(hours))


def within_hours(many: float, profile: Sequence[float], local_hour: float, hours: float) -> tuple[At, ...]:
    """So many within the next hours, by the profile of a day's hours (at once, where the profile knows none of these hours)."""
    return _by_shares(many, [(float(hour), profile[int(local_hour + hour) % 24]) for hour in range(max(ceil(hours), 1))])


def on_a_day(many: float, profile: Sequence[float], local_hour: float, day: int) -> tuple[At, ...]:
    """So many on the day that begins `day` midnights from now (0 = today, in what is left of it), by the profile of a day's hours."""
    begins = 24 * day - int(local_hour)
    return _by_shares(many, [(float(begins + hour), profile[hour]) for hour in range(24) if begins + hour >= 0])


def _by_shares(many: float, shares: Sequence[At]) -> tuple[At, ...]:
    whole = sum(share for _at, share in shares)
    if not many:
        return ()
    return tuple((at, many * share / whole) for at, share in shares if share) if whole else ((shares[0][0], float(many)),)


def shortfall(rows: Sequence[Hour]) -> Shortfall | None:
    """The first hour in which a whole room is missing, and the worst one. None where the rooms last."""
    short = [row for row in rows if row.spare <= -1 + 1e-9]
    if not short:
        return None
    worst = min(rows, key=lambda row: row.spare)
    return Shortfall(short[0].hour, worst.hour, ceil(-worst.spare - 1e-9))


def gained_by_turnaround(
    supply: Supply, demand: Demand, now: Turnaround, faster: Turnaround, at: int, *, people_a_room: float = 1.0
) -> int:
    """How many more rooms are ready at the end of an hour when rooms are turned over faster."""
    before = forecast(supply, demand, now, people_a_room=people_a_room, hours=at + 1)[at].spare
    return int(forecast(supply, demand, faster, people_a_room=people_a_room, hours=at + 1)[at].spare - before)


def gained_by_leaving(supply: Supply, demand: Demand, turnaround: Turnaround, expired: float, at: int) -> int:
    """How many more rooms are ready at the end of an hour when those whose isolation is over leave at once (S0-11)."""
    later = [(hour, many) for hour, many in sorted(supply.leaving)]
    kept: list[At] = []
    left = expired
    for hour, many in later:
        taken = min(left, many)
        left -= taken
        if many > taken:
            kept.append((hour, many - taken))
    sooner = replace(supply, leaving=((0.0, expired - left), *kept))
    before = forecast(supply, demand, turnaround, hours=at + 1)[at].spare
    return int(forecast(sooner, demand, turnaround, hours=at + 1)[at].spare - before)


def activated(rooms: int, hours: float) -> int:
    """Rooms that a standby site has ready so many hours after it is called on (R-23)."""
    return int(rooms * max((share for after, share in PROMISE if hours >= after), default=0))
