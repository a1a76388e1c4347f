"""What the first page counts: who waits where and since when, rooms against people, phones, and what needs a decision."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from server.store.change_log import TOOK_NO_EFFECT, Epoch, Operation
from server.store.conflicts import Conflict
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room
from server.store.sites import TAKES_NEW_PEOPLE, Site
from server.store.transfers import Assignment, Line, Transfer
from server.store.users import Device, User

IN_TURNOVER = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning")


def rooms_by_area(session: Session) -> dict[str, tuple[int, int]]:
    """{area: rooms ready at open sites, rooms in turnover}. Counted in the index of rooms alone."""
    counts = select(Room.site_id, Room.state, func.count().label("rooms")).where(Room.state.in_(("ready", *IN_TURNOVER)))
    counts = counts.group_by(Room.site_id, Room.state).subquery()
    ready = func.sum(case((and_(counts.c.state == "ready", TAKES_NEW_PEOPLE), counts.c.rooms), else_=0))
    turnover = func.sum(case((counts.c.state != "ready", counts.c.rooms), else_=0))
    query = select(Site.area_id, ready, turnover).join(counts, counts.c.site_id == Site.id).group_by(Site.area_id)
    return {area: (int(free), int(busy)) for area, free, busy in session.execute(query)}


def with_room_by_area(session: Session, within: Within, waiting: tuple[str, ...]) -> dict[str | None, int]:
    """{area: waiting people for whom a room is held}."""
    query = select(Person.responsible_area_id, func.count(Line.id)).join(Line, and_(Line.person_id == Person.id, Line.open))
    query = query.where(Line.room_id.is_not(None), Person.state.in_(waiting), within.people())
    return dict(session.execute(query.group_by(Person.responsible_area_id)).all())


def waiting_since(session: Session, within: Within, waiting: tuple[str, ...], bounds: list[datetime]) -> dict[str | None, list[int]]:
    """{category: how many wait since after the first of these moments, between each two, before the last}."""
    edges = [None, *bounds, None]
    counts = []
    for newest, oldest in zip(edges, edges[1:], strict=False):
        after = Person.waits_from >= oldest if oldest is not None else true()
        before = Person.waits_from < newest if newest is not None else true()
        counts.append(func.count(case((and_(after, before), 1))))
    query = select(Person.category, *counts).where(within.people(), Person.state.in_(waiting), Person.merged_into.is_(None))
    return {category: list(counted) for category, *counted in session.execute(query.group_by(Person.category))}


def moving_by_group(session: Session, within: Within, groups: dict[str, str]) -> dict[str, int]:
    """How many are aboard a vehicle now, by group."""
    query = select(Person.category, func.count()).where(within.people(), Person.state == "in_transfer", Person.merged_into.is_(None))
    counts: dict[str, int] = {}
    for category, people in session.execute(query.group_by(Person.category)):
        group = groups.get(category or "", "unknown")
        counts[group] = counts.get(group, 0) + people
    return counts


def pauses_over(session: Session, within: Within, at: datetime) -> list[Site]:
    """The sites that were to take people again by now, and that nobody has opened or given another time; the longest over first."""
    over = select(Site).where(Site.state == "paused", Site.paused_until <= at, within.places())
    return list(session.scalars(over.order_by(Site.paused_until, Site.code)))


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
    refused = select(func.count(Operation.id)).where(TOOK_NO_EFFECT, Operation.acknowledged_at.is_(None), Operation.door == "phone")
    return Decisions(conflicts, oldest, session.scalar(refused) if within.everything else 0)


@dataclass(frozen=True)
class Restored:
    """A restore that nobody has put away yet: to when, and how much of the time since then phones have brought."""

    conflict: str
    to: datetime
    brought: int


def restored(session: Session, within: Within) -> Restored | None:
    """The newest restore from a backup, while its item is open and within reach."""
    item = select(Conflict.id).where(Conflict.code == "server.restored", Conflict.state == "open", within.conflicts())
    conflict = session.scalar(item.order_by(Conflict.raised_at.desc()).limit(1))
    epoch = session.scalar(select(Epoch).where(Epoch.ended_at.is_(None)))
    if conflict is None or epoch.restored_to is None:
        return None
    of_that_time = (Operation.happened_at >= epoch.restored_to, Operation.happened_at < epoch.began_at)
    brought = select(func.count()).where(Operation.door == "phone", Operation.received_at >= epoch.began_at, *of_that_time)
    return Restored(conflict, epoch.restored_to, session.scalar(brought))


def silent_phones(session: Session, within: Within, before: datetime, most: int = 8) -> list:
    """(Device, User, code of the transfer they are on) of phones in use that nobody has heard from since then, the quietest first.

    Phones of the reader's own people, and of the crews on the reader's own transfers.
    """
    on = (
        select(Assignment.user_id, func.min(Transfer.code).label("code"))
        .join(Transfer, Transfer.id == Assignment.transfer_id)
        .where(Assignment.to_at.is_(None), Transfer.ended_at.is_(None), within.transfers())
        .group_by(Assignment.user_id)
        .subquery()
    )
    query = (
        select(Device, User, on.c.code)
        .join(User, User.id == Device.user_id)
        .join(on, on.c.user_id == User.id, isouter=True)
        .where(Device.revoked.is_(False), User.disabled.is_(False), Device.seen_at < before)
        .where(or_(on.c.code.is_not(None), within.area_rows(User.area_id)))
    )
    return session.execute(query.order_by(on.c.code.is_(None), Device.seen_at).limit(most)).all()


def phones_holding(session: Session, within: Within, before: datetime) -> int:
    """How many phones in use announced unsent work and have not been heard since then."""
    held = select(func.count(Device.id)).join(User, User.id == Device.user_id).where(Device.revoked.is_(False), Device.unsent > 0)
    return session.scalar(held.where(Device.seen_at < before, within.area_rows(User.area_id)))


def phones_in_use(session: Session) -> int:
    """How many phones are not switched off."""
    return session.scalar(select(func.count(Device.id)).where(Device.revoked.is_(False)))
