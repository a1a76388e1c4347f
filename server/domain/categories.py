"""Who may ride together: the classes of categories (domain §3.7, S0-25: no mixing in a vehicle or a room)."""

from collections.abc import Iterable

from server.problems import Refused
from server.store.people import Person

CLASSES = {
    "confirmed": "positive",
    "asymptomatic": "positive",
    "screen_positive": "positive",
    "pooled_positive": "pooled_positive",  # one of several in a tube: not known to be positive, so with nobody else
    "close_contact": "close_contact",
    "secondary_contact": "secondary_contact",
    "general_contact": "secondary_contact",
    "risk_area_person": "secondary_contact",
}
POSITIVES = frozenset(category for category, its_class in CLASSES.items() if its_class == "positive")
CONTACTS = frozenset(CLASSES) - POSITIVES - {"pooled_positive"}
WITH_ANYBODY = "accompanying"  # a carer rides, and isolates, with the person cared for


def class_of_group(people: Iterable[Person]) -> str | None:
    """The one class of a group that rides together; None for one person whose category is unknown.

    Refuses: transfer.categories_mixed, transfer.category_unknown_alone.
    """
    people = list(people)
    if any(person.category is None for person in people):
        if len(people) > 1:
            raise Refused("transfer.category_unknown_alone")
        return None
    classes = {CLASSES.get(person.category, person.category) for person in people if person.category != WITH_ANYBODY}
    if len(classes) > 1:
        raise Refused("transfer.categories_mixed")
    return classes.pop() if classes else "close_contact"


def turned_positive(stays_as: str | None, category: str | None) -> bool:
    """Whether somebody who stays somewhere as a contact is known to be positive by now: to be moved, neither released nor sent home."""
    return stays_as in {*CONTACTS, WITH_ANYBODY} and category in POSITIVES
