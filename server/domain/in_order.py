"""A lock that is handed to whoever waits longest: nobody pushes in, as they may at those of Python."""

import threading
from collections import deque


class InOrder:
    """So many hold it at once (one, unless told otherwise), in the order in which they came."""

    def __init__(self, holders: int = 1):
        self._free, self._waiting, self._guard = holders, deque(), threading.Lock()

    def acquire(self) -> None:
        """Wait until it is handed over."""
        with self._guard:
            if self._free:
                self._free -= 1
                return
            handed = threading.Lock()
            handed.acquire()
            self._waiting.append(handed)
        handed.acquire()

    def release(self) -> None:
        """Hand it on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_fault) -> None:
        self.release()
