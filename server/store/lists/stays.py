"""Stays by name of what is asked: who is released and still here, who is over, one stay with its tests, rounds and changes."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from server.store.areas import Area, Community
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.stays import ClockChange, HealthCheck, PackChoice, StayTest
from server.store.users import User


def released_here(session: Session) -> list:
    """(Stay, Person, Room, Site, Community) of those who are released and still in their room, by community, site and door.

    `Room` and `Community` are None where nobody knows them. Who turned out positive after the release is not among them.
    """
    still_here = Stay.released_at.is_not(None) & Stay.ended_at.is_(None) & Stay.referred_at.is_(None)
    query = (
        select(Stay, Person, Room, Site, Community)
        .join(Person, Person.id == Stay.person_id)
        .join(Room, Room.id == Stay.room_id, isouter=True)
        .join(Site, Site.id == Stay.site_id)
        .join(Community, Community.id == Person.community_id, isouter=True)
        .where(still_here)
    )
    return session.execute(query.order_by(Community.name.is_(None), Community.name, Site.code, Room.number)).all()


def stays(
    reached: Within, *, what: str, today: date, site: str | None = None, area: str | None = None, search: str | None = None
) -> Select:
    """(Stay, Person, Room, Site, Area) of those who stay and whom the reader reaches; `what` as in VIEWS."""
    query = _who_and_where().where(
        Stay.ended_at.is_(None), reached.people(), VIEWS[what](today), _is(Stay.site_id, site), _is(Site.area_id, area)
    )
    return query.where(or_(Person.name.contains(search, autoescape=True), Room.number == search)) if search else query


def asked_since(day: date) -> ColumnElement[bool]:
    """Whoever asked for something in a round of this day or a later one."""
    asked = (HealthCheck.stay_id == Stay.id) & (HealthCheck.day >= day) & HealthCheck.request.is_not(None)
    return select(HealthCheck.id).where(asked, HealthCheck.taken_back_at.is_(None)).exists()


UNRELEASED = Stay.released_at.is_(None) & Stay.referred_at.is_(None)
VIEWS = {
    "due": lambda today: UNRELEASED & (Stay.due_on <= today),
    "released": lambda today: Stay.released_at.is_not(None) & Stay.referred_at.is_(None),
    "today": lambda today: UNRELEASED & (Stay.due_on == today),
    "referred": lambda today: Stay.referred_at.is_not(None),
    "reset": lambda today: Stay.clock_basis == "reset",
    "request": lambda today: asked_since(today - timedelta(days=1)),
    "all": lambda today: true(),
}
STAY_SORTS = {
    "room": Room.number,
    "name": Person.name,
    "site": Site.name,
    "category": Stay.category,
    "due": Stay.due_on,
    "released": Stay.released_at,
}


def one_stay(session: Session, reached: Within, id: str):
    """(Stay, Person, Room, Site, Area) of this stay, open or ended, when the reader reaches the person."""
    return session.execute(_who_and_where().where(Stay.id == id, reached.people())).one_or_none()


def _who_and_where() -> Select:
    """(Stay, Person, Room, Site, Area); `Room` is None where nobody knows it."""
    return (
        select(Stay, Person, Room, Site, Area)
        .join(Person, Person.id == Stay.person_id)
        .join(Site, Site.id == Stay.site_id)
        .join(Area, Area.id == Site.area_id)
        .join(Room, Room.id == Stay.room_id, isouter=True)
    )


def tests_of(session: Session, stay_ids: Iterable[str]) -> dict[str, list[StayTest]]:
    """The tests that count, by stay, the oldest first."""
    return _by_stay(session, StayTest, StayTest.taken_at, stay_ids)


def rounds_of(session: Session, stay_ids: Iterable[str]) -> dict[str, list[HealthCheck]]:
    """The health rounds, by stay, the oldest first."""
    return _by_stay(session, HealthCheck, HealthCheck.at, stay_ids)


def changes_of(session: Session, stay_ids: Iterable[str]) -> dict[str, list[ClockChange]]:
    """Why their days moved, by stay, the oldest first."""
    return _by_stay(session, ClockChange, ClockChange.at, stay_ids)


def _by_stay(session: Session, table: type, order, stay_ids: Iterable[str]) -> dict[str, list]:
    found: dict[str, list] = {id: [] for id in stay_ids}
    for row in session.scalars(select(table).where(table.stay_id.in_(found), table.taken_back_at.is_(None)).order_by(order, table.id)):
        found[row.stay_id].append(row)
    return found


def pack_choices(session: Session) -> list:
    """(PackChoice, Area or None, who chose), the newest first."""
    query = select(PackChoice, Area, User.name).join(Area, Area.id == PackChoice.area_id, isouter=True)
    return session.execute(query.join(User, User.id == PackChoice.by_id, isouter=True).order_by(PackChoice.at.desc())).all()


def packs_running(session: Session) -> list:
    """(area id, edition, people) of those who are isolated now."""
    running = Stay.ended_at.is_(None) & UNRELEASED
    query = select(Site.area_id, Stay.pack, func.count()).join(Site, Site.id == Stay.site_id).where(running)
    return session.execute(query.group_by(Site.area_id, Stay.pack).order_by(Stay.pack)).all()


def _is(column, value: str | None) -> ColumnElement[bool]:
    return column == value if value else true()
