"""A lock that is handed to whoever waits longest: nobody pushes in, as they may at those of Python."""

import threading
from heapq import heappop, heappush
from itertools import count


class FairLock:
    """One holds it at a time, in the order of their places, and of equal places in the order in which they came."""

    def __init__(self):
        self._free, self._waiting, self._guard, self._came = True, [], threading.Lock(), count()

    def acquire(self, place: int = 0) -> None:
        """Wait until it is handed over: the lowest place is first."""
        with self._guard:
            if self._free:
                self._free = False
                return
            handed = threading.Lock()
            handed.acquire()
            heappush(self._waiting, (place, next(self._came), handed))
        handed.acquire()

    def release(self) -> None:
        """Hand it on."""
        with self._guard:
            if self._waiting:
                *_place, handed = heappop(self._waiting)
                handed.release()
            else:
                self._free = True

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_fault) -> None:
        self.release()
