"""Whether somebody works on this data now. A server and each command hold a shared lock; a restore needs it alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class InUse(Exception):
    """A server or a command works on this data."""


def hold_in_use(data: Path) -> IO:
    """Say that this process works on the data, for as long as the file that this gives stays open."""
    data.mkdir(parents=True, exist_ok=True)
    lock = open(data / "in-use.lock", "a")  # noqa: SIM115 — open for as long as the process lives
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


@contextmanager
def alone_with(data: Path) -> Iterator[None]:
    """Nobody else works on the data meanwhile; who begins now waits. Raises InUse."""
    data.mkdir(parents=True, exist_ok=True)
    with open(data / "in-use.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise InUse(f"A server or a command works on {data}. Stop it first.") from fault
        yield
