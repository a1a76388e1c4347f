"""What the first page counts: who waits where and since when, rooms against people, phones, and what needs a decision."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room
from server.store.sites import Site
from server.store.transfers import Assignment, Line, Transfer
from server.store.users import Device, User

IN_TURNOVER = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning")


@dataclass
class AreaToday:
    """One area's row: who waits, and the rooms of the sites that stand in it."""

    area: Area | None
    waiting: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    with_room: int = 0
    oldest: datetime | None = None
    ready: int = 0
    turnover: int = 0
    updated: datetime | None = None

    @property
    def people(self) -> int:
        return sum(self.waiting.values())

    @property
    def gap(self) -> int:
        """Rooms ready, less the waiting people who have none held."""
        return self.ready - (self.people - self.with_room)


def areas_today(session: Session, within: Within, waiting: tuple[str, ...], groups: dict[str, str]) -> list[AreaToday]:
    """A row for each area that has sites or waiting people. `groups` tells each category's group; unknown ones are `unknown`."""
    rows = {area.id: AreaToday(area) for area in session.scalars(select(Area).where(within.area_rows(Area.id)))}
    for area_id, category, people, with_room, oldest in session.execute(_waiting_people(within, waiting)):
        row = rows.setdefault(area_id, AreaToday(None))
        row.waiting[groups.get(category, "unknown")] += people
        row.with_room += with_room or 0
        row.oldest = min(filter(None, (row.oldest, oldest)), default=None)
    for area_id, ready, turnover, updated in session.execute(_rooms_by_area()):
        if area_id in rows:
            rows[area_id].ready, rows[area_id].turnover, rows[area_id].updated = ready, turnover, updated
    return sorted((row for row in rows.values() if row.people or row.ready or row.turnover), key=_urgent_first)


def _urgent_first(row: AreaToday) -> tuple:
    tiers = {"red": 0, "yellow": 1, "green": 2}
    return tiers.get(row.area.tier if row.area else None, 3), -row.people


def _waiting_people(within: Within, waiting: tuple[str, ...]):
    held = case((Line.room_id.is_not(None), 1))
    since = func.min(func.coalesce(Person.detected_at, Person.listed_at))
    return (
        select(Person.responsible_area_id, Person.category, func.count(Person.id), func.count(held), since)
        .join(Line, and_(Line.person_id == Person.id, Line.open), isouter=True)
        .where(within.people(), Person.state.in_(waiting), Person.merged_into.is_(None))
        .group_by(Person.responsible_area_id, Person.category)
    )


def _rooms_by_area():
    ready = func.count(case((and_(Room.state == "ready", Site.state == "open"), 1)))
    turnover = func.count(case((Room.state.in_(IN_TURNOVER), 1)))
    return select(Site.area_id, ready, turnover, func.max(Room.since)).join(Room, Room.site_id == Site.id).group_by(Site.area_id)


@dataclass(frozen=True)
class Decisions:
    """How many things wait for somebody's word."""

    conflicts: int
    oldest_conflict: datetime | None
    quarantined: int


def decisions(session: Session, within: Within) -> Decisions:
    """Open conflict items within reach, and operations that were refused or held and not yet dealt with."""
    open_items = select(func.count(Conflict.id), func.min(Conflict.raised_at)).where(Conflict.state != "closed", within.conflicts())
    conflicts, oldest = session.execute(open_items).one()
    refused = select(func.count(Operation.id)).where(
        Operation.verdict.in_(("refused", "held")), Operation.acknowledged_at.is_(None), Operation.door == "phone"
    )
    return Decisions(conflicts, oldest, session.scalar(refused) if within.everything else 0)


def silent_phones(session: Session, before: datetime, most: int = 8) -> list:
    """(Device, User, code of the transfer they are on) of phones in use that nobody has heard from since then, the quietest first."""
    on = (
        select(Assignment.user_id, func.min(Transfer.code).label("code"))
        .join(Transfer, Transfer.id == Assignment.transfer_id)
        .where(Assignment.to_at.is_(None), Transfer.ended_at.is_(None))
        .group_by(Assignment.user_id)
        .subquery()
    )
    query = (
        select(Device, User, on.c.code)
        .join(User, User.id == Device.user_id)
        .join(on, on.c.user_id == User.id, isouter=True)
        .where(Device.revoked.is_(False), User.disabled.is_(False), Device.seen_at < before)
    )
    return session.execute(query.order_by(on.c.code.is_(None), Device.seen_at).limit(most)).all()


def phones_in_use(session: Session) -> int:
    return session.scalar(select(func.count(Device.id)).where(Device.revoked.is_(False)))
