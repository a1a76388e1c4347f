"""now() for every door. Real, or set: a demo, a test and a simulation run at another time."""

from datetime import UTC, datetime
from pathlib import Path


class Clock:
    """Tells the time. A set clock shows `start` at the real moment `began`, and runs on from there."""

    def __init__(self, start: datetime | None = None, began: datetime | None = None):
        self._start = start and start.astimezone(UTC)
        self._began = began or datetime.now(UTC)

    def now(self) -> datetime:
        """The present moment, in UTC."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + (datetime.now(UTC) - self._began)

    def set(self, moment: datetime) -> None:
        """Move a set clock (tests, simulation)."""
        self._start, self._began = moment.astimezone(UTC), datetime.now(UTC)


def kept_clock(start: datetime | None, file: Path) -> Clock:
    """A clock that every process of this server shares and that goes on after a restart: `file` keeps when it began."""
    if start is None:
        return Clock()
    if not file.exists():
        file.write_text(f"{start.isoformat()} {datetime.now(UTC).isoformat()}")
    kept_start, began = map(datetime.fromisoformat, file.read_text().split())
    return Clock(start if kept_start != start else kept_start, began)
