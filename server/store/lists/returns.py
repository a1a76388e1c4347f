"""Who is released and still in a room, with no transfer home yet; and which vehicles are where, for those who could take them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.store.areas import Community
from server.store.lists.transfers import free_vehicles
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.transfers import Line, Transfer, Vehicle


@dataclass(frozen=True)
class GoingHome:
    """One released person in a room. `room` and `community` are None where nobody knows them."""

    stay: Stay
    person: Person
    site: Site
    room: Room | None
    community: Community | None


def going_home(session: Session, within: Within, site: str | None = None) -> list[GoingHome]:
    """The released people whom no open transfer carries, by community, site and door; none who turned out positive since."""
    query = (
        select(Stay, Person, Site, Room, Community)
        .join(Person, Person.id == Stay.person_id)
        .join(Site, Site.id == Stay.site_id)
        .join(Room, Room.id == Stay.room_id, isouter=True)
        .join(Community, Community.id == Person.community_id, isouter=True)
        .join(Line, (Line.person_id == Person.id) & Line.open, isouter=True)
        .where(Stay.released_at.is_not(None), Stay.ended_at.is_(None), Stay.referred_at.is_(None), Line.id.is_(None))
        .where(within.people(), Person.merged_into.is_(None))
    )
    if site:
        query = query.where(Stay.site_id == site)
    order = (Community.name.is_(None), Community.name, Site.name, Room.building, Room.floor, Room.number, Person.name)
    return [GoingHome(*row) for row in session.execute(query.order_by(*order))]


def site_of(session: Session, people: list[str]) -> Site | None:
    """The site where the first of these people is."""
    query = select(Site).join(Stay, Stay.site_id == Site.id).where(Stay.person_id.in_(people), Stay.ended_at.is_(None))
    return session.scalar(query.limit(1))


@dataclass(frozen=True)
class ParkedVehicle:
    """A clean vehicle on no transfer, and the site where its last trip ended (None: none did, or not at a site)."""

    vehicle: Vehicle
    site: Site | None
    since: datetime | None


def parked_vehicles(session: Session) -> list[ParkedVehicle]:
    """The vehicles that can go now, each where it was last."""
    free = {vehicle.id: vehicle for vehicle in free_vehicles(session)}
    place = func.row_number().over(partition_by=Transfer.vehicle_id, order_by=Transfer.ended_at.desc()).label("place")
    trips = (
        select(Transfer.vehicle_id, Transfer.site_id, Transfer.ended_at, place)
        .where(Transfer.vehicle_id.in_(free), Transfer.ended_at.is_not(None), Transfer.state == "closed")
        .subquery()
    )
    last = session.execute(
        select(trips.c.vehicle_id, Site, trips.c.ended_at).join(Site, Site.id == trips.c.site_id, isouter=True).where(trips.c.place == 1)
    )
    ended = {vehicle: (site, at) for vehicle, site, at in last}
    return [ParkedVehicle(vehicle, *ended.get(id, (None, None))) for id, vehicle in free.items()]
