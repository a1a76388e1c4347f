"""A full server says so at once: how much may wait for the lock, and how often one phone may come (PROTOCOL §1).

Nothing is lost by it. The phone keeps its outbox, its retries are not counted, and it comes again when `Retry-After` says.
Each worker has a line of its own. Its length is reckoned in work, not in requests: a hundred operations take longer than a look for news.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import count
from time import monotonic

from server.domain.fair_lock import FairLock
from server.problems import Refused
from server.store.database import aside

# By the pace known so far nobody who brings operations is let into a line that is longer than these. CALM_LINE_S: while nobody had to be
# sent away, for of 64 phones that come at once all must find room, though one worker may get most of them. LINE_S: once somebody was,
# until that is two minutes ago. LOOK_S: for who only looks for news, and can come again; what others put down is judged before their
# turn. `make storm` tells how long people wait then: longest are the waits of those who found room out of calm.
CALM_LINE_S, LINE_S, LOOK_S = 2.2, 1.0, 0.9
SPARE_THREADS = 8  # of a worker: for the console, and to say that it is full
A_REQUEST, A_PAGE = 10, 25  # a request is as much work as so many operations, besides those it brings; and giving what changed, as these
FIRST_GUESS_S = 0.00042  # for one operation, until it is known
TOGETHER = 0.5  # phones wait up to twice as long as they are told, each by its own chance: so they are told half
RETRY_S_MOST = 120
BURST, A_SECOND = 300, 5  # of one phone: so many requests at once, and so many a second for ever
PHONES_REMEMBERED = 20_000
TO_GO_ON, TO_PUT_DOWN = 0, 1  # places at the door: of who holds what others wait for, of who brings operations; the others' is their number


def work_of(operations: int, page: bool) -> int:
    """What a request asks for that brings these and wants a page of changes or not, as so many operations."""
    return operations + A_REQUEST + A_PAGE * page


class Line:
    """Who is at work and those who wait for it, in one worker.

    One works at a time: several would take Python's one processor from each other at every statement, also from the one whose
    transaction all others wait for. While PostgreSQL works for one, the other worker has the processor.
    """

    def __init__(self, threads: int, now=monotonic):
        self._places = max(1, threads - SPARE_THREADS)
        self._at_work = FairLock()
        self._lock = threading.Lock()
        self._now = now
        self._inside, self._work = 0, 0
        self._numbers = count(TO_PUT_DOWN + 1)
        self._pace_s = FIRST_GUESS_S  # what one operation takes, over the last requests
        self._took_s, self._done = 0.0, 0  # the time and the work of those who left together last
        self._left_at = 0.0  # when the last one left
        self._calm_from = 0.0  # from when on the line may be longer again: nobody has been sent away for long
        self._promised = 0.0  # until when turns have been promised to those who were sent away

    @contextmanager
    def turn(self, operations: int, page: bool = False) -> Iterator[None]:
        """Wait in the line, then work. Refuses: server.busy, at once, when the line is too long.

        In the midst of it one steps aside (`server/store/database.py`) while one waits for something, and others work. Whoever brings
        operations comes in before all others, to put them down and step aside, so that they are judged with those that wait; from there
        on all work in the order in which they came.
        """
        work, finished = work_of(operations, page), False
        came, number = self._enter(work, brings=operations > 0)
        self._at_work.acquire(TO_PUT_DOWN if operations else number)
        outside = aside.set(partial(self._aside, number))
        try:
            yield
            finished = True
        finally:
            aside.reset(outside)
            self._at_work.release()
            self._leave(work, came, finished)

    @contextmanager
    def _aside(self, number: int, first: bool) -> Iterator[None]:
        self._at_work.release()
        try:
            yield
        finally:
            self._at_work.acquire(TO_GO_ON if first else number)

    def send_away_when_full(self) -> None:
        """Before a message is read, which costs as much as some of the work. Refuses: server.busy, when the line has no room for one more
        of the usual size."""
        with self._lock:
            if self._inside:
                self._refuse_when_full(self._work // self._inside, brings=True)

    def pause_ms(self, operations: int, page: bool = False) -> int | None:
        """How long a phone that has more to bring or to fetch is to wait, while others wait to be let in at all; None when nobody does."""
        with self._lock:
            return self._promise(work_of(operations, page)) * 1000 if self._promised > self._now() else None

    def _enter(self, work: int, brings: bool) -> tuple[float, int]:
        with self._lock:
            self._refuse_when_full(work, brings)
            self._inside += 1
            self._work += work
            return self._now(), next(self._numbers)

    def _refuse_when_full(self, work: int, brings: bool) -> None:
        too_long = self._inside and (self._work + work) * self._pace_s > self._longest_s(brings)
        if too_long or self._inside >= self._places:
            self._calm_from = self._now() + RETRY_S_MOST
            raise Refused("server.busy", retry_after_s=self._promise(work))

    def _longest_s(self, brings: bool) -> float:
        if not brings:
            return LOOK_S
        return CALM_LINE_S if self._now() >= self._calm_from else LINE_S

    def _leave(self, work: int, came: float, finished: bool) -> None:
        with self._lock:
            took = self._now() - max(came, self._left_at)
            if finished:  # a refusal takes no time, and teaches nothing about work
                self._learn(took, work)
            self._left_at = self._now()
            self._inside -= 1
            self._work -= work

    def _learn(self, took: float, work: int) -> None:
        """Those who are judged together leave together: the first after the time of all, the others at once. They are one measure."""
        if self._done and took > self._took_s / 4:
            self._pace_s += (self._took_s / self._done - self._pace_s) / 5
            self._took_s, self._done = 0.0, 0
        self._took_s += took
        self._done += work

    def _promise(self, work: int) -> int:
        """A turn behind all that were promised before, in seconds from now, so that a crowd comes back one after another."""
        now = self._now()
        self._promised = min(max(self._promised, now + self._work * self._pace_s) + work * self._pace_s, now + RETRY_S_MOST)
        return max(1, math.ceil((self._promised - now) * TOGETHER))


class Bucket:
    """How often each phone has come lately: a phone that runs wild does not take the others' turns."""

    def __init__(self):
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, datetime]] = {}

    def count(self, device_id: str, at: datetime) -> None:
        """Count one request. Refuses: sync.too_often."""
        with self._lock:
            level, since = self._levels.pop(device_id, (0.0, at))
            level = max(0.0, level - max(0.0, (at - since).total_seconds()) * A_SECOND)
            full = level + 1 > BURST
            self._levels[device_id] = (level if full else level + 1, at)
            if len(self._levels) > PHONES_REMEMBERED:
                del self._levels[next(iter(self._levels))]
        if full:
            raise Refused("sync.too_often", retry_after_s=math.ceil((level + 1 - BURST) / A_SECOND))
