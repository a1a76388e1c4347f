"""By when somebody must be moved. Numbers are dated settings, never constants in a rule (domain §4.3)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.categories import CLASSES
from server.store.people import Person

SAME_DAY = "same_day"  # the action of 3–7 April 2022: found today, moved or placed today (S3-12, S3-13)


def of_group(group: Iterable[Person], zone: ZoneInfo) -> tuple[datetime | None, str | None]:
    """The earliest deadline in the group, and the rule it comes from."""
    due = [(of_person(person, zone), _rule(person)) for person in group]
    return min(due, key=lambda one: one[0], default=(None, None))


def of_person(person: Person, zone: ZoneInfo) -> datetime:
    """Midnight at the end of the local day on which the person was found (or listed, where that is not known)."""
    found = (person.detected_at or person.listed_at).astimezone(zone)
    return found.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _rule(person: Person) -> str:
    return f"{CLASSES.get(person.category or '', 'unknown')}.{SAME_DAY}"
