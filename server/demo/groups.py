"""Whom a demo transfer takes: people who really wait, whole households, in the order in which they began to wait."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select

from server.domain.categories import CLASSES
from server.domain.people import age_at
from server.store.areas import Area
from server.store.database import db
from server.store.people import Person
from server.store.transfers import Line

CHILD_UP_TO, ADULT_FROM = 14, 18
Household = list[Person]


def waiting_group(unit: str, group_class: str, size: int, at: datetime, *, doors_max: int = 6) -> list[str]:
    """About `size` people of this unit and class who wait, longest first: their ids. Fewer, when fewer wait."""
    return _filled([], _households(unit, group_class, at), size, doors_max)


def group_of_many_needs(unit: str, group_class: str, size: int, at: datetime) -> list[str]:
    """A family with a child, somebody in a wheelchair, and others, behind several doors."""
    households = _households(unit, group_class, at)
    family = _first(households, lambda household: _has_child(household, at) and _has_adult(household, at) and len(household) <= 3)
    wheelchair = _first(households, lambda household: _needs(household, "wheelchair") and household is not family and len(household) <= 2)
    return _filled([household for household in (family, wheelchair) if household], households, size, doors_max=4)


def _households(unit: str, group_class: str, at: datetime) -> list[Household]:
    """Households of this unit where everybody who waits is of one class, so that no child is parted from its guardians."""
    area = select(Area.id).where(Area.name == unit).scalar_subquery()
    travelling = select(Line.person_id).where(Line.open)
    query = select(Person).where(Person.responsible_area_id == area, Person.state.in_(("listed", "verified")), Person.id.not_in(travelling))
    behind: dict[str, Household] = defaultdict(list)
    for person in db.session.scalars(query.order_by(Person.waits_from, Person.id)):
        behind[person.household_id or person.id].append(person)
    db.session.commit()
    return [people for people in behind.values() if {CLASSES.get(person.category or "") for person in people} == {group_class}]


def _filled(taken: list[Household], households: Iterable[Household], size: int, doors_max: int) -> list[str]:
    for household in households:
        people = sum(map(len, taken))
        if len(taken) < doors_max and household not in taken and people + len(household) <= size:
            taken.append(household)
    return [person.id for household in taken for person in household]


def _first(households: list[Household], fits: Callable[[Household], bool]) -> Household | None:
    return next(filter(fits, households), None)


def _needs(household: Household, code: str) -> bool:
    return any(need["code"] == code for person in household for need in person.needs)


def _has_child(household: Household, at: datetime) -> bool:
    return any((age := age_at(person, at)) is not None and age <= CHILD_UP_TO for person in household)


def _has_adult(household: Household, at: datetime) -> bool:
    return any((age := age_at(person, at)) is not None and age >= ADULT_FROM for person in household)
