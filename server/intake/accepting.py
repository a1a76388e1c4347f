"""The second half of the import door: judged rows go through the verbs, in chunks that can be taken up again after a kill.

Each chunk is one transaction of the write path: people, their rows and how far the file has come change together or not at all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session, defer

from server.domain.acts import Actor, Incoming, Verdict
from server.domain.people import prepare_people
from server.domain.permissions import extent
from server.domain.write_path import Work, in_one_transaction
from server.intake.keeping import values_of
from server.intake.known import Entry, Keys, keys_of_values
from server.intake.known_people import known_people
from server.intake.receiving import Arrived, Told, receive
from server.intake.registering import LEDGER_VERBS, Places, person_said
from server.problems import Refused
from server.store.areas import Area, Community
from server.store.database import db, settings
from server.store.imports import ImportFile, ImportRow

CHUNK = 200
REST_SECONDS = 0.05  # between two chunks: whoever waits to write (a phone) comes first
NOBODY_NEW = {"duplicate_in_file", "matches_held_row"}  # held, but somebody else stands for the person already


def take_in(arrived: Arrived, told: Told = lambda *_: None) -> str:
    """Judge a file and take it in; the id of its ImportFile. The same bytes again change nothing. Refuses as receiving.receive."""
    id = receive(arrived, told)
    accept(id, by=arrived.by, at=arrived.at, told=told)
    return id


def accept(file_id: str, *, by: Actor, at: datetime, told: Told = lambda *_: None) -> None:
    """Take a judged file in, from where it stands. Refuses: import.unknown (also while it is still being judged)."""
    file = db.session.get(ImportFile, file_id, populate_existing=True)
    if file is None or file.state in ("judging", "refused") or not _reaches(by, file):
        raise Refused("import.unknown")
    places = places_of(file)
    done, of = file.done_rows, file.data_rows
    while file.state != "done":
        done = in_one_transaction(at, lambda work: _accept_chunk(work, file_id, places, by))
        told("accepting", done, of)
        time.sleep(REST_SECONDS)
        file = db.session.get(ImportFile, file_id, populate_existing=True)


def _reaches(by: Actor, file: ImportFile) -> bool:
    reach = extent(by.role, "imports.run")
    return reach == "all" or (reach == "area" and file.area_id == by.area_id)


def places_of(file: ImportFile) -> Places:
    """Areas and compounds by name, for turning the rows of this file into what verbs are told."""
    areas = db.session.scalars(select(Area)).all()
    names = {**{area.short: area.id for area in areas}, **{area.name: area.id for area in areas}}
    found = db.session.execute(select(Community.area_id, Community.name, Community.id)) if file.kind == "list" else ()
    return Places(names, {(area, name): id for area, name, id in found}, settings().time_zone)


def _accept_chunk(work: Work, file_id: str, places: Places, by: Actor) -> int:
    """The next rows of a file; how many are done then. The last chunk closes what a corrected list replaces."""
    session = work.session
    this_file = select(ImportFile).where(ImportFile.id == file_id).with_for_update()
    file = session.scalar(this_file.execution_options(populate_existing=True))
    if file.state == "done":
        return file.done_rows
    next_rows = select(ImportRow).where(ImportRow.file_id == file_id, ImportRow.position >= file.done_rows)
    rows = session.scalars(next_rows.order_by(ImportRow.position).limit(CHUNK).options(defer(ImportRow.cells))).all()
    said = {row.id: values_of(row, work.secret) for row in rows}
    judged = Counter(row.verdict for row in rows)
    if file.kind == "list":
        _match_who_came_meanwhile(work, rows, said)
    operations = {row.id: _operation(row, said[row.id], file, places, by) for row in rows if row.verdict != "held"}
    work.load(operations.values())
    if file.kind in ("list", "occupants"):
        prepare_people(work, [operation.args for operation in operations.values()])
    for row in rows:
        verdict = work.judge(operations[row.id]) if row.id in operations else None
        _note(row, verdict, file)
    now = Counter(row.verdict for row in rows)
    for verdict in ("accepted", "matched", "held"):
        setattr(file, verdict, getattr(file, verdict) + now[verdict] - judged[verdict])
    file.done_rows += len(rows)
    file.state = "accepting"
    if file.done_rows >= file.data_rows:
        session.flush()
        _finish(work, file, by)
    work.finish()
    return file.done_rows


def _match_who_came_meanwhile(work: Work, rows: list[ImportRow], said: dict[str, dict[str, Any]]) -> None:
    """Between judging and accepting another list, or a hand, may have registered the same person."""
    keys = {row.id: keys_of_values(said[row.id]) for row in rows if row.verdict == "accepted"}
    known = known_people(work.session, list(keys.values()), work.secret)
    for row in rows:
        if row.id in keys and (entry := _who(known, keys[row.id])):
            row.verdict, row.person_id = "matched", entry.ref
            row.warnings = ["listed_before", *row.warnings]


def _who(known: Any, keys: Keys) -> Entry | None:
    for entry in (
        keys.id_number and known.by_id(keys.id_number),
        keys.name_phone and known.by_name_and_phone(*keys.name_phone),
        keys.name_address_year and known.by_name_address_and_birth_year(*keys.name_address_year),
    ):
        if entry and not (keys.id_number and entry.id_number and keys.id_number != entry.id_number):
            return entry
    return None


def _operation(row: ImportRow, values: dict[str, Any], file: ImportFile, places: Places, by: Actor) -> Incoming:
    verb, tell = LEDGER_VERBS.get(file.kind, ("list_person", None))
    args = tell(values, row, places) if tell else {**person_said(values, row, file, places), "row": row.id}
    target = None
    if row.verdict == "matched":
        verb, target = "list_again", row.person_id
    return Incoming(type=verb, author=by, target=target, args=args, door="import")


def _note(row: ImportRow, verdict: Verdict | None, file: ImportFile) -> None:
    """What became of a row: done, or held and waiting. A row that its verb refuses is held with that reason."""
    if verdict is not None and verdict.took_effect:
        row.state = "done"
        if file.kind in ("list", "occupants"):
            row.person_id = verdict.made
        return
    if verdict is not None:
        row.verdict, row.reasons = "held", [verdict.code]
    row.state = "waiting"
    row.waits = file.kind == "list" and not NOBODY_NEW & set(row.reasons)


def _finish(work: Work, file: ImportFile, by: Actor) -> None:
    file.state, file.content = "done", None
    if file.kind == "list" and (rows := _replaced(work, file)):
        work.judge(Incoming(type="close_held_rows", author=by, args={"rows": rows}, door="import"))


def _replaced(work: Work, file: ImportFile) -> dict[str, str | None]:
    """Rows held from an earlier list of the same unit and day that this one speaks of again: {row: person, if it is one now}."""
    same_list = (ImportFile.area_id == file.area_id, ImportFile.list_day == file.list_day, ImportFile.kind == "list")
    earlier = select(ImportRow).join(ImportFile, ImportFile.id == ImportRow.file_id).where(*same_list, ImportFile.id != file.id)
    old = work.session.scalars(earlier.where(ImportRow.state == "waiting").options(defer(ImportRow.cells), defer(ImportRow.read))).all()
    now: dict[tuple, Row] = {}
    for row in _rows_like(work.session, file, old) if old else ():
        for key in _keys(row):
            now.setdefault(key, row)
    replaced = {row.id: next((now[key] for key in _keys(row) if key in now), None) for row in old}
    return {id: row.person_id for id, row in replaced.items() if row is not None}


def _rows_like(session: Session, file: ImportFile, old: Sequence[ImportRow]) -> Iterable[Row]:
    """Rows of this file that share anything with one of the old ones: of a large list not all are to be read under the write lock."""
    columns = (ImportRow.id_key, ImportRow.name, ImportRow.phone, ImportRow.address_key)
    shared = [column.in_({getattr(row, column.key) for row in old} - {None}) for column in columns]
    query = select(*columns, ImportRow.person_id).where(ImportRow.file_id == file.id, or_(*shared))
    return session.execute(query.order_by(ImportRow.position))


def _keys(row: ImportRow | Row) -> list[tuple]:
    """What a row and its corrected form have in common: the number, else two of name, telephone and door."""
    parts = [("name", row.name), ("phone", row.phone), ("door", row.address_key)]
    pairs = [(one, other) for at, one in enumerate(parts) for other in parts[at + 1 :] if one[1] and other[1]]
    return [*([("id", row.id_key)] if row.id_key else []), *pairs]


# ---- the report ----


def report(file_ids: list[str]) -> dict[str, Any]:
    """The report of these files in their order, as `bihuan import --report` writes it: every data row with its verdict."""
    return {"files": [_report(db.session.get(ImportFile, id)) for id in file_ids]}


def _report(file: ImportFile) -> dict[str, Any]:
    columns = (ImportRow.sheet, ImportRow.row, ImportRow.verdict, ImportRow.reasons, ImportRow.warnings, ImportRow.person_id)
    rows = db.session.execute(select(*columns).where(ImportRow.file_id == file.id).order_by(ImportRow.position))
    return {
        "file": file.name,
        "data_rows": file.data_rows,
        "accepted": file.accepted,
        "matched": file.matched,
        "held": file.held,
        "rows": [
            {"sheet": sheet, "row": row, "verdict": verdict, "reasons": reasons, "warnings": warnings, "person": person}
            for sheet, row, verdict, reasons, warnings, person in rows
        ],
    }
