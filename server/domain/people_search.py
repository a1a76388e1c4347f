"""Finding people: likely the same before one is entered by hand, and by whatever somebody remembers of them."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.imports import ImportFile, ImportRow
from server.store.lists.within import Within
from server.store.people import Person
from server.store.reference import desk_phone
from server.store.sealing import id_key

SURE, LIKELY, MAYBE = "sure", "likely", "maybe"


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be the same: a person, or a held row. `why` names what agrees; `how` is sure, likely or maybe.

    Of somebody out of reach there is only `elsewhere`, the area whose desk knows more, and that desk's `phone`.
    """

    how: str
    why: tuple[str, ...]
    person: Person | None = None
    row: ImportRow | None = None
    elsewhere: Area | None = None
    phone: str | None = None


def candidates(session: Session, values: dict, secret: str, within: Within, most: int = 8) -> list[Candidate]:
    """Those who may be the person about to be entered, the surest first.

    `values`: `id_number`, `name`, `phone`, `address_key`, `birth_year`, as far as they are known. The same ID number is found wherever
    it is registered, so that nobody is entered twice, but who that is stays with the area's desk; everything else only within reach.
    """
    key = id_key(values["id_number"], secret) if values.get("id_number") else None
    name, phone, door = (values.get(field) or None for field in ("name", "phone", "address_key"))
    shared = [Person.id_key == key] if key else []
    told = ((Person.name, name), (Person.phone, phone), (Person.second_phone, phone), (Person.address_key, door))
    near = [column == value for column, value in told if value]
    if not shared and not near:
        return []
    query = select(Person).where(Person.merged_into.is_(None), within.people(), or_(*shared, *near))
    found = [_judged(person, key, values) for person in session.scalars(query.limit(200))]
    if key and not any(one and one.how == SURE for one in found):
        found += _known_elsewhere(session, key)
    found += [_judged(row, key, values) for row in _held_rows(session, key, name, phone, within)]
    order = (SURE, LIKELY, MAYBE)
    return sorted((one for one in found if one), key=lambda one: (order.index(one.how), -len(one.why)))[:most]


def find_people(session: Session, text: str, secret: str, within: Within, page: int = 1, per_page: int = 50) -> list[Person]:
    """People by a whole ID number or its last four, a telephone number or its end, a name or the beginning of one, or an address."""
    text = text.strip()
    if not text:
        return []
    wanted = [Person.name.startswith(text, autoescape=True), Person.compound.startswith(text, autoescape=True), Person.phone == text]
    if len(text) >= 15 and text.isascii():
        wanted = [Person.id_key == id_key(text, secret)]
    elif text.isascii() and len(text) == 4:
        wanted += [Person.id_tail == text.upper(), Person.phone.endswith(text)]
    elif not text.isascii() and len(text) > 4:
        wanted += [Person.address.contains(text, autoescape=True)]
    query = select(Person).where(within.people(), Person.merged_into.is_(None), or_(*wanted))
    return list(session.scalars(query.order_by(Person.name, Person.id).offset((page - 1) * per_page).limit(per_page)))


def masked_phone(phone: str | None) -> str | None:
    """142****9739."""
    return phone and f"{phone[:3]}****{phone[-4:]}"


def _known_elsewhere(session: Session, key: str) -> list[Candidate]:
    """That this number is registered, and with whom to talk: no name, no address, no link."""
    known = session.scalar(select(Person.responsible_area_id).where(Person.id_key == key, Person.merged_into.is_(None)))
    area = known and session.get(Area, known)
    return [Candidate(SURE, ("id_number",), elsewhere=area, phone=desk_phone(session, area.id))] if area else []


def _judged(known: Person | ImportRow, key: str | None, values: dict) -> Candidate | None:
    """How sure it is that this is the same: two ID numbers are two people."""
    same_id = bool(key and known.id_key == key)
    if key and known.id_key and not same_id:
        return None
    phones = {known.phone, getattr(known, "second_phone", None)} - {None}
    why = [word for word, holds in (
        ("id_number", same_id),
        ("name", bool(values.get("name")) and known.name == values["name"]),
        ("phone", bool(values.get("phone")) and values["phone"] in phones),
        ("address", bool(values.get("address_key")) and known.address_key == values["address_key"]),
        ("birth_year", bool(values.get("birth_year") and known.birth_year) and abs(known.birth_year - values["birth_year"]) <= 1),
    ) if holds]  # fmt: skip
    if same_id:
        how = SURE
    elif "name" in why and ("phone" in why or {"address", "birth_year"} <= set(why)):
        how = LIKELY
    elif "name" in why or ("phone" in why and "birth_year" in why):
        how = MAYBE
    else:
        return None
    is_person = isinstance(known, Person)
    return Candidate(how, tuple(why), person=known if is_person else None, row=None if is_person else known)


def _held_rows(session: Session, key: str | None, name: str | None, phone: str | None, within: Within) -> list[ImportRow]:
    same = [column == value for column, value in ((ImportRow.id_key, key), (ImportRow.name, name), (ImportRow.phone, phone)) if value]
    if not same:
        return []
    query = select(ImportRow).join(ImportFile, ImportFile.id == ImportRow.file_id)
    return list(session.scalars(query.where(ImportRow.waits, within.area_rows(ImportFile.area_id), or_(*same)).limit(50)))
