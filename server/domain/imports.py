"""What the import door does besides listing people: a known person listed again, and held rows taken, mended, dropped and closed."""

from sqlalchemy import select, update

from server.domain.acts import CLOCK, Act
from server.domain.people import change_category, person_with_key, register_person
from server.domain.permissions import extent
from server.domain.shown_on import touch_where_shown
from server.domain.stay_clocks import reckon_again
from server.domain.told import told_by
from server.problems import Refused
from server.store.areas import Area
from server.store.imports import ColumnMapping, ImportFile, ImportRow
from server.store.people import Person

NAMELESS = "姓名待核"  # a held row without a name that had to be moved before it was mended
FILLED_WHEN_BLANK = (
    "sex birth_date birth_year phone second_phone home_area_id pickup_area_id responsible_area_id community_id compound building unit room"
    " address address_key sampled_at last_exposed_on"
).split()


def list_again(act: Act, **values) -> str:
    """A person who is known is on a list again: a newer category goes into their history, needs and remarks are added, blanks filled.

    `values` as for people.list_person. Never a second person, never an older word over a newer one. Refuses: person.unknown.
    """
    person = act.loaded.get("person", act.operation.target)
    if person is None:
        raise Refused("person.unknown")
    category, needs = person.category, person.needs
    add_what_is_new(act, person, values)
    if (category, needs) != (person.category, person.needs):
        _tell_the_other_desk(act, person, category, values.get("responsible_area_id"))
    return person.id


def _tell_the_other_desk(act: Act, person: Person, category: str | None, list_of: str | None) -> None:
    """What another unit's list says of a person holds at once: a result does not wait for a border. But their own desk must see it."""
    if not list_of or list_of == person.responsible_area_id:
        return
    area = act.work.session.get(Area, list_of)
    now = {**told_by(act), "says": person.category, "list": area.name, "needs": [need["code"] for need in person.needs]}
    act.flag("person.listed_elsewhere", [{"says": category}, now], person_id=person.id, area_id=person.responsible_area_id)


def add_what_is_new(act: Act, person: Person, values: dict) -> str:
    """Bring what a list says of a known person into their record; the id of that record."""
    before = {name: getattr(person, name) for name in (*FILLED_WHEN_BLANK, "needs", "words", "id_key", "household_id")}
    for name in FILLED_WHEN_BLANK:
        if getattr(person, name) is None and values.get(name) is not None:
            setattr(person, name, values[name])
    if values.get("phone") and values["phone"] not in (person.phone, person.second_phone):
        person.second_phone = person.second_phone or values["phone"]
    if person.id_key is None and values.get("id_key") and person_with_key(act, values["id_key"]) is None:
        for name in ("id_sealed", "id_key", "id_tail"):
            setattr(person, name, values[name])
        act.work.known["id", person.id_key] = person
    person.needs = needs_of_both(person.needs, values.get("needs") or [])
    person.words = words_of_both(person.words, values.get("words"))
    told_at = values.get("detected_at")
    is_newer = person.category_from is None or told_at is None or told_at >= person.category_from
    changed = any(getattr(person, name) != value for name, value in before.items())
    if values.get("category") and is_newer:
        found = values.get("found") or person.found
        case_type = values.get("case_type") or person.case_type
        changed |= change_category(act, person, values["category"], case_type, found, told_at)
    if person.last_exposed_on != before["last_exposed_on"]:
        reckon_again(act, person)
    if changed:
        touch_where_shown(act, person)
    return person.id


def take_held_row(act: Act, *, row: str, **values) -> str:
    """Make a person of a held row, so that they can be moved before the row is mended. What is in doubt stays unknown.

    Refuses: row.unknown, row.already_mended.
    """
    held = held_row(act, row, "people.edit", "imports.run")
    if held.person_id:
        return held.person_id
    name = values.pop("name", None) or NAMELESS
    if values.get("id_key") and person_with_key(act, values["id_key"]):
        for part in ("id_sealed", "id_key", "id_tail"):
            values.pop(part, None)
    person = register_person(act, name, values)
    held.person_id, held.waits = person.id, False
    return person.id


