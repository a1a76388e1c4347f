"""What was being judged when a process died, so that one batch cannot kill the server for ever (PROTOCOL §2).

Each process keeps one small file of what it is judging: written before, cleared after, never synced to disk, for what is to be
survived is the death of a process, not of the machine. A file whose owner is gone tells what it died over.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import structlog

from server.store.database import aside, settings

log = structlog.get_logger()

TRIES = 3
SLOT = 64  # bytes: a device's id and two numbers
FORGET_AFTER_S = 24 * 3600


class Death(NamedTuple):
    """A process died while it judged these numbers of a device."""

    device: str
    first: int
    last: int


def tries() -> "Tries":
    """Those of this process."""
    return _of_process(settings().data / "trying", os.getpid())


@cache
def _of_process(folder: Path, _process: int) -> "Tries":
    return Tries(folder)


class Tries:
    """What this process is judging, and what others died over."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._died = folder, folder / "died"
        with suppress(FileNotFoundError):
            if self._died.stat().st_mtime < time.time() - FORGET_AFTER_S:
                self._died.unlink()
        self._own = folder / f"{os.getpid()}-{time.monotonic_ns()}.live"
        self._file = os.open(self._own, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)  # the system lets go of it when this process ends, however it ends
        self._slots: list[int] = []
        self._slots_made, self._guard = 0, threading.Lock()
        self._as_of, self._deaths = -1, []

    @contextmanager
    def trying(self, device: str, first: int, last: int) -> Iterator[None]:
        """Say that these numbers of a device are being judged, until that has come to an end, good or bad."""
        slot = self._take_slot()
        os.pwrite(self._file, f"{device} {first} {last}".ljust(SLOT).encode(), slot * SLOT)
        try:
            yield
        finally:
            os.pwrite(self._file, b" " * SLOT, slot * SLOT)
            self._slots.append(slot)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Whatever somebody died over is judged by one at a time on this machine, so that nobody else is blamed for it again."""
        with open(self._folder / "alone", "w") as file:
            with aside.get()(True):  # who has this may wait for a writer, and that one for who works here
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def deaths(self, device: str, first: int, last: int) -> list[Death]:
        """Those that concern one of these numbers."""
        self._look_around()
        return [death for death in self._deaths if death.device == device and death.first <= last and first <= death.last]

    def is_deadly(self, device: str, seq: int) -> bool:
        """Whether this one killed three times, at least once while it was judged by itself."""
        deaths = self.deaths(device, seq, seq)
        return len(deaths) >= TRIES and any(death.first == death.last for death in deaths)

    def _take_slot(self) -> int:
        with self._guard:
            if self._slots:
                return self._slots.pop()
            self._slots_made += 1
            return self._slots_made - 1

    def _look_around(self) -> None:
        """Read again who died, when a process has begun or ended since: only then has the folder changed."""
        as_of = self._folder.stat().st_mtime_ns
        if as_of == self._as_of:
            return
        for file in self._folder.glob("*.live"):
            if file != self._own:
                self._bury(file)
        lines = self._died.read_text().splitlines() if self._died.exists() else []
        self._as_of, self._deaths = as_of, [_death(line) for line in lines]

    def _bury(self, file: Path) -> None:
        """Keep what a process died over, if it did; one that lives holds its file."""
        with suppress(FileNotFoundError, BlockingIOError), open(file, "rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(left.fileno()).st_nlink:
                return  # another process was quicker
            text = left.read().decode()
            slots = [text[start : start + SLOT].strip() for start in range(0, len(text), SLOT)]
            over = [slot for slot in slots if slot]
            with open(self._died, "a") as died:
                died.writelines(f"{slot}\n" for slot in over)
            file.unlink()
            if over:  # none: it ended, or was ended, while it judged nothing
                log.error("judging.died", over=over)


def _death(line: str) -> Death:
    device, first, last = line.split()
    return Death(device, int(first), int(last))
