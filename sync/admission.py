"""A full server says so at once: how much may wait for the lock, and how often one phone may come (PROTOCOL §1).

Nothing is lost by it. The phone keeps its outbox, its retries are not counted, and it comes again when `Retry-After` says.
Each worker has a line of its own. Its length is reckoned in work, not in requests: a hundred operations take longer than a look for news.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic

from server.domain.in_order import InOrder
from server.problems import Refused

# Of those in the line, how many threads work at the same time. SQLite works in our own process, where only one can; several would take the
# processor from each other at every statement, also from the one that all others wait for. PostgreSQL is waited for meanwhile.
AT_WORK = {"sqlite": 1, "postgresql": 4}
# Nobody is let into a line that is longer than this, by the pace known so far. At 1.8 it once sent away most of
# sixty-four phones that came at once, at 3.0 none; in a storm the slowest of a hundred then wait 4.9 s (`make storm`).
LINE_S = 3.0
SPARE_THREADS = 8  # of a worker: for the console, and to say that it is full
A_REQUEST = 30  # a request is as much work as so many operations, besides those it brings
FIRST_GUESS_S = 0.0005  # for one operation, until it is known
TOGETHER = 0.5  # phones wait up to twice as long as they are told, each by its own chance: so they are told half
RETRY_S_MOST = 120
BURST, A_SECOND = 300, 5  # of one phone: so many requests at once, and so many a second for ever
PHONES_REMEMBERED = 20_000


class Line:
    """Those who are at work and those who wait for it, in one worker."""

    def __init__(self, threads: int, at_work: int, now=monotonic):
        self._places = max(1, threads - SPARE_THREADS)
        self._at_work = InOrder(min(at_work, self._places))
        self._lock = threading.Lock()
        self._now = now
        self._inside, self._work = 0, 0
        self._pace_s = FIRST_GUESS_S  # what one operation takes, over the last requests
        self._took_s, self._done = 0.0, 0  # the time and the work of those who left together last
        self._left_at = 0.0  # when the last one left
        self._promised = 0.0  # until when turns have been promised to those who were sent away

    @contextmanager
    def turn(self, operations: int) -> Iterator[None]:
        """Wait in the line, then work. Refuses: server.busy, at once, when the line is too long."""
        work, finished = operations + A_REQUEST, False
        came = self._enter(work)
        try:
            with self._at_work:
                yield
                finished = True
        finally:
            self._leave(work, came, finished)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """In the midst of a turn: let others work while one waits; after that it goes on behind all who have come meanwhile."""
        self._at_work.release()
        try:
            yield
        finally:
            self._at_work.acquire()

    def pause_ms(self, operations: int) -> int | None:
        """How long a phone that has more to bring is to wait, while others wait to be let in at all; None when nobody does."""
        with self._lock:
            return self._promise(operations + A_REQUEST) * 1000 if self._promised > self._now() else None

    def _enter(self, work: int) -> float:
        with self._lock:
            full = self._inside >= self._places or (self._inside and (self._work + work) * self._pace_s > LINE_S)
            if full:
                raise Refused("server.busy", retry_after_s=self._promise(work))
            self._inside += 1
            self._work += work
            return self._now()

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
            self._pace_s += (self._took_s / self._done - self._pace_s) / 10
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
