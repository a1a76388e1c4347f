"""Who waits at a moment, door by door: whom a desk of the simulated days may plan for next."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from server.domain.categories import CLASSES
from server.store.database import db
from server.store.people import Person
from server.store.transfers import Line

PLANNED_FOR = ("listed", "verified", "awaiting_transfer")


@dataclass(frozen=True)
class One:
    """A waiting person, as far as a plan needs to know them."""

    id: str
    area_id: str | None
    category: str | None
    since: datetime

    @property
    def its_class(self) -> str | None:
        return CLASSES.get(self.category or "")


@dataclass(frozen=True)
class Door:
    """Those of one class who wait behind one door."""

    area_id: str | None
    its_class: str
    people: tuple[One, ...]

    @property
    def since(self) -> datetime:
        return min(one.since for one in self.people)


def doors() -> list[Door]:
    """The doors behind which somebody waits without a transfer, the longest waiting first."""
    behind: dict[str, list[One]] = defaultdict(list)
    for one, household in _waiting():
        behind[household or one.id].append(one)
    found = []
    for people in behind.values():
        by_class: dict[str, list[One]] = defaultdict(list)
        for one in people:
            if one.its_class:
                by_class[one.its_class].append(one)
        found += [Door(of_class[0].area_id, its_class, tuple(of_class)) for its_class, of_class in by_class.items()]
    return sorted(found, key=lambda door: door.since)


def unclear() -> list[One]:
    """Those whose category nobody knows yet, and those of a mixed tube who wait to be tested alone."""
    return [one for one, _household in _waiting() if one.its_class in (None, "pooled_positive")]


def _waiting() -> list[tuple[One, str | None]]:
    travelling = select(Line.person_id).where(Line.open)
    query = select(Person.id, Person.responsible_area_id, Person.category, Person.waits_from, Person.household_id)
    query = query.where(Person.state.in_(PLANNED_FOR), Person.merged_into.is_(None), Person.id.not_in(travelling))
    rows = db.session.execute(query.order_by(Person.waits_from, Person.name, Person.phone)).all()
    db.session.commit()
    return [(One(*row[:4]), row[4]) for row in rows]
