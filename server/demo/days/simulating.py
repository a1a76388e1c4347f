"""A day of the scenario, acted out by virtual people through the doors that real ones use: lists, desks, crews, sites, communities."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count

from sqlalchemy import func, select

from server.demo.arrivals import bring_lists, keep_in_touch
from server.demo.days.city import City, Story
from server.demo.days.desks import desks_plan
from server.demo.days.floors import floor_work
from server.demo.days.releases import coaches_go_home, people_are_released
from server.demo.days.seeding import BEGINS
from server.demo.found import ZONE
from server.store.change_log import Operation
from server.store.database import db
from server.ticker import pass_time

LISTS_COME_AT = tuple(time(hour) for hour in (6, 9, 12, 15, 18, 21))
TICKS_EVERY = timedelta(minutes=30)
LAST_DAY = date(2022, 4, 7)


@dataclass(frozen=True)
class Ended:
    """What a simulated day came to."""

    day: date
    lines_listed: int
    operations: int
    stopped: int  # plans that a rule refused


class Days:
    """The simulated days in their order, one queue of stories for all of them: who is on the road at midnight arrives after it."""

    def __init__(self, seed: int, begins: datetime = BEGINS, lists: Callable[[datetime, datetime], int] = bring_lists):
        self.city = City(seed, begins)
        self._order = count()
        self._queue: list = []
        self._bring_lists, self._listed_until = lists, begins
        self._lines = 0
        for story in self._standing():
            self.begin(story)

    def begin(self, story: Story) -> None:
        """A story begins now."""
        heapq.heappush(self._queue, (self.city.now, next(self._order), story))

    def run_day(self, told: Callable[[str], None] = lambda _: None) -> Ended:
        """From one midnight to the next."""
        day, before, lines = self.city.now.date(), self._operations(), self._lines
        midnight = datetime.combine(day + timedelta(days=1), time.min, ZONE)
        self.city.trips_of = dict.fromkeys(self.city.trips_of, 0)
        stopped, hour = len(self.city.stopped), -1
        while self._queue and self._queue[0][0] < midnight:
            self.city.now, _place, story = heapq.heappop(self._queue)
            if self.city.now.hour != hour:
                hour = self.city.now.hour
                told(f"{day} {hour:02}:00")
            pause = next(story, None)
            if pause is not None:
                heapq.heappush(self._queue, (self.city.now + pause, next(self._order), story))
        self.city.now = midnight
        self._send_lists()
        keep_in_touch(midnight)
        return Ended(day, self._lines - lines, self._operations() - before, len(self.city.stopped) - stopped)

    def _standing(self) -> list[Story]:
        city = self.city
        return [
            self._ticks(),
            self._lists(),
            desks_plan(city, self.begin),
            people_are_released(city),
            coaches_go_home(city, self.begin),
            *(floor_work(city, site) for site in sorted(city.sites, key=lambda id: city.sites[id].code)),
        ]

    def _lists(self) -> Story:
        """The units send those found since the last time, six times a day and at midnight."""
        while True:
            yield timedelta(hours=3)
            if self.city.now.time() in LISTS_COME_AT:
                self._send_lists()

    def _send_lists(self) -> None:
        self._lines += self._bring_lists(self._listed_until, self.city.now)
        self._listed_until = self.city.now

    def _ticks(self) -> Story:
        while True:
            pass_time(self.city.now)
            yield TICKS_EVERY

    def _operations(self) -> int:
        counted = db.session.scalar(select(func.count()).select_from(Operation))
        db.session.commit()
        return counted
