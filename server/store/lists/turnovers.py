"""One room with what became of it, and what the rooms of a site wait for."""

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.conflicts import Conflict
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.transfers import Line, Transfer
from server.store.turnovers import RoomSpell, Turnover
from server.store.users import User

SPELLS_SHOWN = 60
TURNOVERS_SHOWN = 12


def one_room(session: Session, within: Within, id: str) -> Row | None:
    """(Room, Site, Area, who said how it is, code of the transfer it is kept for)."""
    query = (
        select(Room, Site, Area, User.name, Transfer.code)
        .join(Site, Site.id == Room.site_id)
        .join(Area, Area.id == Site.area_id)
        .join(User, User.id == Room.by_id, isouter=True)
        .join(Transfer, Transfer.id == Room.transfer_id, isouter=True)
    )
    return session.execute(query.where(Room.id == id, within.places())).first()


def stays_in_room(session: Session, room_id: str, reached: Within) -> list[Row]:
    """(Stay, name of the person) of everybody who ever stayed in a room, the newest first; named for those who reach them."""
    named = and_(Person.id == Stay.person_id, reached.people())
    query = select(Stay, Person.name).join(Person, named, isouter=True).where(Stay.room_id == room_id)
    return session.execute(query.order_by(Stay.checked_in_at.desc(), Stay.place).limit(TURNOVERS_SHOWN)).all()


def turnovers_of_room(session: Session, room_id: str) -> list[Turnover]:
    """The turnovers of a room, the newest first."""
    query = select(Turnover).where(Turnover.room_id == room_id).order_by(Turnover.id.desc())
    return list(session.scalars(query.limit(TURNOVERS_SHOWN)))


def spells_of_room(session: Session, room_id: str) -> list[Row]:
    """(RoomSpell, who said so) of a room, the newest first."""
    query = select(RoomSpell, User.name).join(User, User.id == RoomSpell.by_id, isouter=True).where(RoomSpell.room_id == room_id)
    return session.execute(query.order_by(RoomSpell.position.desc()).limit(SPELLS_SHOWN)).all()


def open_items_of_room(session: Session, within: Within, room_id: str) -> list[Conflict]:
    """What two people say of this room, and nobody has decided yet."""
    query = select(Conflict).where(Conflict.room_id == room_id, Conflict.state == "open", within.conflicts())
    return list(session.scalars(query.order_by(Conflict.raised_at)))


def names_of(session: Session, ids: set[str | None]) -> dict[str, str]:
    """The names of these users, by id."""
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids - {None}))).all())


def people_without_room(session: Session, site_id: str) -> int:
    """People on the way to a site for whom no room is held there."""
    coming = select(func.count(Line.id)).join(Transfer, Transfer.id == Line.transfer_id)
    return session.scalar(
        coming.where(
            Transfer.site_id == site_id,
            Transfer.ended_at.is_(None),
            Line.open,
            Line.room_id.is_(None),
            Line.state.in_(("expected", "aboard")),
        )
    )
