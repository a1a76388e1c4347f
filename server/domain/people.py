"""People: how they come into the register, what is known of them, and how that is changed."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from server.domain.acts import CLOCK, Act, new_id
from server.domain.categories import POSITIVES
from server.domain.custody import begin_custody
from server.domain.exposures import open_positive_of, take_referral_back
from server.domain.households import household_at, load_households
from server.domain.people_reach import person_in_reach, reaches_person
from server.domain.permissions import extent
from server.domain.shown_on import touch_where_shown
from server.domain.stay_clocks import reckon_again
from server.problems import Refused
from server.store.areas import Area
from server.store.people import CategoryHistory, ContactAttempt, Person
from server.store.sealing import id_key, seal_id, unseal

EDITABLE = frozenset(
    "name sex birth_date birth_year phone second_phone home_area_id pickup_area_id responsible_area_id community_id compound building"
    " unit room address address_key detected_at sampled_at last_exposed_on needs words".split()
)
WAITING = ("listed", "verified", "awaiting_transfer", "unreachable", "refused", "at_other_place")
CONTACT_CHANNELS = ("door", "phone")


def list_person(act: Act, *, name: str | None, **values) -> str:
    """A person is listed by a unit's list. From now on they wait.

    `values`: the columns of Person, besides `id_number` (sealed here; or `id_sealed`, `id_key`, `id_tail`, sealed already), `door` (what
    makes a household) and `row` (the line of the list). Refuses: person.name_missing, person.id_taken, person.not_own_area.
    """
    _refuse_other_area(act, "imports.run", values)
    return register_person(act, name, values).id


def enter_person(act: Act, *, name: str | None, **values) -> str:
    """A person entered by hand, after the likely same people were shown (people_search.candidates). `values` as for `list_person`.

    Refuses: person.name_missing, person.id_taken, person.not_own_area.
    """
    _refuse_other_area(act, "people.edit", values)
    return register_person(act, name, values).id


def register_person(act: Act, name: str | None, values: dict, state: str = "listed") -> Person:
    """A new person, in custody of the place where they are. Refuses: person.name_missing, person.id_taken."""
    if not name:
        raise Refused("person.name_missing")
    number, door = values.pop("id_number", None), values.pop("door", None)
    values.pop("row", None)
    values |= seal_id(number, act.work.secret) if number else {}
    if values.get("id_key") and (known := person_with_key(act, values["id_key"])):
        raise taken_by(act, known)
    listed_at = values.pop("listed_at", None) or act.at
    found_at = values.get("detected_at")
    told = {column: value for column, value in values.items() if value is not None}
    person = Person(id=new_id(), name=name, listed_at=listed_at, state=state, **{"needs": [], **told})
    person.waits_from = min(found_at, listed_at) if found_at else listed_at
    person.category_from = person.category_from or (person.waits_from if person.category else None)
    if door:
        person.household_id = household_at(act, door)
    act.add(person)
    act.work.known["id", person.id_key] = person
    act.loaded.keep("person", person)
    begin_custody(act, person.id)
    note_category(act, person)
    return person


def edit_person(act: Act, *, changes: dict[str, dict], id_number: str | None = None) -> None:
    """Change fields: `{field: {"was", "now"}}`. Other fields that somebody changed meanwhile stay; the same one refuses.

    `id_number` gives a new one (its old value is never shown, so none is compared).
    Refuses: person.unknown, request.unreadable (no such field), person.changed, person.name_missing, person.id_taken, person.not_own_area.
    """
    person = person_in_reach(act, "people.edit")
    if unknown := set(changes) - EDITABLE:
        raise Refused("request.unreadable", fields=sorted(unknown))
    for field, change in changes.items():
        now = getattr(person, field)
        if now != change["was"] and now != change["now"]:
            raise Refused("person.changed", field=field, now=now, was=change["was"])
    values = {field: change["now"] for field, change in changes.items()}
    if "name" in values and not values["name"]:
        raise Refused("person.name_missing")
    if "responsible_area_id" in values:
        _refuse_other_area(act, "people.edit", dict(values))
    if id_number:
        values |= _own_id(act, person, id_number)
    for field, value in values.items():
        setattr(person, field, value)
    touch_where_shown(act, person)
    if "last_exposed_on" in values:
        reckon_again(act, person)


def set_category(
    act: Act,
    *,
    category: str | None,
    case_type: str | None = None,
    found: str | None = None,
    detected_at: datetime | None = None,
) -> None:
    """The person's category from now on, a confirmed case's type, and where a positive was found (`under_control`, `community`).

    A contact at a site who turns out positive is referred as by a test; where the desk takes that back, the stay goes on.
    Refuses: person.unknown.
    """
    person = person_in_reach(act, "people.edit")
    change_category(act, person, category, case_type, found, detected_at)
    if category not in POSITIVES:
        take_referral_back(act, person)


def change_category(
    act: Act,
    person: Person,
    category: str | None,
    case_type: str | None = None,
    found: str | None = None,
    detected_at: datetime | None = None,
) -> bool:
    """Give a person another category, with its history. Whether anything changed.

    A contact who turns out positive waits again from the new result, wherever they are (domain §3.4), and sets in motion at the site
    where they stay what a positive test does.
    """
    now = (category, case_type if category == "confirmed" else None, found)
    if now == (person.category, person.case_type, person.found):
        return False
    turned_positive = category in POSITIVES and person.category not in POSITIVES
    act.change(person, category=category, case_type=now[1], found=found, detected_at=detected_at or person.detected_at)
    act.change(person, category_from=min(detected_at, act.at) if detected_at else act.at)
    if turned_positive:
        waits_again = person.state in ("isolated", "home_single", "released", "home_monitoring", "closed")
        act.change(person, waits_from=person.category_from, state="listed" if waits_again else person.state)
    note_category(act, person)
    reckon_again(act, person)
    if turned_positive:
        open_positive_of(act, person)
    touch_where_shown(act, person)
    return True


def reveal_id(act: Act, *, reason: str) -> str | None:
    """The whole ID number, for a reason that stands in the log with who looked. Refuses: person.unknown, reason.missing."""
    person = person_in_reach(act, "people.reveal")
    if not reason.strip():
        raise Refused("reason.missing")
    return person.id_sealed and unseal(person.id_sealed, act.work.secret)


def log_door_knock(act: Act, *, channel: str, result: str, note: str | None = None) -> str:
    """Somebody knocked or called, and what came of it. Refuses: person.unknown, request.unreadable."""
    person = person_in_reach(act, "doors.log", "people.edit")
    if channel not in CONTACT_CHANNELS or not result:
        raise Refused("request.unreadable")
    attempt = ContactAttempt(id=new_id(), person_id=person.id, channel=channel, result=result, note=note, by_id=act.actor.id, at=act.at)
    return act.add(attempt).id


def note_category(act: Act, person: Person) -> None:
    """Write the category a person has from now on into its history."""
    act.work.insert(
        CategoryHistory,
        {
            "id": new_id(),
            "person_id": person.id,
            "category": person.category,
            "case_type": person.case_type,
            "found": person.found,
            "from_at": person.category_from or act.at,
            "operation_id": act.operation.id,
        },
    )


def age_at(person: Person, moment: datetime | date) -> int | None:
    """Whole years at that moment; from the year of birth alone where the day is not known."""
    day = moment.date() if isinstance(moment, datetime) else moment
    if person.birth_date:
        had_birthday = (day.month, day.day) >= (person.birth_date.month, person.birth_date.day)
        return day.year - person.birth_date.year - (not had_birthday)
    return day.year - person.birth_year if person.birth_year else None


# ---- who is known by an ID number ----


def person_with_id(act: Act, id_number: str) -> Person | None:
    """The person registered with this ID number."""
    return person_with_key(act, id_key(id_number, act.work.secret))


def person_with_key(act: Act, key: str) -> Person | None:
    """The person registered with the ID number of this key."""
    if ("id", key) not in act.work.known:
        load_people_by_key(act.work, [key])
    return act.work.known["id", key]


def load_people_by_key(work, keys: Iterable[str]) -> None:
    """Look these ID numbers up together, for a batch of people."""
    keys = sorted({key for key in keys if ("id", key) not in work.known})
    work.known.update({("id", key): None for key in keys})
    found = work.session.scalars(select(Person).where(Person.id_key.in_(keys), Person.merged_into.is_(None)))
    work.known.update({("id", person.id_key): person for person in found})


def prepare_people(work, listed: Iterable[dict]) -> None:
    """Look up in two queries what `list_person` will ask for each of these values."""
    listed = list(listed)
    load_people_by_key(work, [values["id_key"] for values in listed if values.get("id_key")])
    load_households(work, [values["door"] for values in listed if values.get("door")])


def _own_id(act: Act, person: Person, id_number: str) -> dict:
    known = person_with_id(act, id_number)
    if known is not None and known.id != person.id:
        raise taken_by(act, known)
    return seal_id(id_number, act.work.secret)


def taken_by(act: Act, known: Person) -> Refused:
    """The refusal of a number that somebody has. Of another area's person it tells the area, and nothing of the person."""
    if reaches_person(act, known, "people.edit", "imports.run"):
        return Refused("person.id_taken", name=known.name, person=known.id)
    area = act.work.session.get(Area, known.responsible_area_id) if known.responsible_area_id else None
    return Refused("person.id_taken_elsewhere", area=area.name if area else "—")


def _refuse_other_area(act: Act, permission: str, values: dict) -> None:
    """A district's desk registers for its own area; without another word the person is its own."""
    if act.actor is CLOCK or extent(act.actor.role, permission) != "area":
        return
    if (values.setdefault("responsible_area_id", act.actor.area_id) or act.actor.area_id) != act.actor.area_id:
        raise Refused("person.not_own_area")
