"""Transfers as the office lists them; one of them whole; who and what could go on a new one."""

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from server.store.areas import Area, Community
from server.store.change_log import CustodyEvent, Operation
from server.store.conflicts import Conflict
from server.store.lists.within import Within
from server.store.loading import whole_transfer
from server.store.people import Person
from server.store.rooms import Room
from server.store.sites import TAKES_NEW_PEOPLE, Hospital, Site
from server.store.transfers import Assignment, Line, Transfer, Vehicle
from server.store.users import User

OPEN = Transfer.ended_at.is_(None)
# What steps and counts need of a line: a board has thousands of them, and shows none.
COUNTED = (Line.transfer_id, Line.position, Line.state, Line.open, Line.outcome, Line.verified, Line.received, Line.room_id)
WITH_CREW = selectinload(Transfer.crew).options(joinedload(Assignment.user).load_only(User.name))


def transfers(within: Within, *, state: str | None = None, kind: str | None = None, area: str | None = None, site: str | None = None,
              search: str | None = None, category: str | None = None) -> Select:  # fmt: skip
    """Transfers that match, each with its lines and crew. `state`: one of the states, or `open` for all that have not ended."""
    query = select(Transfer).where(within.transfers()).options(selectinload(Transfer.lines).load_only(*COUNTED, raiseload=True), WITH_CREW)
    if state == "open":
        query = query.where(OPEN)
    elif state:
        query = query.where(Transfer.state == state)
    for column, wanted in ((Transfer.kind, kind), (Transfer.area_id, area), (Transfer.category, category)):
        if wanted:
            query = query.where(column == wanted)
    if site:
        query = query.where(or_(Transfer.site_id == site, Transfer.origin_site_id == site))
    return query.where(_matches(search)) if search else query


TRANSFER_SORTS = {
    "code": Transfer.code,
    "state": Transfer.state,
    "depart": Transfer.depart_at,
    "deadline": Transfer.deadline_at,
    "made": Transfer.created_at,
}


def _matches(search: str):
    text = search.strip()
    named = select(Line.transfer_id).join(Person, Person.id == Line.person_id).where(Person.name.contains(text, autoescape=True))
    driven = select(Assignment.transfer_id).join(User, User.id == Assignment.user_id).where(User.name.contains(text, autoescape=True))
    plated = select(Vehicle.id).where(Vehicle.plate.contains(text, autoescape=True))
    return or_(
        Transfer.code.contains(text, autoescape=True), Transfer.id.in_(named), Transfer.id.in_(driven), Transfer.vehicle_id.in_(plated)
    )


def one_transfer(session: Session, within: Within, id: str) -> Transfer | None:
    """This transfer with people, rooms and crew, when the reader reaches it."""
    return session.scalar(select(Transfer).where(Transfer.id == id, within.transfers()).options(*whole_transfer()))


def places_named(session: Session, transfers: list[Transfer]) -> dict[str, object]:
    """The sites, hospitals, compounds, vehicles and areas that these transfers name, by id."""
    wanted = {
        Site: {id for one in transfers for id in (one.site_id, one.backup_site_id, one.origin_site_id)},
        Hospital: {one.hospital_id for one in transfers},
        Community: {one.community_id for one in transfers},
        Vehicle: {one.vehicle_id for one in transfers},
        Area: {one.area_id for one in transfers},
    }
    found = {}
    for table, ids in wanted.items():
        if ids := ids - {None}:
            found.update({row.id: row for row in session.scalars(select(table).where(table.id.in_(ids)))})
    return found


def log_of_transfer(session: Session, transfer_id: str) -> list:
    """(Operation, who), newest first: everything that anybody did to this transfer."""
    query = select(Operation, User.name).join(User, User.id == Operation.author_id, isouter=True)
    return session.execute(
        query.where(Operation.target == transfer_id).order_by(Operation.received_at.desc(), Operation.id.desc()).limit(300)
    ).all()


def conflicts_of_transfer(session: Session, transfer_id: str) -> list[Conflict]:
    """Its items, open ones first."""
    query = select(Conflict).where(Conflict.transfer_id == transfer_id)
    return list(session.scalars(query.order_by(Conflict.state.desc(), Conflict.raised_at.desc())))


def custody_in_transfer(session: Session, transfer_id: str) -> list:
    """(CustodyEvent, the person's name), oldest first."""
    query = select(CustodyEvent, Person.name).join(Person, Person.id == CustodyEvent.person_id)
    return session.execute(query.where(CustodyEvent.transfer_id == transfer_id).order_by(CustodyEvent.at, CustodyEvent.id)).all()


# ---- what a new transfer may choose from ----


def rooms_ready(session: Session) -> list:
    """(Site, Area, rooms ready) of every site that takes people now, the fullest offer first."""
    ready = func.count(Room.id).label("ready")
    query = (
        select(Site, Area, ready)
        .join(Area, Area.id == Site.area_id)
        .join(Room, (Room.site_id == Site.id) & (Room.state == "ready"), isouter=True)
        .where(TAKES_NEW_PEOPLE)
        .group_by(Site.id, Area.id)
    )
    return session.execute(query.order_by(Area.short, ready.desc())).all()


def free_vehicles(session: Session) -> list[Vehicle]:
    """Clean, and on no transfer that has not ended."""
    busy = select(Transfer.vehicle_id).where(OPEN, Transfer.vehicle_id.is_not(None))
    query = select(Vehicle).where(Vehicle.state == "clean_ready", Vehicle.id.not_in(busy))
    return list(session.scalars(query.order_by(Vehicle.seats, Vehicle.plate)))


def crew_members(session: Session, role: str) -> list:
    """(User, how many open transfers they are on) of those who may sign in, the free ones first."""
    busy = func.count(Transfer.id).label("busy")
    query = (
        select(User, busy)
        .join(Assignment, (Assignment.user_id == User.id) & Assignment.to_at.is_(None), isouter=True)
        .join(Transfer, (Transfer.id == Assignment.transfer_id) & OPEN, isouter=True)
        .where(User.role == role, User.disabled.is_(False))
        .group_by(User.id)
    )
    return session.execute(query.order_by(busy, User.name)).all()


def hospitals(session: Session) -> list[Hospital]:
    """All of them, by colour and name."""
    return list(session.scalars(select(Hospital).order_by(Hospital.colour, Hospital.name)))


def areas(session: Session) -> list[Area]:
    """All of them, by kind and short name."""
    return list(session.scalars(select(Area).order_by(Area.kind, Area.short)))


def communities(session: Session, within: Within) -> list[Community]:
    """The compounds of the areas the reader reaches."""
    return list(session.scalars(select(Community).where(within.area_rows(Community.area_id)).order_by(Community.name)))
