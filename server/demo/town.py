"""What the demo's stories need of the register at a moment: whom to move, in what, with whom, and on whose phones it is told."""

from datetime import datetime

from sqlalchemy import select, update

from server.access import as_actor
from server.demo.accounts import user_named
from server.demo.groups import group_of_many_needs, waiting_group
from server.demo.phones import Phone
from server.demo.trips import Trip
from server.domain.vehicles import usable_seats
from server.domain.write_path import perform_one
from server.store.areas import Area
from server.store.database import db, transaction
from server.store.sites import Site
from server.store.transfers import Transfer, Vehicle
from server.store.users import User


class Town:
    """The register at `now`, and the phones of those who work in it."""

    def __init__(self, now: datetime):
        self.now = now
        self.transfers: dict[Trip, str] = {}
        self._phones: dict[str, Phone] = {}
        self._crews: dict[str, list[str]] = {}

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
        self._crews[made] = [user.id for user in (driver, escort) if user]
        self.transfers[trip] = made
        self._put_on_phones(made)
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
        self._crews[made] = [driver.id]
        self._put_on_phones(made)
        return made

    def free_crew(self, transfer_id: str) -> None:
        """The crew of a finished transfer may be sent again."""
        self._crews.pop(transfer_id, None)

    def crew_of(self, transfer_id: str) -> list[str]:
        """The users who go with a transfer, the driver first."""
        return self._crews[transfer_id]

    def crew_phone(self, transfer_id: str) -> Phone:
        return self.phone(self.crew_of(transfer_id)[0])

    def site_phone(self, code: str) -> Phone:
        """The phone of a receiver of this site."""
        query = select(User).where(User.site_id == self.site(code).id, User.role == "receiver").order_by(User.username)
        return self.phone(db.session.scalars(query).first().id)

    def phone(self, user_id: str) -> Phone:
        if user_id not in self._phones:
            self._phones[user_id] = Phone(db.session.get(User, user_id))
        return self._phones[user_id]

    def site(self, code: str) -> Site:
        return db.session.scalars(select(Site).where(Site.code == code)).one()

    def _free_driver(self, trip: Trip) -> User:
        """The driver named, else one of the unit's own (of any unit where it has none) who has no transfer in hand."""
        if trip.driver:
            return user_named(trip.driver)
        busy = [id for crew in self._crews.values() for id in crew]
        area = select(Area.id).where(Area.name == trip.unit).scalar_subquery()
        drivers = select(User).where(User.role == "driver", User.id.not_in(busy), User.area_id.is_not(None))
        return db.session.scalars(drivers.order_by(User.area_id != area, User.username)).first()

    def _free_vehicle(self, unit: str, people: int) -> str | None:
        """The smallest clean vehicle that takes so many, of the unit where it has one."""
        area = db.session.scalar(select(Area.id).where(Area.name == unit))
        clean = db.session.scalars(select(Vehicle).where(Vehicle.state == "clean_ready").execution_options(populate_existing=True)).all()
        fitting = [vehicle for vehicle in clean if usable_seats(vehicle) >= people and vehicle.seats > 3]
        best = min(fitting, key=lambda one: (one.area_id != area, one.seats, one.plate), default=None)
        return best and best.id

    def _put_on_phones(self, transfer_id: str) -> None:
        """The crew's phones have it at once: from here on no room of it is released without a name."""
        with transaction() as session:
            marked = update(Transfer).where(Transfer.id == transfer_id).values(sent_at=self.now)
            session.execute(marked, execution_options={"no_phone_sees": True, "synchronize_session": False})

    def _today(self, hour: str | None) -> datetime | None:
        hours, minutes = map(int, hour.split(":")) if hour else (0, 0)
        return self.now.replace(hour=hours, minute=minutes, second=0, microsecond=0) if hour else None
