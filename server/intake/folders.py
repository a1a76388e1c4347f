"""Many files at once: what an operator names, in the order in which one needs the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from server.domain.acts import Actor
from server.intake.accepting import take_in
from server.intake.origins import list_day_of
from server.intake.receiving import Arrived, Told
from server.intake.registering import ORDER
from server.problems import Refused

NO_TABLES = {".md", ".json", ".py", ".pdf", ".png", ".jpg", ".jpeg", ".docx", ".zip"}


@dataclass
class Outcome:
    """What became of a file: `id` of its ImportFile, or the refusal."""

    file: Path
    id: str | None = None
    refusal: Refused | None = None

    @property
    def is_for_later(self) -> bool:
        return self.refusal is not None and self.refusal.code == "file.kind_later"


def files_at(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those inside the folders named that could be tables."""
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (file for file in inside if file.suffix.lower() not in NO_TABLES and not file.name.startswith((".", "~$")))
        else:
            yield path


def import_files(
    paths: Iterable[Path],
    *,
    by: Actor,
    at: datetime,
    kind: str | None = None,
    area: str | None = None,
    day: date | None = None,
    told: Told = lambda *_: None,
) -> Iterator[Outcome]:
    """Take files in: ledgers in the order areas … occupants, then lists by their day. One that is refused stops no other."""
    waiting = []
    for file in files_at(paths):
        try:
            arrived = Arrived(file.read_bytes(), file.name, by, at, kind=kind, area=area, day=day)
            waiting.append((ORDER.index(arrived.told_kind()), _day(arrived), len(waiting), arrived, file))
            arrived.forget_tables()
        except (OSError, Refused) as fault:
            yield Outcome(file, refusal=fault if isinstance(fault, Refused) else Refused("file.broken", file=file.name))
    for *_place, arrived, file in sorted(waiting, key=lambda one: one[:3]):
        try:
            yield Outcome(file, take_in(arrived, told))
        except Refused as refusal:
            yield Outcome(file, refusal=refusal)


def _day(arrived: Arrived) -> date:
    """Lists are taken in by their day, then as they came."""
    if arrived.kind != "list":
        return date.min
    return arrived.day or list_day_of(arrived.name, arrived.tables, near=arrived.at.date()) or date.max
