"""The city of the simulated days: the register at a moment, the phones of those who work in it, and who of them is free."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select

from server.access import as_actor
from server.demo.on_duty import OnDuty
from server.demo.phones import Phone
from server.domain.vehicles import usable_seats
from server.store.areas import Area, Community
from server.store.database import db
from server.store.rooms import Room
from server.store.sites import Site
from server.store.transfers import Vehicle
from server.store.users import User

Story = Iterator[timedelta]
KM_A_DEGREE, ROAD_FACTOR, KM_AN_HOUR = 111.2, 1.3, 60
PARTNER = "partner_city"


class City(OnDuty):
    """What stories ask and do at `now`. Everything that is drawn by lot comes from the seed, and the order of the questions is fixed."""

    def __init__(self, seed: int, now: datetime):
        super().__init__(now, user_of=lambda id: self.users[id])
        self.seed = seed
        self.chance = Random(seed)
        self.areas = {area.id: area for area in db.session.scalars(select(Area))}
        self.sites = {site.id: site for site in db.session.scalars(select(Site).where(Site.state == "open"))}
        users = db.session.scalars(select(User).where(User.disabled.is_(False)).order_by(User.name, User.phone)).all()
        self.users = {user.id: user for user in users}
        self.drivers = [user for user in users if user.role == "driver"]
        self.desks = {user.area_id: as_actor(user) for user in users if user.role == "district_desk"}
        self.receivers = {site: [user.id for user in users if user.role == "receiver" and user.site_id == site] for site in self.sites}
        self.workers = {user.area_id: as_actor(user) for user in users if user.role == "community_worker"}
        self.city_desk = next(as_actor(user) for user in users if user.role == "dispatcher")
        self.communities = self._one_of_each_area()
        self.trips_of: dict[str, int] = {driver.id: 0 for driver in self.drivers}
        self.stopped: list[str] = []
        db.session.commit()
        db.session.expunge_all()  # read once: what the session holds is read again after each of thousands of transactions

    # ---- phones and crews ----

    def site_phone(self, site_id: str) -> Phone:
        """The phone of the receiver who stands at the gate."""
        return self.phone(self.receivers[site_id][0])

    def second_phone(self, site_id: str) -> Phone:
        """The phone of the second person of a site, who looks at what the first has done."""
        return self.phone(self.receivers[site_id][-1])

    def send_off(self, transfer_id: str, driver_id: str) -> None:
        """A driver has it from now on: one trip more today."""
        self.trips_of[driver_id] += 1
        self.put_on_phones(transfer_id, [driver_id])

    # ---- what is free ----

    def free_driver(self, area_id: str | None) -> User | None:
        """A driver without a transfer in hand: of this area before others, then the one who drove least today."""
        busy = self.busy()
        free = [driver for driver in self.drivers if driver.id not in busy]
        return min(free, key=lambda one: (one.area_id != area_id, self.trips_of[one.id], one.name, one.phone), default=None)

    def free_vehicles(self) -> list[tuple[str, int, str | None]]:
        """(vehicle, seats that may be used, area) of the clean ones, the smallest first; ambulances are left to the ambulance service."""
        clean = select(Vehicle).where(Vehicle.state == "clean_ready", Vehicle.seats > 3).order_by(Vehicle.seats, Vehicle.plate)
        rows = [(row.id, usable_seats(row), row.area_id) for row in db.session.scalars(clean.execution_options(populate_existing=True))]
        db.session.commit()
        return rows

    def ready_rooms(self) -> dict[str, int]:
        """{site: rooms ready now}, of open sites."""
        query = select(Room.site_id, func.count()).where(Room.state == "ready", Room.site_id.in_(self.sites)).group_by(Room.site_id)
        counts = dict(db.session.execute(query).all())
        db.session.commit()
        return counts

    # ---- where things are ----

    def kilometres(self, area_id: str | None, site: Site) -> float:
        """By road from an area to a site (the straight line × 1.3, domain §4.6)."""
        area = self.areas.get(area_id or "")
        if area is None or None in (area.lat, area.lng, site.lat, site.lng):
            return 20.0
        north = (site.lat - area.lat) * KM_A_DEGREE
        east = (site.lng - area.lng) * KM_A_DEGREE * math.cos(math.radians(area.lat))
        return math.hypot(north, east) * ROAD_FACTOR

    def is_far(self, site: Site) -> bool:
        return self.areas[site.area_id].kind == PARTNER

    def _one_of_each_area(self) -> dict[str, str]:
        query = select(Community.area_id, Community.id).order_by(Community.name.desc())
        return dict(db.session.execute(query).all())
