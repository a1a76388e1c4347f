"""The first half of the import door: a file is read and judged; nothing of it is in the register yet.

Its rows are written in short chunks and stay invisible (`judging`) until the last of them is there (`judged`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from server.domain.acts import Actor, new_id
from server.domain.permissions import extent
from server.intake.alone import alone_with
from server.intake.judging import Judging, ReadList, keys_of, open_list
from server.intake.keeping import row_of_ledger, row_of_list
from server.intake.known_people import held_rows, known_people
from server.intake.ledgers import ReadLedger, kind_of, read_ledger
from server.intake.lines import Skipped
from server.intake.origins import area_of, list_day_of
from server.intake.reading import read_tables
from server.intake.refusals import FILE_REFUSALS
from server.intake.table import Table
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
    with alone_with(arrived.sha256):
        known = _seen_before(arrived)
        return known if known is not None else _judge(arrived, told)


def _judge(arrived: Arrived, told: Told) -> str:
    """Part by part: a file of 200,000 rows is never in memory as a whole, nor written in one go."""
    file = _heading(arrived)
    if file["kind"] == "list":
        read = _open_list(arrived, file)
        parts, file["sheets"] = _parts_of_list(read, file), [asdict(sheet) for sheet in read.sheets]
    else:
        read = read_ledger(arrived.tables, file["kind"], near=file["list_day"] or _local_day(arrived.at))
        parts = _parts_of_ledger(read)
    arrived.forget_tables()
    return _write(file, parts, read, told)


def _seen_before(arrived: Arrived) -> str | None:
    """The file with these bytes, unless judging it was cut short: then what is left of it goes."""
    db.session.commit()
    for id, state in db.session.execute(select(ImportFile.id, ImportFile.state).where(ImportFile.sha256 == arrived.sha256)).all():
        if state not in ("judging", "refused"):
            return id
        forget(id)
    return None


def keep_refusal(arrived: Arrived, refusal: Refused) -> None:
    """Say later what nobody waited to hear: the file stands in the list of imports as refused, without its content."""
    with transaction() as session:
        row = {"id": new_id(), "sha256": arrived.sha256, "name": Path(arrived.name).name[-200:], "state": "refused", "code": refusal.code}
        own = arrived.by.area_id if extent(arrived.by.role, "imports.run") == "area" else None
        row |= {"kind": arrived.kind or "", "area_id": own, "arrived_at": arrived.at, "by_id": arrived.by.id}
        session.execute(insert(ImportFile), [row | {"mapping": {}, "sheets": [], "skipped": []}])


def forget(file_id: str) -> None:
    """Take a file that was never taken in out again, with its rows. Refuses: import.already_accepted."""
    with transaction() as session:
        state = session.scalar(select(ImportFile.state).where(ImportFile.id == file_id))
        if state in ("accepting", "done"):
            raise Refused("import.already_accepted")
        session.execute(update(ImportFile).where(ImportFile.id == file_id).values(state="judging"))  # nobody sees it from here on
    some = select(ImportRow.id).where(ImportRow.file_id == file_id).limit(ROWS_IN_CHUNK)
    left = ROWS_IN_CHUNK
    while left == ROWS_IN_CHUNK:
        with transaction() as session:
            left = session.execute(delete(ImportRow).where(ImportRow.id.in_(some))).rowcount
    with transaction() as session:
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
        "state": "judging", "mapping": arrived.mapping or {}, "sheets": [], "skipped": [], "arrived_at": arrived.at, "by_id": arrived.by.id,
        "content": seal_bytes(arrived.data, secret()),
    }  # fmt: skip


def _open_list(arrived: Arrived, file: dict[str, Any]) -> ReadList:
    kept = select(ColumnMapping.header, ColumnMapping.field).where(ColumnMapping.area_id == file["area_id"])
    mapping = {**dict(db.session.execute(kept).all()), **(arrived.mapping or {})}
    area = db.session.get(Area, file["area_id"])
    return open_list(
        arrived.tables, list_day=file["list_day"], area=area.name, now=arrived.at, mapping=mapping or None, titles=[arrived.name]
    )


def _parts_of_list(read: ReadList, file: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The rows of a list, judged, as they are kept. Who is known is asked for each part."""
    judging, places, position, people = Judging(), {}, 0, iter(read.people)
    with snapshot() as session:
        held = held_rows(session, file["area_id"], file["list_day"])
    while part := list(islice(people, ROWS_IN_CHUNK)):
        with snapshot() as session:
            known = known_people(session, keys_of(part), secret(), held)
        rows = [row_of_list(row, position + nth, read.sheets, secret()) for nth, row in enumerate(judging.of(part, known))]
        position += len(rows)
        _name_rows_beside(rows, places)
        yield rows


def _parts_of_ledger(read: ReadLedger) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(read.rows), ROWS_IN_CHUNK):
        part = read.rows[start : start + ROWS_IN_CHUNK]
        yield [row_of_ledger(row, start + nth, secret()) for nth, row in enumerate(part)]


def _name_rows_beside(rows: Sequence[dict[str, Any]], places: dict[str, str]) -> None:
    """A row beside another of the same file names it by its place: from now on by its id. `places` remembers those of the whole file."""
    places |= {(f"{row['sheet']}!{row['row']}" if row["sheet"] is not None else str(row["row"])): row["id"] for row in rows}
    for row in rows:
        row["other_row_id"] = places.get(row["other_row_id"], row["other_row_id"])


def _write(file: dict[str, Any], parts: Iterable[list[dict[str, Any]]], read: ReadList | ReadLedger, told: Told) -> str:
    """While it is being judged, `done_rows` says how far that is, and `data_rows` how many lines there are to look at."""
    this_file, counts = update(ImportFile).where(ImportFile.id == file["id"]), Counter()
    with transaction() as session:
        session.execute(insert(ImportFile), [file | {"data_rows": read.lines}])
    for rows in parts:
        counts.update(row["verdict"] for row in rows)
        with transaction() as session:
            session.execute(insert(ImportRow), [{"file_id": file["id"], **row} for row in rows])
            session.execute(this_file.values(done_rows=counts.total()))
        told("judging", counts.total(), read.lines)
    whole = {"data_rows": counts.total(), "done_rows": 0, **{verdict: counts[verdict] for verdict in ("accepted", "matched", "held")}}
    with transaction() as session:
        session.execute(this_file.values(state="judged", skipped=list(_as_plain(read.skipped)), **whole))
    return file["id"]


def _as_plain(skipped: Iterable[Skipped]) -> Iterable[dict[str, Any]]:
    return (asdict(line) for line in skipped)


def _is_for_later(tables: Sequence[Table]) -> bool:
    """Ledgers that a scenario's folder has and that this version does not take in: said so, not called broken."""
    words = {str(cell) for table in tables for row in table.rows[:3] for cell in row}
    return any(word in text for marks in LATER_KINDS.values() for word in marks for text in words)


def _local_day(at: datetime) -> date:
    return at.astimezone(settings().time_zone).date()
