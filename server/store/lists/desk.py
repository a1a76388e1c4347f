"""What a desk decides and looks after: conflict items, operations that did not take effect, phones, users, the log."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.change_log import TOOK_NO_EFFECT, Operation
from server.store.conflicts import Conflict
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room
from server.store.sites import Site
from server.store.transfers import Line, Transfer
from server.store.users import Device, SignIn, User


def conflicts(within: Within, *, state: str | None = None, code: str | None = None, area: str | None = None) -> Select:
    """(Conflict, Transfer, Person, Site) of the items that match."""
    query = (
        select(Conflict, Transfer, Person, Site)
        .join(Transfer, Transfer.id == Conflict.transfer_id, isouter=True)
        .join(Person, Person.id == Conflict.person_id, isouter=True)
        .join(Site, Site.id == Conflict.site_id, isouter=True)
        .where(within.conflicts())
    )
    for column, wanted in ((Conflict.state, state), (Conflict.code, code), (Conflict.area_id, area)):
        if wanted:
            query = query.where(column == wanted)
    return query


CONFLICT_SORTS = {"raised": Conflict.raised_at, "code": Conflict.code, "state": Conflict.state}


def one_conflict(session: Session, within: Within, id: str):
    """(Conflict, Transfer, Person, Site, Room, who resolved it) or None."""
    query = (
        select(Conflict, Transfer, Person, Site, Room, User.name)
        .join(Transfer, Transfer.id == Conflict.transfer_id, isouter=True)
        .join(Person, Person.id == Conflict.person_id, isouter=True)
        .join(Site, Site.id == Conflict.site_id, isouter=True)
        .join(Room, Room.id == Conflict.room_id, isouter=True)
        .join(User, User.id == Conflict.resolved_by, isouter=True)
    )
    return session.execute(query.where(Conflict.id == id, within.conflicts())).first()


def names_of(session: Session, ids: set[str]) -> dict[str, str]:
    """What people call the rooms, sites, people on lines and users that these ids stand for."""
    queries = (
        select(Room.id, Room.building + " " + Room.number).where(Room.id.in_(ids)),
        select(Site.id, Site.name).where(Site.id.in_(ids)),
        select(Line.id, Person.name).join(Person, Person.id == Line.person_id).where(Line.id.in_(ids)),
        select(Person.id, Person.name).where(Person.id.in_(ids)),
        select(User.id, User.name).where(User.id.in_(ids)),
    )
    return {id: name for query in queries for id, name in session.execute(query)} if ids else {}


def operations(*, author: str | None = None, type: str | None = None, verdict: str | None = None, door: str | None = None,
               target: str | None = None, since: datetime | None = None, until: datetime | None = None) -> Select:  # fmt: skip
    """(Operation, User) of the log."""
    query = select(Operation, User).join(User, User.id == Operation.author_id, isouter=True)
    if author:
        query = query.where(or_(User.username == author, User.name.contains(author, autoescape=True)))
    for column, wanted in ((Operation.type, type), (Operation.verdict, verdict), (Operation.door, door)):
        if wanted:
            query = query.where(column == wanted)
    if target:
        query = query.where(or_(Operation.target == target, Operation.subject == target, Operation.id == target))
    if since:
        query = query.where(Operation.received_at >= since)
    return query.where(Operation.received_at < until) if until else query


def copies() -> Select:
    """(Operation, User) of each reading of a copy of unsent work: who read it in; its body says whose, and what became of it."""
    return operations(type="read_in_copy")


COPY_SORTS = {"received": Operation.received_at}

OPERATION_SORTS = {
    "received": Operation.received_at,
    "happened": Operation.happened_at,
    "type": Operation.type,
    "verdict": Operation.verdict,
}


def quarantined(within: Within, *, settled: bool = False) -> Select:
    """(Operation, User, Transfer) that was refused or held at the sync door: nobody's word is lost."""
    query = (
        select(Operation, User, Transfer)
        .join(User, User.id == Operation.author_id, isouter=True)
        .join(Transfer, Transfer.id == Operation.target, isouter=True)
        .where(TOOK_NO_EFFECT, Operation.door == "phone")
        .where(Operation.acknowledged_at.is_not(None) if settled else Operation.acknowledged_at.is_(None))
    )
    return query if within.everything else query.where(Transfer.id.is_not(None), within.transfers())


def one_quarantined(session: Session, within: Within, id: str):
    """(Operation, User, Transfer) or None."""
    for settled in (False, True):
        if row := session.execute(quarantined(within, settled=settled).where(Operation.id == id)).first():
            return row
    return None


def phones(within: Within, *, search: str | None = None, silent_before: datetime | None = None, revoked: bool | None = None,
           holding: bool = False, emptied: bool = False) -> Select:  # fmt: skip
    """(Device, User, Area) in use, or switched off; only those that announced unsent work, or that lost their storage."""
    query = select(Device, User, Area).join(User, User.id == Device.user_id).join(Area, Area.id == User.area_id, isouter=True)
    query = query.where(within.area_rows(User.area_id))
    if search:
        query = query.where(or_(User.name.contains(search, autoescape=True), User.username.contains(search, autoescape=True)))
    if silent_before:
        query = query.where(Device.seen_at < silent_before)
    if holding:
        query = query.where(Device.unsent > 0)
    if emptied:
        query = query.where(Device.emptied_at.is_not(None))
    return query if revoked is None else query.where(Device.revoked.is_(revoked))


PHONE_SORTS = {"seen": Device.seen_at, "unsent": Device.unsent, "name": User.name, "app": Device.app, "enrolled": Device.enrolled_at}


def users(*, search: str | None = None, role: str | None = None, disabled: bool | None = None) -> Select:
    """(User, Area, Site)."""
    query = select(User, Area, Site).join(Area, Area.id == User.area_id, isouter=True).join(Site, Site.id == User.site_id, isouter=True)
    if search:
        query = query.where(or_(User.name.contains(search, autoescape=True), User.username.contains(search, autoescape=True)))
    if role:
        query = query.where(User.role == role)
    return query if disabled is None else query.where(User.disabled.is_(disabled))


USER_SORTS = {"name": User.name, "username": User.username, "role": User.role}


def sessions_of_user(session: Session, user_id: str) -> list[SignIn]:
    return list(session.scalars(select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.seen_at.desc())))
