"""The first half of the import door: a file is read and judged; nothing of it is in the register yet.

Its rows are written in short chunks and stay invisible (`judging`) until the last of them is there (`judged`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from server.domain.acts import Actor, new_id
from server.domain.permissions import extent
from server.intake.alone import Turn, alone_with
from server.intake.judging import Judged, judge, keys_of, understand
from server.intake.keeping import row_of_ledger, row_of_list
from server.intake.known_people import known_people
from server.intake.ledgers import ReadLedger, kind_of, read_ledger
from server.intake.lines import Skipped
from server.intake.origins import area_of, list_day_of
from server.intake.reading import Table, read_tables
from server.intake.refusals import FILE_REFUSALS
from server.problems import REFUSALS, Refused
from server.store.areas import Area
from server.store.database import db, secret, settings, snapshot, transaction
from server.store.imports import ColumnMapping, ImportFile, ImportRow
from server.store.sealing import seal_bytes

ROWS_IN_CHUNK = 1_000
LATER_KINDS = {"supplies": ("品名", "物资", "库存"), "screening_rounds": ("轮次", "采样")}
OF_A_DISTRICT = ("list", "communities")  # what a district's own desk may bring; the other ledgers are the city's

Told = Callable[[str, int, int], None]  # ("judging" or "accepting", done, of how many)
REFUSALS.update(FILE_REFUSALS)


@dataclass
class Arrived:
    """A file as it came, and what is said of it beside its own words: its kind, its unit, its day, what its columns mean."""

    data: bytes
    name: str
    by: Actor
    at: datetime
    kind: str | None = None
    area: str | None = None  # name or short name
    day: date | None = None
    mapping: dict[str, str] | None = None

    def __post_init__(self):
        self.sha256 = hashlib.sha256(self.data).hexdigest()
        self._tables: list[Table] | None = None

    @property
    def tables(self) -> list[Table]:
        """Refuses as reading.read_tables."""
        if self._tables is None:
            self._tables = read_tables(self.data, self.name)
        return self._tables

    def forget_tables(self) -> None:
        """Give the memory back; they are read again when they are needed."""
        self._tables = None

    def told_kind(self) -> str:
        """What it is: as said, else by its columns. Refuses: file.no_header, file.kind_later."""
        self.kind = self.kind or kind_of(self.tables)
        if self.kind is None:
            raise Refused("file.kind_later" if _is_for_later(self.tables) else "file.no_header", file=self.name)
        return self.kind


def receive(arrived: Arrived, told: Told = lambda *_: None) -> str:
    """Judge a file, and give the id of its `ImportFile`. The same bytes again, at the same time too, give the first one.

    Refuses, leaving nothing behind: file.* (see refusals.py), file.kind_later, import.day_missing, import.area_missing, import.other_area.
    """
    with alone_with(arrived.sha256) as turn:
        known = _seen_before(arrived)
        return known if known is not None else _judge(arrived, turn, told)


def _judge(arrived: Arrived, turn: Turn, told: Told) -> str:
    file = _heading(arrived)
    if file["kind"] == "list":
        judged = _judge_list(arrived, file)
        rows = [row_of_list(row, place, judged.sheets, secret()) for place, row in enumerate(judged.rows)]
        _name_rows_beside(rows)
        file["sheets"] = [asdict(sheet) for sheet in judged.sheets]
    else:
        judged = read_ledger(arrived.tables, file["kind"], near=file["list_day"] or _local_day(arrived.at))
        rows = [row_of_ledger(row, place, secret()) for place, row in enumerate(judged.rows)]
    turn.take()  # judging took a while, and writing will
    return _write(file, rows, judged, told, turn)


def _seen_before(arrived: Arrived) -> str | None:
    """The file with these bytes, unless judging it was cut short: then what is left of it goes."""
    db.session.commit()
    for id, state in db.session.execute(select(ImportFile.id, ImportFile.state).where(ImportFile.sha256 == arrived.sha256)).all():
        if state not in ("judging", "refused"):
            return id
        forget(id)
    return None


def forget(file_id: str) -> None:
    """Take a file that was never taken in out again, with its rows. Refuses: import.already_accepted."""
    with transaction() as session:
        state = session.scalar(select(ImportFile.state).where(ImportFile.id == file_id))
        if state in ("accepting", "done"):
            raise Refused("import.already_accepted")
        session.execute(delete(ImportRow).where(ImportRow.file_id == file_id))
        session.execute(delete(ImportFile).where(ImportFile.id == file_id))


def _heading(arrived: Arrived) -> dict[str, Any]:
    """The row of `import_file`: what it is, whose, and of which day."""
    kind = arrived.told_kind()
    areas = {name: area.id for area in db.session.scalars(select(Area)) for name in (area.name, area.short)}
    own = extent(arrived.by.role, "imports.run") == "area"
    area_id = areas.get(arrived.area) if arrived.area else None
    if arrived.area and area_id is None:
        raise Refused("area.unknown", name=arrived.area)
    day = arrived.day
    if kind == "list":
        area_id = area_id or areas.get(area_of(arrived.name, arrived.tables, areas) or "") or (arrived.by.area_id if own else None)
        day = day or list_day_of(arrived.name, arrived.tables, near=_local_day(arrived.at))
        if area_id is None:
            raise Refused("import.area_missing", file=arrived.name)
        if day is None:
            raise Refused("import.day_missing", file=arrived.name)
    if own and (kind not in OF_A_DISTRICT or (area_id or arrived.by.area_id) != arrived.by.area_id):
        raise Refused("import.other_area", file=arrived.name)
    return {
        "id": new_id(), "sha256": arrived.sha256, "name": Path(arrived.name).name[-200:], "kind": kind, "area_id": area_id, "list_day": day,
        "state": "judging", "mapping": arrived.mapping or {}, "sheets": [], "arrived_at": arrived.at, "by_id": arrived.by.id,
        "content": seal_bytes(arrived.data, secret()),
    }  # fmt: skip


def _judge_list(arrived: Arrived, file: dict[str, Any]) -> Judged:
    kept = select(ColumnMapping.header, ColumnMapping.field).where(ColumnMapping.area_id == file["area_id"])
    mapping = {**dict(db.session.execute(kept).all()), **(arrived.mapping or {})}
    area = db.session.get(Area, file["area_id"])
    read = understand(
        arrived.tables, list_day=file["list_day"], area=area.name, now=arrived.at, mapping=mapping or None, titles=[arrived.name]
    )
    with snapshot() as session:
        known = known_people(session, keys_of(read), secret(), area=area.id, day=file["list_day"])
    return judge(read, known)


def _name_rows_beside(rows: Sequence[dict[str, Any]]) -> None:
    """A row beside another of the same file names it by its place: from now on by its id."""
    places = {(f"{row['sheet']}!{row['row']}" if row["sheet"] is not None else str(row["row"])): row["id"] for row in rows}
    for row in rows:
        row["other_row_id"] = places.get(row["other_row_id"], row["other_row_id"])


def _write(file: dict[str, Any], rows: list[dict[str, Any]], judged: Judged | ReadLedger, told: Told, turn: Turn) -> str:
    counts = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in ("accepted", "matched", "held")}
    file |= {"skipped": list(_as_plain(judged.skipped)), "data_rows": len(rows), "done_rows": 0, **counts}
    with transaction() as session:
        session.execute(insert(ImportFile), [file])
    for start in range(0, len(rows), ROWS_IN_CHUNK):
        with transaction() as session:
            session.execute(insert(ImportRow), [{"file_id": file["id"], **row} for row in rows[start : start + ROWS_IN_CHUNK]])
        turn.take()
        told("judging", min(start + ROWS_IN_CHUNK, len(rows)), len(rows))
    with transaction() as session:
        session.execute(update(ImportFile).where(ImportFile.id == file["id"]).values(state="judged"))
    return file["id"]


def _as_plain(skipped: Iterable[Skipped]) -> Iterable[dict[str, Any]]:
    return (asdict(line) for line in skipped)


def _is_for_later(tables: Sequence[Table]) -> bool:
    """Ledgers that a scenario's folder has and that this version does not take in: said so, not called broken."""
    words = {str(cell) for table in tables for row in table.rows[:3] for cell in row}
    return any(word in text for marks in LATER_KINDS.values() for word in marks for text in words)


def _local_day(at: datetime) -> date:
    return at.astimezone(settings().time_zone).date()