def mend_row(act: Act, *, row: str, person: str | None = None, **values) -> str:
    """A held row is mended: its person is listed, or it is found to be `person`, or the one taken from it is completed.

    Refuses: row.unknown, row.already_mended, person.unknown, person.name_missing, person.id_taken.
    """
    held = held_row(act, row, "imports.run")
    known = act.loaded.get("person", person or held.person_id)
    if (person or held.person_id) and known is None:
        raise Refused("person.unknown")
    if known is None:
        id = register_person(act, values.pop("name", None), values).id
    else:
        if known.id == held.person_id and known.name == NAMELESS and values.get("name"):
            known.name = values["name"]
        id = add_what_is_new(act, known, values)
    held.state, held.person_id, held.waits = "mended", id, False
    return id


def drop_row(act: Act, *, row: str, reason: str) -> None:
    """A held row is nobody new: a duplicate, or listed by mistake. Whoever was held beside it waits in its place.

    Refuses: row.unknown, row.already_mended, reason.missing.
    """
    held = held_row(act, row, "imports.run")
    if not reason.strip():
        raise Refused("reason.missing")
    if held.waits:
        beside = select(ImportRow).where(ImportRow.other_row_id == held.id, ImportRow.state == "waiting")
        heir = act.work.session.scalar(beside.order_by(ImportRow.file_id, ImportRow.position).limit(1))
        if heir is not None:
            heir.waits = True
    held.state, held.waits = "dropped", False
    held.read = {**held.read, "dropped_because": reason}


def close_held_rows(act: Act, *, rows: dict[str, str | None]) -> None:
    """A corrected list came: these held rows of the earlier one are closed. `rows`: {row: the person it turned out to be}."""
    closed = [{"id": id, "state": "closed", "waits": False, "person_id": person} for id, person in rows.items()]
    act.work.session.execute(update(ImportRow), closed)


def save_mapping(act: Act, *, area: str, headers: dict[str, str | None]) -> None:
    """Keep what a unit's header words mean, for its next list. None forgets a word. Refuses: area.unknown, person.not_own_area."""
    if act.work.session.get(Area, area) is None:
        raise Refused("area.unknown")
    if act.actor is not CLOCK and extent(act.actor.role, "imports.run") == "area" and area != act.actor.area_id:
        raise Refused("person.not_own_area")
    for header, field in headers.items():
        kept = act.work.session.get(ColumnMapping, (area, header))
        if kept is None and field:
            act.add(ColumnMapping(area_id=area, header=header, field=field))
        elif kept is not None and field:
            kept.field = field
        elif kept is not None:
            act.work.session.delete(kept)


def held_row(act: Act, id: str, *permissions: str) -> ImportRow:
    """A held row that still waits to be dealt with, within the actor's reach. Refuses: row.unknown, row.already_mended."""
    found = act.work.session.execute(
        select(ImportRow, ImportFile.area_id).join(ImportFile, ImportFile.id == ImportRow.file_id).where(ImportRow.id == id)
    ).first()
    reach = {extent(act.actor.role, permission) for permission in permissions}
    if found is None or not ("all" in reach or ("area" in reach and found.area_id == act.actor.area_id)):
        raise Refused("row.unknown")
    if found.ImportRow.state != "waiting":
        raise Refused("row.already_mended")
    return found.ImportRow


def needs_of_both(one: list[dict], other: list[dict]) -> list[dict]:
    """Every need once; details of the same need stand beside each other."""
    needs = {need["code"]: dict(need) for need in one}
    for need in other:
        known = needs.setdefault(need["code"], dict(need))
        details = [known.get("detail"), need.get("detail")]
        if details[1] and details[1] not in str(details[0] or ""):
            known["detail"] = "；".join(str(detail) for detail in details if detail)
    return list(needs.values())


def words_of_both(one: str | None, other: str | None) -> str | None:
    """Both texts, once where they are the same."""
    return "；".join(text for text in (one, other) if text) if other and other not in (one or "") else one
