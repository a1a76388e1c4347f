"""The numbers of the ledger as they stand now: rooms by state, who waits without a room, rooms that stand idle, stays that are over."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from server.store.areas import Area
from server.store.database import UtcTime
from server.store.kept_counts import SiteRooms
from server.store.lists.site_days import days_kept  # noqa: F401 — asked of the ledger like the rest
from server.store.lists.within import Within
from server.store.people import Person
from server.store.room_counts import RoomCount
from server.store.rooms import Room, Stay
from server.store.site_days import SiteDay
from server.store.sites import Site
from server.store.transfers import Line
from server.store.turnovers import RoomSpell, Turnover
from server.store.users import User


def sites_with_areas(session: Session, within: Within, area: str | None = None) -> list:
    """(Site, Area) within reach, in the order of their areas."""
    query = select(Site, Area).join(Area, Area.id == Site.area_id).where(within.places())
    return session.execute((query.where(Site.area_id == area) if area else query).order_by(Area.short, Site.name)).all()


def rooms_by_state(session: Session) -> dict[str, dict[str, int]]:
    """{site: {state: rooms}}."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for site, state, rooms in session.execute(select(SiteRooms.site_id, SiteRooms.state, SiteRooms.rooms)):
        counts[site][state] += rooms
    return counts


def sums_of_days(session: Session, since: date, until: date) -> list:
    """The sums of these days, both included, a row a site; of `vacated_after` all minutes, joined."""
    seconds = (SiteDay.available_seconds, SiteDay.occupied_seconds, SiteDay.ready_seconds, SiteDay.idle_seconds)
    counts = (SiteDay.check_ins, SiteDay.check_outs, SiteDay.reservations, SiteDay.expired)
    sums = (func.sum(column).label(column.key) for column in (*seconds, *counts))
    minutes = func.aggregate_strings(SiteDay.vacated_after, ",").label("vacated_after")
    query = select(SiteDay.site_id, func.count().label("days"), *sums, minutes).where(SiteDay.day.between(since, until))
    return list(session.execute(query.group_by(SiteDay.site_id)))


def written_at(session: Session, day: date) -> datetime:
    """When the rows of this day were written last."""
    return session.scalar(select(func.max(SiteDay.written_at, type_=UtcTime)).where(SiteDay.day == day))


def turnovers_since(session: Session, within: Within, since: datetime, area: str | None = None) -> list:
    """(site, the times) of the turnovers after which a room was ready since then."""
    times = ("vacated_at", "disinfecting_at", "contact_at", "aerating_at", "inspecting_at", "provisioning_at", "ready_at")
    query = select(Turnover.site_id, *(getattr(Turnover, name) for name in times)).join(Site, Site.id == Turnover.site_id)
    query = query.where(Turnover.ready_at >= since, within.places())
    return list(session.execute(query.where(Site.area_id == area) if area else query))


def last_changes(session: Session) -> dict[str, datetime]:
    """{site: when the last change of one of its rooms happened}."""
    last = select(func.max(RoomSpell.from_at)).where(RoomSpell.site_id == Site.id).scalar_subquery()
    return {site: at for site, at in session.execute(select(Site.id, type_coerce(last, UtcTime))) if at}


def room_counts(within: Within, *, area: str | None = None, differing: bool = False) -> Select:
    """(RoomCount, Site, Area, who counted) of every floor that was walked; or only those that differ from the register."""
    query = select(RoomCount, Site, Area, User.name.label("by")).join(Site, Site.id == RoomCount.site_id)
    query = query.join(Area, Area.id == Site.area_id).join(User, User.id == RoomCount.by_id, isouter=True).where(within.places())
    if area:
        query = query.where(Site.area_id == area)
    return query.where(RoomCount.differences > 0) if differing else query


COUNT_SORTS = {"at": RoomCount.counted_at, "site": Site.name, "area": Area.short, "differences": RoomCount.differences}


