"""People: listing them, what is known of them, and how their ID numbers are kept."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import date, datetime

from cryptography.fernet import Fernet
from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.domain.custody import begin_custody
from server.problems import Refused
from server.store.people import CategoryHistory, Household, Person


def list_person(act: Act, *, name: str | None, **values) -> str:
    """A person is listed: by a list, or by hand. From now on they wait.

    `values`: the columns of Person, besides `id_number` (sealed here) and `door` (what makes a household).
    Refuses: person.name_missing, person.id_taken.
    """
    if not name:
        raise Refused("person.name_missing")
    id_number, door = values.pop("id_number", None), values.pop("door", None)
    sealed = seal_id(id_number, act.work.secret) if id_number else {}
    if id_number and (known := person_with_id(act, id_number)):
        raise Refused("person.id_taken", name=known.name, person=known.id)
    person = Person(id=new_id(), name=name, listed_at=act.at, state="listed", **{"needs": [], **values, **sealed})
    if door:
        person.household_id = household_at(act, door)
    act.add(person)
    begin_custody(act, person.id)
    note_category(act, person)
    return person.id


def person_with_id(act: Act, id_number: str) -> Person | None:
    """The person registered with this ID number."""
    key = id_key(id_number, act.work.secret)
    return act.work.session.scalar(select(Person).where(Person.id_key == key, Person.merged_into.is_(None)))


def household_at(act: Act, door: str) -> str:
    """The household behind this door, new if nobody of it is known."""
    id = act.work.session.scalar(select(Household.id).where(Household.door == door))
    if id is None:
        id = act.add(Household(id=new_id(), door=door)).id
    return id


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


# ---- ID numbers: sealed, compared by a keyed hash, shown by their tail ----


def seal_id(id_number: str, secret: str) -> dict:
    """The three columns that keep an ID number."""
    return {
        "id_sealed": _box(secret).encrypt(id_number.encode()).decode(),
        "id_key": id_key(id_number, secret),
        "id_tail": id_number[-4:],
    }


def open_id(person: Person, secret: str) -> str | None:
    """The whole ID number. Only `reveal_id` may call this, so that every look is in the log."""
    return person.id_sealed and _box(secret).decrypt(person.id_sealed.encode()).decode()


def id_key(id_number: str, secret: str) -> str:
    """What two equal ID numbers have in common, without telling the number."""
    return hmac.new(secret.encode(), id_number.upper().encode(), hashlib.sha256).hexdigest()


def _box(secret: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(f"id:{secret}".encode()).digest()))
