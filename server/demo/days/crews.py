"""What crews, sites and communities do about one transfer of the simulated days: the chapters of the demo's stories, drawn by lot."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from server.demo.days.city import KM_AN_HOUR, City
from server.demo.phones import Did
from server.demo.stories import CALLER, ITEMS, Homeward, Story, minutes
from server.demo.trips import Trip
from server.store.transfers import Line

ABSENT_IN = 0.02  # of all people called down: seeded, like everything here


class Journey(Story):
    """One transfer to a site, from verification to the disinfected vehicle."""

    def __init__(self, city: City, transfer_id: str, site_id: str, *, km: float):
        self.town, self.id, self.km = city, transfer_id, km
        self.trip = Trip(at="", unit="", group="", people=0, site=site_id)
        self.chance = Random(f"{city.seed} {city.now.isoformat()} {sum(city.trips_of.values())}")
        self.crew, self.site = city.crew_phone(transfer_id), city.site_phone(site_id)

    def prepare(self) -> Iterator[timedelta]:
        """Steps 2 to 4: who takes them, the vehicle, the way."""
        yield minutes(self.chance.uniform(3, 7))
        self.answer_docking()
        yield minutes(self.chance.uniform(5, 11))
        protected = [{"user": user, "on_at": self.town.now.isoformat()} for user in self.town.crew_of(self.id)]
        stops = [stop["id"] for stop in self.transfer().stops]
        self.crew_says(
            self.did("check_vehicle", items=dict.fromkeys(ITEMS, True), ppe=protected, checker_kind="dispatcher_by_phone",
                     checker_name=CALLER, note=None),
            self.did("plan_route", stops=stops, minutes=30, km=None, weather="晴 -2℃", night_checked=True, backup_site=None, pass_no=None,
                     note=None),
        )  # fmt: skip

    def fetch(self) -> Iterator[timedelta]:
        """Out, and aboard who comes: now and then somebody is not at home. There is no signal in the stairwells: all is sent on leaving."""
        told: list[tuple[datetime, Did]] = []
        lines = self.lines()
        yield minutes(self.chance.uniform(3, 7))
        told.append((self.town.now, self.moment("en_route")))
        for place, stop in enumerate(self.transfer().stops):
            yield minutes(self.chance.uniform(4, 8) if place else self.chance.uniform(12, 25))
            told += [(self.town.now, self.moment(moment, stop["id"])) for moment in ("at_pickup", "people_called")]
            yield minutes(2)
            for line in lines:
                if line.stop_id == stop["id"]:
                    yield minutes(1.2)
                    told.append((self.town.now, self.away(line) if self.stays_away(line) else self.boarded(line)))
        yield minutes(2)
        told.append((self.town.now, self.moment("left_pickup", self.transfer().stops[-1]["id"])))
        self.crew_says(*(replace(did, ago=self.town.now - at) for at, did in told))

    def stays_away(self, line: Line) -> bool:
        return self.chance.random() < ABSENT_IN

    def bring(self) -> Iterator[timedelta]:
        """There: as long as the way is."""
        yield minutes(8 + 60 * self.km / KM_AN_HOUR * self.chance.uniform(0.9, 1.3))
        self.crew_says(self.moment("at_site"))

    def hand_over(self) -> Iterator[timedelta]:
        """Person by person, both sign, then the vehicle is disinfected where it stands."""
        aboard = self.aboard()
        yield minutes(1.2 * len(aboard) + 3)
        outcomes = [{"line": line.id, "outcome": "received" if line in aboard else "absent"} for line in self.all_lines()]
        self.receive(aboard)
        self.sign(outcomes)
        self.crew_says(self.did("sign_handover", side="crew", lines=outcomes, counterpart=self.receiver, note=None))
        yield minutes(self.chance.uniform(63, 75))
        self.crew_says(self.did("disinfect_vehicle", agent="chlorine", strength_mg_l=1000, contact_minutes=30, aired_minutes=30,
                                by_name="消毒员 梁静", place="site", note=None))  # fmt: skip

    def receive(self, aboard: list[Line]) -> None:
        """Each person as they came in, a little before both sign."""
        self.site_says(
            *(replace(did, ago=did.ago + minutes(3)) for did in self.one_by_one(lambda line: self.received(line, line.room_id), aboard))
        )


class WayHome(Homeward, Journey):
    """People whose isolation is over go home: their community takes them by name, their rooms are dirty when they have left."""

    def __init__(self, city: City, transfer_id: str, site_id: str, *, km: float, community_worker):
        super().__init__(city, transfer_id, site_id, km=km)
        self.worker = community_worker

    def stays_away(self, line: Line) -> bool:
        return False
