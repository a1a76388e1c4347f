"""Sites with their rooms, one site floor by floor, the vehicles, and the numbers to call."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from server.store.areas import Area
from server.store.lists.within import Within
from server.store.people import Person
from server.store.reference import Contact
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.transfers import Transfer, Vehicle

TURNOVER = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning")


# Somebody lives in it: also in a room that a fever or a positive has put on hold with its guest inside (domain §3.3, §6.1).
HELD_WITH_A_GUEST = (Room.state == "hold") & select(Stay.id).where(Stay.room_id == Room.id, Stay.ended_at.is_(None)).exists()
LIVED_IN = or_(Room.state == "occupied", HELD_WITH_A_GUEST)


def held_with_guests(session: Session) -> dict[str, int]:
    """{site: rooms on hold in which somebody is registered}."""
    query = select(Room.site_id, func.count()).where(HELD_WITH_A_GUEST)
    return dict(session.execute(query.group_by(Room.site_id)).all())


def sites(
    within: Within, *, area: str | None = None, state: str | None = None, kind: str | None = None, search: str | None = None
) -> Select:
    """(Site, Area, rooms, ready, reserved, occupied, turnover, out, latest change of a room) of the sites that match."""
    counts = room_counts().subquery()
    query = (
        select(Site, Area, *(counts.c[name] for name in ("rooms", "ready", "reserved", "occupied", "turnover", "out", "updated")))
        .join(Area, Area.id == Site.area_id)
        .join(counts, counts.c.site_id == Site.id, isouter=True)
        .where(within.places())
    )
    for column, wanted in ((Site.area_id, area), (Site.state, state), (Site.kind, kind)):
        if wanted:
            query = query.where(column == wanted)
    if search:
        query = query.where(or_(Site.name.contains(search, autoescape=True), Site.code.contains(search, autoescape=True)))
    return query


def room_counts() -> Select:
    """Rooms by state, a row a site."""

    def those(condition):
        return func.count(case((condition, 1)))

    known = ("ready", "reserved", "occupied", *TURNOVER)
    return select(
        Room.site_id,
        func.count(Room.id).label("rooms"),
        those(Room.state == "ready").label("ready"),
        those(Room.state == "reserved").label("reserved"),
        those(LIVED_IN).label("occupied"),
        those(Room.state.in_(TURNOVER)).label("turnover"),
        those(Room.state.not_in(known) & ~HELD_WITH_A_GUEST).label("out"),
        func.max(Room.since).label("updated"),
    ).group_by(Room.site_id)


def site_sorts(query: Select) -> dict:
    """The columns a list of sites may be sorted by; the counts come from the query itself."""
    counted = {column.key: column for column in query.selected_columns if column.key in ("rooms", "ready", "occupied", "turnover")}
    return {"name": Site.name, "area": Area.short, "state": Site.state, "kind": Site.kind, **counted}


def one_site(session: Session, within: Within, id: str) -> Site | None:
    """The site, if the reader reaches it."""
    return session.scalar(select(Site).where(Site.id == id, within.places()))


@dataclass(frozen=True)
class Door:
    """A room with everybody who is in it, the names of those whom the reader reaches, and the code of the transfer it is kept for."""

    room: Room
    stays: list[Stay]
    names: list[str]
    code: str | None


def rooms_of_site(session: Session, site_id: str, reached: Within) -> list[Door]:
    """The rooms of a site in the order of the doors: every desk reads them, and people only of its own."""
    query = (
        select(Room, Stay, Person.name, Transfer.code)
        .join(Stay, and_(Stay.room_id == Room.id, Stay.ended_at.is_(None)), isouter=True)
        .join(Person, and_(Person.id == Stay.person_id, reached.people()), isouter=True)
        .join(Transfer, Transfer.id == Room.transfer_id, isouter=True)
        .where(Room.site_id == site_id)
        .order_by(Room.building, Room.floor.desc(), Room.number, Stay.place)
    )
    doors = groupby(session.execute(query), key=lambda row: row.Room)
    return [_door_of(room, list(rows)) for room, rows in doors]


def _door_of(room: Room, rows: list) -> Door:
    """Of the rows of one room, one for each who is in it."""
    return Door(room, [row.Stay for row in rows if row.Stay], [row.name for row in rows if row.name], rows[0].code)


def expected_at_site(session: Session, site_id: str) -> list[Transfer]:
    """The transfers that are to bring somebody here."""
    query = select(Transfer).where(Transfer.site_id == site_id, Transfer.ended_at.is_(None)).options(selectinload(Transfer.lines))
    return list(session.scalars(query.order_by(Transfer.depart_at, Transfer.code)))


def staying_at_site(session: Session, site_id: str) -> int:
    """How many people stay there now."""
    return session.scalar(select(func.count(Stay.id)).where(Stay.site_id == site_id, Stay.ended_at.is_(None)))


def vehicles(*, area: str | None = None, state: str | None = None, kind: str | None = None, search: str | None = None) -> Select:
    """(Vehicle, Area, id and code of its open transfer)."""
    query = (
        select(Vehicle, Area, Transfer.id, Transfer.code)
        .join(Area, Area.id == Vehicle.area_id, isouter=True)
        .join(Transfer, and_(Transfer.vehicle_id == Vehicle.id, Transfer.ended_at.is_(None)), isouter=True)
    )
    for column, wanted in ((Vehicle.area_id, area), (Vehicle.state, state), (Vehicle.kind, kind)):
        if wanted:
            query = query.where(column == wanted)
    return query.where(Vehicle.plate.contains(search, autoescape=True)) if search else query


VEHICLE_SORTS = {"plate": Vehicle.plate, "state": Vehicle.state, "seats": Vehicle.seats, "area": Area.short, "since": Vehicle.since}


def contacts() -> Select:
    """(Contact, Area) of all numbers, those of no area first."""
    query = select(Contact, Area).join(Area, Area.id == Contact.area_id, isouter=True)
    return query.order_by(Contact.area_id.is_not(None), Area.short, Contact.name)


def contact(within: Within, id: str) -> Select:
    """The one with this id, when the reader keeps it."""
    return select(Contact).where(Contact.id == id, within.area_rows(Contact.area_id))
