"""Who is known already, asked of the database in a few queries for a whole file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from server.intake.known import Entry, Keys, KnownInMemory
from server.store.imports import ImportFile, ImportRow
from server.store.people import Person
from server.store.sealing import id_key

PARTS = 800  # keys in one query

PERSON = (
    Person.id,
    Person.merged_into,
    Person.name,
    Person.id_key,
    Person.phone,
    Person.second_phone,
    Person.address_key,
    Person.birth_year,
    Person.room,
)
HELD = (ImportRow.id, ImportRow.name, ImportRow.id_key, ImportRow.phone, ImportRow.address_key, ImportRow.birth_year)


def known_people(session: Session, keys: Sequence[Keys], secret: str, held: Iterable[Row] = ()) -> KnownInMemory:
    """The people who share a key with one of `keys`, and the held rows given with them (`held_rows`)."""
    numbers = {id_key(one.id_number, secret): one.id_number for one in keys if one.id_number}
    known = KnownInMemory()
    for person in _people(session, keys, numbers):
        entry = Entry(person.merged_into or person.id, False, person.name, _number(person.id_key, numbers))
        for phone in {person.phone, person.second_phone} - {None} or {None}:
            known.add(entry, _values(entry, phone, person.address_key, person.birth_year, person.room))
    for row in held:
        entry = Entry(row.id, True, row.name or "", _number(row.id_key, numbers))
        known.add(entry, _values(entry, row.phone, row.address_key, row.birth_year, True))
    return known


def held_rows(session: Session, area: str, day: date) -> list[Row]:
    """The rows that wait to be mended, but for those of an earlier list of this unit and day: the new list replaces it."""
    waiting = select(*HELD).join(ImportFile, ImportFile.id == ImportRow.file_id).where(ImportRow.waits)
    others = or_(ImportFile.area_id != area, ImportFile.list_day != day, ImportFile.area_id.is_(None))
    return list(session.execute(waiting.where(others).order_by(ImportFile.arrived_at, ImportRow.position)))


def _people(session: Session, keys: Sequence[Keys], numbers: dict[str, str]) -> list:
    found = {}
    phones = {one.name_phone[1] for one in keys if one.name_phone}
    doors = {one.name_address_year[1] for one in keys if one.name_address_year}
    for column, wanted in ((Person.id_key, numbers), (Person.phone, phones), (Person.address_key, doors)):
        for part in _parts(wanted):
            found.update({person.id: person for person in session.execute(select(*PERSON).where(column.in_(part)))})
    return list(found.values())


def _number(key: str | None, numbers: dict[str, str]) -> str | None:
    """The ID number of this key if the file has it; else a word that is no other number."""
    return key and numbers.get(key, f"#{key}")


def _values(entry: Entry, phone: str | None, address_key: str | None, birth_year: int | None, room: object) -> dict:
    return {
        "name": entry.name,
        "id_number": entry.id_number,
        "phone": phone,
        "address_key": address_key,
        "birth_year": birth_year,
        "room": room,
    }


def _parts(wanted: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(wanted)
    return (ordered[start : start + PARTS] for start in range(0, len(ordered), PARTS))
