"""Held rows are mended in place: what a person wrote is judged like a list's line, and goes through one verb."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from server.domain.acts import Actor
from server.domain.people_reach import within_of
from server.domain.write_path import perform_one
from server.intake import mending_ledgers
from server.intake.accepting import places_of
from server.intake.judging import JudgedRow, judge, keys_of, understand
from server.intake.keeping import row_of_list, values_of
from server.intake.known_people import known_people
from server.intake.registering import person_said
from server.intake.table import Table
from server.problems import Refused
from server.store.database import db, secret, settings, snapshot
from server.store.imports import ImportFile, ImportRow
from server.store.people import Person

# What can be written in the form of a held row, and where its value stood when it was read.
FIELDS = {
    "name": "name", "sex": "sex", "age": "age", "birth_date": "birth_date", "id_number": "id_written",
    "phone": "phone", "second_phone": "second_phone", "area": "area",
    "compound": "compound", "building": "building", "unit": "unit", "room": "room", "address": "address",
    "category": "category_written", "case_type": "case_type", "detected_at": "detected_at", "sample_at": "sample_at",
    "last_exposure_at": "last_exposure_at", "remarks": "remarks",
}  # fmt: skip
PARTS_OF_ADDRESS = ("compound", "building", "unit", "room")
IN_FORM = tuple(field for field in FIELDS if field != "id_number")  # the ID number is shown by its tail, and written anew


@dataclass(frozen=True)
class Mended:
    """What became of the row: the person (of a ledger's row none), whether they were known before, and the other held rows that could
    be theirs too."""

    person: str | None
    matched: bool
    offers: list[str]


def form_of(row: ImportRow, kind: str = "list") -> dict[str, Any]:
    """What the form shows of a held row: the values as they were understood (of the ID number its tail); of a ledger's row its cells."""
    if kind != "list":
        return mending_ledgers.form_of(row)
    values = values_of(row, secret())
    shown = {field: values.get(FIELDS[field]) for field in IN_FORM}
    written = values["id_written"]
    return {**shown, "id_number": f"…{written[-4:]}" if written else None}


def mend(row_id: str, changes: dict[str, str], *, by: Actor, at: datetime, same_as: str | None = None) -> Mended:
    """Judge a held row again with these texts in place of what it said, and take it in.

    `changes`: {field of FIELDS: text}. `same_as` says that it is this known person, whoever judging would take it for.
    Refuses: row.unknown, row.already_mended, row.still_held (with its reasons), person.id_taken, person.unknown (`same_as`); of a
    ledger's row what its verb refuses (`changes` are then by header).
    """
    row, file = held_row(row_id, by)
    if file.kind != "list":
        mending_ledgers.mend_ledger_row(row, file, changes, by=by, at=at)
        return Mended(None, matched=False, offers=[])
    if same_as and not _is_in_reach(same_as, by):
        raise Refused("person.unknown")
    judged = judge_again(row, file, changes, at)
    person = same_as or judged.person
    still = [reason for reason in judged.reasons if not (person and reason in ("identity_conflict", "not_identified", "name_missing"))]
    if still:
        raise Refused("row.still_held", reasons="、".join(still), codes=still)
    # The ID number is kept as a row keeps it: sealed, and compared by its key.
    mended = ImportRow(**row_of_list(judged, row.position, (), secret()))
    said = person_said(judged.values, mended, file, places_of(file))
    id = perform_one("mend_row", author=by, at=at, row=row_id, person=person, **said).made
    return Mended(id, matched=person is not None, offers=[other.id for other in _other_rows(mended, row_id)])


def take_by_hand(row_id: str, *, by: Actor, at: datetime) -> str:
    """Make a person of a held row before it is mended, so that they can be moved now; the person's id. Refuses: row.unknown."""
    row, file = held_row(row_id, by, "people.edit")
    said = person_said(values_of(row, secret()), row, file, places_of(file))
    return perform_one("take_held_row", author=by, at=at, row=row_id, **said).made


def held_row(row_id: str, by: Actor, permission: str = "imports.run") -> tuple[ImportRow, ImportFile]:
    """The row and its file, within reach. Refuses: row.unknown."""
    within = within_of(db.session, by, permission)
    query = select(ImportRow, ImportFile).join(ImportFile, ImportFile.id == ImportRow.file_id)
    found = db.session.execute(query.where(ImportRow.id == row_id, within.area_rows(ImportFile.area_id))).first()
    if found is None:
        raise Refused("row.unknown")
    return found.ImportRow, found.ImportFile


def _is_in_reach(person_id: str, by: Actor) -> bool:
    """Whether somebody may say of this person that a row is theirs. What judging finds by itself it finds in every area."""
    within = within_of(db.session, by, "imports.run")
    return db.session.scalar(select(Person.id).where(Person.id == person_id, within.people())) is not None


def judge_again(row: ImportRow, file: ImportFile, changes: dict[str, str], at: datetime) -> JudgedRow:
    """The verdict on a row with changes, against the people known (not against other held rows: they are offered afterwards)."""
    values = values_of(row, secret())
    texts = {field: _text(values.get(FIELDS[field])) for field in FIELDS} | {field: text.strip() for field, text in changes.items()}
    if any(texts[part] for part in PARTS_OF_ADDRESS) and "address" not in changes:
        texts["address"] = ""
    told = {field: text for field, text in texts.items() if text}
    table = Table(None, [list(told), list(told.values())])
    read = understand([table], list_day=file.list_day or at.date(), area=None, now=at, mapping={field: field for field in told})
    with snapshot() as session:
        known = known_people(session, keys_of(read.people), secret())
    [judged] = judge(read, known).rows
    if row.read.get("found_under_control") is not None:
        judged.values["found_under_control"] = row.read["found_under_control"]
    if row.category and "category" not in changes and judged.values["category"] is None:
        judged.values["category"] = row.category
        judged.reasons = [reason for reason in judged.reasons if reason != "category_unknown"]
    return judged


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return f"{value.astimezone(settings().time_zone):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _other_rows(mended: ImportRow, row_id: str) -> list[ImportRow]:
    """Rows that still wait and could be the same person: held beside this one, or of the same number or name and telephone."""
    same = [ImportRow.other_row_id == row_id]
    if mended.id_key:
        same.append(ImportRow.id_key == mended.id_key)
    if mended.name and mended.phone:
        same.append((ImportRow.name == mended.name) & (ImportRow.phone == mended.phone))
    return list(db.session.scalars(select(ImportRow).where(ImportRow.state == "waiting", ImportRow.id != row_id, or_(*same))))
