"""Who waits for a vehicle, since when and until when; and what of the day's people is settled (domain §6.3).

A held row of a list that nobody else stands for is a waiting person, from the moment its file arrived.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from server.domain.categories import CONTACTS, POSITIVES
from server.domain.people import WAITING
from server.store.imports import ImportFile, ImportRow
from server.store.lists.within import Within
from server.store.people import Custody, Person

PLACED = ("site", "hospital", "home")
GROUPS = {**dict.fromkeys(POSITIVES, "positive"), **dict.fromkeys(CONTACTS, "contact"), "pooled_positive": "positive"}
UNKNOWN = "unknown"


@dataclass
class PeopleWaiting:
    """Who waits in one area: people by category (`unknown` where none is known), those of them who are held rows, and since when."""

    by_category: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held_rows: int = 0
    oldest: datetime | None = None

    @property
    def people(self) -> int:
        return sum(self.by_category.values())

    def by_group(self) -> dict[str, int]:
        """The same by `positive`, `contact`, `unknown`."""
        groups: dict[str, int] = defaultdict(int)
        for category, people in self.by_category.items():
            groups[GROUPS.get(category, UNKNOWN)] += people
        return dict(groups)

    def add(self, category: str | None, people: int, oldest: datetime | None) -> None:
        self.by_category[category or UNKNOWN] += people
        self.oldest = min(filter(None, (self.oldest, oldest)), default=None)


@dataclass(frozen=True)
class Settled:
    """Of those found on a day, how many are in a place by now (and by its midnight): the two indicators of the daily close."""

    found: int
    placed: int

    @property
    def left(self) -> int:
        return self.found - self.placed


def waiting_by_area(session: Session, within: Within) -> dict[str | None, PeopleWaiting]:
    """{area: who waits there}, held rows among them."""
    areas: dict[str | None, PeopleWaiting] = defaultdict(PeopleWaiting)
    people = (
        select(Person.responsible_area_id, Person.category, func.count(), func.min(Person.waits_from))
        .where(within.people(), Person.state.in_(WAITING), Person.merged_into.is_(None))
        .group_by(Person.responsible_area_id, Person.category)
    )
    for area, category, count, oldest in session.execute(people):
        areas[area].add(category, count, oldest)
    for area, category, count, oldest in session.execute(_held_rows(within)):
        areas[area].add(category, count, oldest)
        areas[area].held_rows += count
    return dict(areas)


def _held_rows(within: Within):
    return (
        select(ImportFile.area_id, ImportRow.category, func.count(), func.min(ImportFile.arrived_at))
        .join(ImportFile, ImportFile.id == ImportRow.file_id)
        .where(ImportRow.waits, within.area_rows(ImportFile.area_id))
        .group_by(ImportFile.area_id, ImportRow.category)
    )


def settled_on(session: Session, within: Within, at: datetime, zone: ZoneInfo) -> dict[str, Settled]:
    """{`positive`, `contact`: found on the local day of `at`, and placed by now (at a site, in a hospital, at home)}."""
    begin = datetime.combine(at.astimezone(zone).date(), time.min, zone)
    end = begin + timedelta(days=1)
    placed = and_(Custody.holder.in_(PLACED), Custody.since >= Person.waits_from, Custody.since < end)
    found = (
        select(Person.category, func.count(), func.count(case((or_(placed, Person.state == "home_single"), 1))))
        .join(Custody, Custody.person_id == Person.id)
        .where(within.people(), Person.waits_from >= begin, Person.waits_from < end, Person.merged_into.is_(None))
        .group_by(Person.category)
    )
    counts = {"positive": [0, 0], "contact": [0, 0]}
    for category, people, there in session.execute(found):
        if group := GROUPS.get(category or ""):
            counts[group][0] += people
            counts[group][1] += there
    return {group: Settled(*pair) for group, pair in counts.items()}
