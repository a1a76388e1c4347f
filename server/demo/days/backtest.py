"""What the forecast of each morning said against what the simulated day then did: arrivals, freed rooms, ready rooms, hour by hour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from server.demo.days.simulating import Days, Ended
from server.demo.found import ZONE
from server.domain.assumptions import GROUPS
from server.domain.forecast import HOURS
from server.domain.outlook import outlook
from server.store.database import db
from server.store.lists.within import Within
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.turnovers import RoomSpell, Turnover

FIGURES = ("arrivals", "freed", "ready_again", "stock")
FREE = ("ready", "reserved")


@dataclass(frozen=True)
class Hours:
    """One figure an hour: people who arrive in rooms, rooms vacated, rooms made ready, and rooms ready or held at the end of the hour."""

    arrivals: list[float]
    freed: list[float]
    ready_again: list[float]
    stock: list[float]


@dataclass(frozen=True)
class Compared:
    """One day: what was foreseen in its first minute, what happened, and what the day came to."""

    ended: Ended
    foreseen: Hours  # 72 hours
    happened: Hours  # 24 hours
    turned_over: int  # rooms the turnaround was measured on
    new_a_day: int


@dataclass(frozen=True)
class Error:
    """How far off: the day's sum (of the stock its mean) foreseen and real, and the mean distance of an hour."""

    foreseen: float
    real: float
    an_hour: float

    @property
    def off(self) -> float:
        return self.foreseen - self.real

    @property
    def percent(self) -> float | None:
        return 100 * self.off / self.real if self.real else None


def backtest(days: Days, how_many: int, told: Callable[[str], None] = lambda _: None) -> list[Compared]:
    """Let the days happen, each after a forecast made at its beginning."""
    results = []
    for _number in range(how_many):
        begins = days.city.now
        seen = outlook(db.session, Within(everything=True), begins, ZONE)
        foreseen = foresee(seen, free_rooms(begins))
        new = round(sum(seen.new_a_day.values()))
        db.session.commit()
        ended = days.run_day(told)
        results.append(Compared(ended, foreseen, what_happened(begins), seen.turned_over, new))
        db.session.commit()
    return results


def foresee(seen, free_now: int) -> Hours:
    """The forecast of all places together; the stock counts rooms held as well, until their people come."""
    areas = {area for area, _group in (*seen.supply, *seen.demand)}
    rows = [seen.hours(areas, areas, group) for group in GROUPS]
    arrivals, freed, again, opened = (
        [sum(getattr(of[hour], name) for of in rows) for hour in range(HOURS)] for name in ("arrive", "vacated", "ready_again", "opened")
    )
    stock, free = [], float(free_now)
    for hour in range(HOURS):
        free += again[hour] + opened[hour] - arrivals[hour]
        stock.append(max(free, 0.0))
    return Hours(arrivals, freed, again, stock)


def what_happened(begins: datetime, hours: int = 24) -> Hours:
    """The same of the register, after the day."""
    until = begins + timedelta(hours=hours)
    arrivals = _by_hour(Stay.checked_in_at, begins, until, Stay.site_id.is_not(None))
    freed, again = (_by_hour(column, begins, until) for column in (Turnover.vacated_at, Turnover.ready_at))
    stock = [free_rooms(begins + timedelta(hours=hour + 1)) for hour in range(hours)]
    return Hours(arrivals, freed, again, [float(rooms) for rooms in stock])


def free_rooms(at: datetime) -> int:
    """Rooms of open sites that were ready, or held for somebody, at a moment."""
    lasted = (RoomSpell.from_at <= at, or_(RoomSpell.until_at.is_(None), RoomSpell.until_at > at))
    query = select(func.count()).select_from(RoomSpell).join(Room, Room.id == RoomSpell.room_id).join(Site, Site.id == Room.site_id)
    return db.session.scalar(query.where(RoomSpell.state.in_(FREE), Site.state == "open", *lasted))


def _by_hour(column, begins: datetime, until: datetime, *where) -> list[float]:
    counts = [0.0] * round((until - begins) / timedelta(hours=1))
    for at in db.session.scalars(select(column).where(column >= begins, column < until, *where)):
        counts[int((at - begins) / timedelta(hours=1))] += 1
    return counts


def error_of(one: Compared, figure: str) -> Error:
    """The error of one figure on one day."""
    foreseen, real = getattr(one.foreseen, figure)[:24], getattr(one.happened, figure)
    together = mean if figure == "stock" else sum
    return Error(together(foreseen), together(real), mean([abs(said - was) for said, was in zip(foreseen, real, strict=True)]))


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
