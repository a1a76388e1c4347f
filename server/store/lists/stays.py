"""Stays by name of what is asked: who is released and still here, who will be released when."""

from datetime import date

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from server.store.areas import Community
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import Site


def released_here(session: Session, *, site_id: str | None = None, community_id: str | None = None) -> list:
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
        .where(
            still_here,
            _is(Stay.site_id, site_id),
            _is(Person.community_id, community_id),
        )
    )
    return session.execute(query.order_by(Community.name.is_(None), Community.name, Site.code, Room.number)).all()


def planned_releases(session: Session, until: date) -> list:
    """(stay, site_id, area_id, room_id, category, day) of those whose days are over until then and who are not released yet.

    A day that has passed stands as it is. Who is released by tests alone has no day and is not here.
    """
    query = (
        select(Stay.id.label("stay"), Stay.site_id, Site.area_id.label("area_id"), Stay.room_id, Stay.category, Stay.due_on.label("day"))
        .join(Site, Site.id == Stay.site_id)
        .where(Stay.due_on <= until, Stay.ended_at.is_(None), Stay.released_at.is_(None), Stay.referred_at.is_(None))
    )
    return session.execute(query.order_by(Stay.due_on, Stay.site_id)).all()


def _is(column, value: str | None) -> ColumnElement[bool]:
    return column == value if value else true()
