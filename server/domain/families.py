"""Nobody parts a child from all guardians without a name and a reason (domain L-7, §4.5)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain.people import age_at
from server.problems import Refused
from server.store.people import Person

CHILD_UP_TO = 14
ADULT_FROM = 18
TOGETHER_REASON = "child_with_guardian"
NOT_AT_THE_DOOR = ("wrong_listing", "left_area", "deceased", "closed", "isolated", "released", "home_single", "home_monitoring")


def refuse_parted_children(session: Session, moved: Iterable[Person], at: datetime) -> None:
    """Refuse a group that would leave a child of 14 or less without any listed guardian of its household, or take it from them.

    Refuses: transfer.household_split.
    """
    moved = {person.id: person for person in moved}
    for members in _waiting_households(session, moved.values()):
        children = [one for one in members if _is_child(one, at)]
        guardians = [one for one in members if _is_adult(one, at)]
        for child in children:
            with_child = [one for one in guardians if (one.id in moved) == (child.id in moved)]
            if guardians and not with_child and any(one.id in moved for one in (*guardians, child)):
                raise Refused("transfer.household_split", name=child.name)


def share_a_room(people: list[Person], at: datetime) -> dict[str, str]:
    """Which child shares whose room: child id → guardian id. One child a guardian first; further children join the same guardian."""
    guardians: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.household_id and _is_adult(person, at):
            guardians[person.household_id].append(person)
    shared: dict[str, str] = {}
    for child in people:
        adults = guardians.get(child.household_id or "", [])
        if adults and _is_child(child, at):
            taken = list(shared.values())
            shared[child.id] = min(adults, key=lambda adult: taken.count(adult.id)).id
    return shared


def _waiting_households(session: Session, moved: Iterable[Person]) -> list[list[Person]]:
    ids = {person.household_id for person in moved if person.household_id}
    query = select(Person).where(Person.household_id.in_(ids), Person.merged_into.is_(None), Person.state.not_in(NOT_AT_THE_DOOR))
    households: dict[str, list[Person]] = defaultdict(list)
    for person in session.scalars(query) if ids else ():
        households[person.household_id].append(person)
    return list(households.values())


def _is_child(person: Person, at: datetime) -> bool:
    age = age_at(person, at)
    return age is not None and age <= CHILD_UP_TO


def _is_adult(person: Person, at: datetime) -> bool:
    age = age_at(person, at)
    return age is not None and age >= ADULT_FROM