def counted_since(session: Session, within: Within, since: datetime) -> tuple[int, int, int]:
    """(rooms occupied by the register, rooms found occupied, rooms that differ) of all floors walked since then."""
    sums = (func.sum(column) for column in (RoomCount.registered, RoomCount.occupied, RoomCount.differences))
    query = select(*sums).join(Site, Site.id == RoomCount.site_id).where(RoomCount.counted_at >= since, within.places())
    registered, occupied, differing = session.execute(query).one()
    return registered or 0, occupied or 0, differing or 0


def waiting_without_room(session: Session, waiting: tuple[str, ...], barrier_free: set[str]) -> list[tuple]:
    """(category, needs a barrier-free room, people, since when the first of them waits) of those for whom no room is held."""
    needs = cast(Person.needs, Text)
    step_free = case((or_(*(needs.contains(f'"{code}"') for code in sorted(barrier_free))), 1), else_=0)
    held = select(Line.person_id).where(Line.open, Line.room_id.is_not(None))
    query = select(Person.category, step_free, func.count(), func.min(Person.waits_from))
    query = query.where(Person.state.in_(waiting), Person.merged_into.is_(None), Person.id.not_in(held)).group_by(
        Person.category, step_free
    )
    return [(category, bool(free), people, since) for category, free, people, since in session.execute(query)]


TAKES = cast(Site.accepts, Text)  # whom a site takes, as the text of a list: there are few such texts, however many sites


def whom_sites_take(session: Session) -> list[str]:
    """The different lists of categories that open sites take."""
    return list(session.scalars(select(TAKES).where(Site.state == "open").group_by(TAKES)))


@dataclass(frozen=True)
class Serving:
    """Which open sites serve somebody: those that take one of these lists of people, and of the second ones their barrier-free rooms."""

    by_any: list[str]
    by_barrier_free: list[str]
    by_all: bool  # every open site serves somebody in any room: then nothing is asked of its list, which no index knows

    def of(self, kind) -> ColumnElement[bool]:
        """The condition for rooms of this kind."""
        if self.by_all:
            return Site.state == "open"
        only = sorted(set(self.by_barrier_free) - set(self.by_any))
        return and_(Site.state == "open", or_(TAKES.in_(self.by_any), and_(TAKES.in_(only), kind == "barrier_free")))


def ready_rooms(within: Within, serving: Serving, area: str | None = None) -> Select:
    """(Room, Site, Area) of the ready rooms that serve somebody."""
    query = select(Room, Site, Area).join(Site, Site.id == Room.site_id).join(Area, Area.id == Site.area_id)
    query = query.where(Room.state == "ready", serving.of(Room.kind), within.places())
    return query.where(Site.area_id == area) if area else query


def count_ready_rooms(session: Session, within: Within, serving: Serving, area: str | None = None) -> int:
    """How many they are."""
    rooms = select(func.coalesce(func.sum(SiteRooms.rooms), 0)).join(Site, Site.id == SiteRooms.site_id)
    rooms = rooms.where(SiteRooms.state == "ready", serving.of(SiteRooms.kind), within.places())
    return session.scalar(rooms.where(Site.area_id == area) if area else rooms)


IDLE_SORTS = {"since": Room.since, "site": Site.name, "area": Area.short, "kind": Room.kind}


Over = aliased(Stay, name="Stay")  # not the stays of `Within`, by which a site reaches its people


def overstays(within: Within, reached: Within, over: ColumnElement[bool], area: str | None = None) -> Select:
    """(Stay, Room, Site, Area, name, id of the person) of the open stays that are `over` (a condition on `Over`).

    The person is named for those who reach them, as on the page of one site.
    """
    name, id = (case((reached.people(), column)) for column in (Person.name, Person.id))
    query = (
        select(Over, Room, Site, Area, name.label("name"), id.label("person_id"))
        .join(Person, Person.id == Over.person_id, isouter=True)
        .join(Site, Site.id == Over.site_id)
        .join(Area, Area.id == Site.area_id)
        .join(Room, Room.id == Over.room_id, isouter=True)
        .where(Over.ended_at.is_(None), over, within.places())
    )
    return query.where(Site.area_id == area) if area else query


OVERSTAY_SORTS = {"due": Over.due_on, "site": Site.name, "area": Area.short, "category": Over.category}
