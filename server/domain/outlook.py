"""The forecast of this register: what is known now and what is assumed, put into the arithmetic of forecast.py, by area and group.

Rooms count where they stand, people where they are answered for. A site that takes positives only is one of beds for positives; every
other site counts for contacts, as do people whose category nobody knows yet.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.domain.assumptions import Assumptions, assumptions
from server.domain.categories import POSITIVES
from server.domain.forecast import EVENLY, Demand, Hour, Supply, Turnaround, day_after_day, evenly, forecast, on_a_day, within_hours
from server.domain.people import WAITING
from server.domain.turnover_rules import turnover_rules_on
from server.store.json_text import parse
from server.store.kept_counts import STAGES, WHOLE
from server.store.lists import forecast as known
from server.store.lists.pipeline import pipeline_rooms
from server.store.lists.within import Within

Place = tuple[str | None, str]  # (area, group)

DAY = timedelta(days=1)
MEASURED_OVER = 3 * DAY
ENOUGH_ROOMS, ENOUGH_PEOPLE = 20, 100
DAYS = 4  # today and the three days that 72 hours reach into
OPEN_BY_HOUR = 18  # of the day on which a site is planned to open
DAYTIME = tuple(1 / 10 if 8 <= hour < 18 else 0.0 for hour in range(24))  # when people leave, until enough have left to measure


@dataclass(frozen=True)
class Outlook:
    """What the next 72 hours rest on, by place; each figure with whether it was measured here."""

    at: datetime
    supply: dict[Place, Supply]
    demand: dict[Place, Demand]
    expired: dict[Place, int]
    new_a_day: dict[Place, float]
    turnaround: Turnaround
    target: Turnaround
    most_leave: int | None  # a day, on the busiest of the last three; None = too few to tell
    turned_over: int  # rooms it was measured on; 0 = the targets stand for it
    assumed: Assumptions

    def supply_of(self, areas: Iterable[str | None], group: str) -> Supply:
        return sum((self.supply.get((area, group), Supply()) for area in areas), Supply())

    def demand_of(self, areas: Iterable[str | None], group: str) -> Demand:
        return sum((self.demand.get((area, group), Demand()) for area in areas), Demand())

    def hours(self, rooms_of: Iterable[str | None], people_of: Iterable[str | None], group: str) -> list[Hour]:
        """The 72 hours of rooms that stand in some areas against the people of some areas."""
        return forecast(self.supply_of(rooms_of, group), self.demand_of(people_of, group), self.turnaround)


def outlook(session: Session, within: Within, at: datetime, zone: ZoneInfo) -> Outlook:
    """What this register knows at a moment of the 72 hours to come. Rooms of all sites; people as far as the reader reaches them."""
    assumed, here = assumptions(session), Local(at, zone)
    lasted = known.turned_over(session, (at - MEASURED_OVER).astimezone(UTC).date())
    targets = stage_targets(here.day)
    turnaround, stages = measured_turnaround(lasted[WHOLE]), measured_stages(lasted, targets)
    came, left = flows(session, here)
    leave, most = profile_of(here.by_local_hour(left), DAYTIME), busiest_day(left, here.hour_began)
    come = profile_of(here.by_local_hour(came), EVENLY)
    new = new_people(session, within, at, assumed)
    supply, expired = rooms_to_come(session, here, stages, Leaving(leave, most, assumed.expired_within_hours))
    return Outlook(
        at=at,
        supply=supply,
        demand=people_to_come(session, within, here, come, assumed, new),
        expired=expired,
        new_a_day=new,
        turnaround=turnaround or target_of(targets),
        target=target_of(targets),
        most_leave=most,
        turned_over=lasted[WHOLE].total() if turnaround else 0,
        assumed=assumed,
    )


@dataclass(frozen=True)
class Leaving:
    """How people leave: in which hours of a day, how many a day at most (None where that was not measured), the expired within how long."""

    profile: Sequence[float]
    most_a_day: int | None
    expired_within_hours: int

    def besides(self, others: int) -> "Leaving":
        """The same with so many places a day taken by others: they were among those who left on the busiest day."""
        return replace(self, most_a_day=self.most_a_day and max(self.most_a_day - others, 1))


@dataclass(frozen=True)
class Local:
    """A moment, and where it lies in the local day."""

    at: datetime
    zone: ZoneInfo

    @property
    def hour(self) -> int:
        return self.at.astimezone(self.zone).hour

    @property
    def day(self):
        return self.at.astimezone(self.zone).date()

    @property
    def midnight(self) -> datetime:
        """The beginning of the local day."""
        return datetime.combine(self.day, time.min, self.zone)

    @property
    def hour_began(self) -> datetime:
        return self.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)

    def by_local_hour(self, counts: dict[datetime, int]) -> Counter[int]:
        """Counts of hours, by the hour of the local day."""
        by_hour: Counter[int] = Counter()
        for hour, count in counts.items():
            by_hour[hour.astimezone(self.zone).hour] += count
        return by_hour


def flows(session: Session, here: Local) -> tuple[dict[datetime, int], dict[datetime, int]]:
    """(people who came into rooms, people who left them) in each of the last whole hours over which is measured."""
    sides: dict[str, dict[datetime, int]] = {"came": {}, "left": {}}
    for hour, side, people in known.flow_by_hour(session, here.hour_began - MEASURED_OVER, here.hour_began):
        sides[side][hour] = people
    return sides["came"], sides["left"]


def rooms_to_come(
    session: Session,
    here: Local,
    stages: dict[str, float],
    pace: Leaving,
) -> tuple[dict[Place, Supply], dict[Place, int]]:
    """By place: rooms ready, in turnover, to be vacated; and how many of these should be vacated already."""
    supply: dict[Place, Supply] = defaultdict(Supply)
    expired: dict[Place, int] = defaultdict(int)
    for *stands, rooms in known.ready(session):
        supply[place_of(*stands)] += Supply(ready=rooms)
    turning: dict[Place, Counter] = defaultdict(Counter)
    for *stands, hours, rooms in known.turning(session, {state: whole_hours_left(state, here.at, stages) for state in stages}):
        turning[place_of(*stands)][float(hours)] += rooms
    due: list[dict[Place, int]] = [defaultdict(int) for _day in range(DAYS)]
    for *stands, due_on, rooms in known.leaving(session, here.day + timedelta(days=DAYS - 1)):
        day = (due_on - here.day).days
        (expired if day < 0 else due[day])[place_of(*stands)] += rooms
    without_a_day: dict[Place, int] = defaultdict(int)
    for *stands, rooms in known.left_without_a_day(session, here.at - DAY, here.at):
        without_a_day[place_of(*stands)] += rooms
    leaving = rooms_left(dict(expired), due, here, pace.besides(sum(without_a_day.values())))
    for place, rooms in without_a_day.items():
        leaving[place] += day_after_day(rooms, pace.profile, here.hour)  # who is released by tests has no day: as many as yesterday
    opening: dict[Place, list] = defaultdict(list)
    for row in pipeline_rooms(session, here.day + timedelta(days=3)):
        hour = 24 * (row.opens_on - here.day).days + OPEN_BY_HOUR - here.hour
        if hour >= 0:  # a plan whose day is over is no reason to count on rooms
            opening[row.area_id, group_of_sites(row.accepts)].append((float(hour), float(row.rooms)))
    for place in {*turning, *leaving, *opening}:
        supply[place] += Supply(turning=tuple(turning[place].items()), leaving=tuple(leaving[place]), opening=tuple(opening[place]))
    return dict(supply), dict(expired)


def rooms_left(expired: dict[Place, int], due: list[dict[Place, int]], here: Local, pace: Leaving) -> dict[Place, list]:
    """When rooms will be left: by those whose time is over within the hours assumed, by the others on their day; no more a day than on
    the busiest of the last three, where enough left to tell: coaches and crews are as many as they are. Who is left over waits."""
    leaving: dict[Place, list] = defaultdict(list)
    waiting = {place: float(rooms) for place, rooms in expired.items()}
    for day, of_today in enumerate(due):
        rest_of_day = sum(pace.profile[here.hour :]) if day == 0 else 1.0
        part = min(24 / pace.expired_within_hours, 1.0)
        wanted = {place: waiting.get(place, 0) * part + of_today.get(place, 0) for place in {*waiting, *of_today}}
        together = sum(wanted.values())
        possible = pace.most_a_day * rest_of_day if pace.most_a_day else together * bool(rest_of_day)
        share = min(1.0, possible / together) if together else 0.0
        for place, rooms in wanted.items():
            leaving[place] += on_a_day(rooms * share, pace.profile, here.hour, day)
            waiting[place] = waiting.get(place, 0) + of_today.get(place, 0) - rooms * share
    return leaving


def busiest_day(hours: dict[datetime, int], until: datetime) -> int | None:
    """The most that happened in 24 whole hours, counted back from a moment; None where it was too little to tell."""
    days: Counter[int] = Counter()
    for hour, people in hours.items():
        days[(until - hour - timedelta(hours=1)) // DAY] += people
    most = max(days.values(), default=0)
    return most if most >= ENOUGH_PEOPLE else None


def hours_left(state: str, hours_in_it: float, stage_minutes: dict[str, float]) -> float:
    """Hours until a room in turnover should be ready: what is left of its stage, and the stages after it."""
    stages = list(stage_minutes)
    after = sum(stage_minutes[stage] for stage in stages[stages.index(state) + 1 :])
    return (max(stage_minutes[state] - hours_in_it * 60, 0) + after) / 60


def whole_hours_left(state: str, at: datetime, stage_minutes: dict[str, float]) -> list[tuple[int, datetime | None]]:
    """(whole hours until it is ready, since when a room of which that is so came into this state at the earliest), the most first."""
    most, least = (int(hours_left(state, hours, stage_minutes)) for hours in (0, stage_minutes[state] / 60))
    begins = {hours: at - timedelta(hours=hours_left(state, 0, stage_minutes) - hours) for hours in range(least + 1, most + 1)}
    return [(hours, begins.get(hours)) for hours in range(most, least - 1, -1)]


def people_to_come(
    session: Session, within: Within, here: Local, profile: Sequence[float], assumed: Assumptions, new: dict[Place, float]
) -> dict[Place, Demand]:
    """By place: people with a room held, who wait (those of earlier days soon, today's until midnight), and the new ones assumed."""
    demand: dict[Place, Demand] = defaultdict(Demand)
    for area, category, held, aboard in known.expected(session, within):
        soon = evenly(held, 0, assumed.held_within_hours)
        demand[area, group_of(category)] += Demand(held=soon, waiting=((0.0, float(aboard)),) if aboard else ())
    for area, category, overdue, of_today in known.waiting(session, within, WAITING, here.midnight):
        waiting = (
            *within_hours(overdue, profile, here.hour, assumed.overdue_within_hours),
            *on_a_day(of_today, profile, here.hour, 0),
        )
        demand[area, group_of(category)] += Demand(waiting=waiting)
    for place, people in new.items():
        demand[place] += Demand(new=day_after_day(people, profile, here.hour))
    return dict(demand)


def new_people(session: Session, within: Within, at: datetime, assumed: Assumptions) -> dict[Place, float]:
    """People found a day: as a desk has set it, else as many as in the last 24 hours."""
    counted: dict[Place, float] = defaultdict(float)
    for area, category, people in known.found(session, within, at - timedelta(days=1), at):
        counted[area, group_of(category)] += people
    told = {place: float(people) for place, people in assumed.new_a_day.items() if within.everything or place[0] == within.area}
    return dict(counted) | told


def measured_turnaround(minutes: Counter[int]) -> Turnaround | None:
    """Median and 90th percentile of vacated → ready, from {minutes: rooms}; None where too few rooms were turned over to tell."""
    if minutes.total() < ENOUGH_ROOMS:
        return None
    tenths = quantiles(sorted(minutes.elements()), n=10)
    return Turnaround(median=tenths[4] / 60, p90=tenths[8] / 60)


def measured_stages(lasted: dict[str, Counter[int]], targets: dict[str, float]) -> dict[str, float]:
    """The median minutes of each stage, where enough rooms went through both its ends; else its target."""
    minutes = dict(targets)
    for name, stage in zip(STAGES, targets, strict=True):
        if lasted[name].total() >= ENOUGH_ROOMS:
            minutes[stage] = float(median(sorted(lasted[name].elements())))
    return minutes


def stage_targets(day: date) -> dict[str, float]:
    """The minutes that each stage should take at most, by the turnover rules of a day, in their order."""
    return {stage: float(told.target_minutes) for stage, told in turnover_rules_on(day).stages.items()}


def target_of(targets: dict[str, float]) -> Turnaround:
    """The whole turnover at its targets; for one room in ten half as long again."""
    hours = sum(targets.values()) / 60
    return Turnaround(median=hours, p90=hours * 1.5)


def profile_of(counts: dict[int, int], otherwise: Sequence[float]) -> Sequence[float]:
    """The share of each hour of the day, from {hour: people}; where too few happened to tell, what stands for it."""
    people = sum(counts.values())
    return tuple(counts.get(hour, 0) / people for hour in range(24)) if people >= ENOUGH_PEOPLE else otherwise


def group_of(category: str | None) -> str:
    """`positive` or `contact`: which rooms somebody of this category needs."""
    return "positive" if category in POSITIVES or category in ("pooled_positive", "positive") else "contact"


def group_of_sites(accepts: Sequence[str]) -> str:
    """Of sites that take these categories: beds for positives where nobody else is taken; else rooms for contacts."""
    return "positive" if accepts and all(group_of(category) == "positive" for category in accepts) else "contact"


@cache
def place_of(area: str, accepts: str) -> Place:
    """Where rooms count that stand in an area, at sites that take these categories (the text of a list)."""
    return area, group_of_sites(parse(accepts))
