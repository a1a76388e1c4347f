"""What the demo's stories need of the register at a moment: whom to move, in what, with whom, and on whose phones it is told."""

from datetime import datetime

from sqlalchemy import select

from server.access import as_actor
from server.demo.accounts import user_named
from server.demo.groups import group_of_many_needs, waiting_group
from server.demo.on_duty import OnDuty
from server.demo.phones import Phone
from server.demo.trips import Trip
from server.domain.vehicles import usable_seats
from server.domain.write_path import perform_one
from server.store.areas import Area
from server.store.database import db
from server.store.sites import Site
from server.store.transfers import Vehicle
from server.store.users import User


class Town(OnDuty):
    """The register at `now`, and the phones of those who work in it."""

    def __init__(self, now: datetime):
        super().__init__(now, user_of=lambda id: db.session.get(User, id))
        self.transfers: dict[Trip, str] = {}

    def make(self, trip: Trip) -> str | None:
        """A desk makes the transfer of a trip with people who wait now; None when nobody does."""
        choose = group_of_many_needs if trip.befalls == "many_needs" else waiting_group
        people = choose(trip.unit, trip.group, trip.people, self.now)
        if not people:
            return None
        driver, escort = self._free_driver(trip), trip.escort and user_named(trip.escort)
        made = perform_one(
            "make_transfer",
            author=as_actor(user_named("desk1" if trip.unit == "宽城区" else "dispatcher")),
            at=self.now,
            kind="outbound",
            people=people,
            destination={"kind": "site", "id": self.site(trip.site).id},
            vehicle=self._free_vehicle(trip.unit, len(people)),
            driver=driver.id,
            escort=escort.id if escort else None,
            depart_at=self._today(trip.depart),
            backup_site=self.site(trip.backup).id if trip.backup else None,
        ).made
        self.transfers[trip] = made
        self.put_on_phones(made, [user.id for user in (driver, escort) if user])
        return made

    def make_return(self, trip: Trip, people: list[str], community: str) -> str:
        """The desk makes a return: these released people of the trip's site go home to this community."""
        driver = self._free_driver(trip)
        made = perform_one(
            "make_transfer",
            author=as_actor(user_named("dispatcher")),
            at=self.now,
            kind="return",
            people=people,
            destination={"kind": "home", "id": community},
            vehicle=self._free_vehicle(trip.unit, len(people)),
            driver=driver.id,
            depart_at=self._today(trip.depart),
        ).made
        self.put_on_phones(made, [driver.id])
        return made

    def site_phone(self, code: str) -> Phone:
        """The phone of a receiver of this site."""
        query = select(User).where(User.site_id == self.site(code).id, User.role == "receiver").order_by(User.username)
        return self.phone(db.session.scalars(query).first().id)

    def site(self, code: str) -> Site:
        return db.session.scalars(select(Site).where(Site.code == code)).one()

    def _free_driver(self, trip: Trip) -> User:
        """The driver named, else one of the unit's own (of any unit where it has none) who has no transfer in hand."""
        if trip.driver:
            return user_named(trip.driver)
        area = select(Area.id).where(Area.name == trip.unit).scalar_subquery()
        drivers = select(User).where(User.role == "driver", User.id.not_in(self.busy()), User.area_id.is_not(None))
        return db.session.scalars(drivers.order_by(User.area_id != area, User.username)).first()

    def _free_vehicle(self, unit: str, people: int) -> str | None:
        """The smallest clean vehicle that takes so many, of the unit where it has one."""
        area = db.session.scalar(select(Area.id).where(Area.name == unit))
        clean = db.session.scalars(select(Vehicle).where(Vehicle.state == "clean_ready").execution_options(populate_existing=True)).all()
        fitting = [vehicle for vehicle in clean if usable_seats(vehicle) >= people and vehicle.seats > 3]
        best = min(fitting, key=lambda one: (one.area_id != area, one.seats, one.plate), default=None)
        return best and best.id

    def _today(self, hour: str | None) -> datetime | None:
        hours, minutes = map(int, hour.split(":")) if hour else (0, 0)
        return self.now.replace(hour=hours, minute=minutes, second=0, microsecond=0) if hour else None
