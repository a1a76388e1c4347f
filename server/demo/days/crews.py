"""What crews, sites and communities do about one transfer of the simulated days: the chapters of the demo's stories, drawn by lot."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from server.demo.days.city import KM_AN_HOUR, City
from server.demo.stories import CALLER, ITEMS, Story, minutes
from server.demo.trips import Trip
from server.domain.write_path import perform_one
from server.store.transfers import Line

ABSENT_IN = 0.02  # of all people called down: seeded, like everything here


class Journey(Story):
    """One transfer to a site, from verification to the disinfected vehicle."""

    def __init__(self, city: City, transfer_id: str, site_id: str, *, km: float):
        self.town, self.id, self.km = city, transfer_id, km
        self.trip = Trip(at="", unit="", group="", people=0, site=site_id)
        self.chance = Random(f"{city.seed} {city.now.isoformat()} {sum(city.trips_of.values())}")
        self.crew, self.site = city.crew_phone(transfer_id), city.site_phone(site_id)

    def whole(self) -> Iterator[timedelta]:
        """All of it; the crew is free at the end."""
        yield from self.verify()
        yield from self.prepare()
        yield from self.fetch()
        yield from self.bring()
        yield from self.hand_over()
        self.town.free_crew(self.id)

    def fetch(self) -> Iterator[timedelta]:
        """Out, and aboard who comes: now and then somebody is not at home."""
        yield minutes(self.chance.uniform(3, 7))
        self.crew_says(self.moment("en_route"))
        for place, stop in enumerate(self.transfer().stops):
            yield minutes(self.chance.uniform(4, 8) if place else self.chance.uniform(12, 25))
            self.crew_says(self.moment("at_pickup", stop["id"]), self.moment("people_called", stop["id"]))
            here = [line for line in self.lines() if line.stop_id == stop["id"]]
            yield minutes(2 + 1.2 * len(here))
            told = [self.away(line) if self.stays_away(line) else self.boarded(line) for line in here]
            if told:
                self.crew_says(*told)

    def stays_away(self, line: Line) -> bool:
        return self.chance.random() < ABSENT_IN

    def bring(self) -> Iterator[timedelta]:
        """Away, and there: as long as the way is."""
        yield minutes(2)
        self.crew_says(self.moment("left_pickup", self.transfer().stops[-1]["id"]))
        yield minutes(8 + 60 * self.km / KM_AN_HOUR * self.chance.uniform(0.9, 1.3))
        self.crew_says(self.moment("at_site"))

    def hand_over(self) -> Iterator[timedelta]:
        """Person by person, both sign, then the vehicle is disinfected where it stands."""
        aboard = self.aboard()
        if aboard:
            yield minutes(1.2 * len(aboard))
            self.receive(aboard)
        yield minutes(3)
        outcomes = [{"line": line.id, "outcome": "received" if line.state == "received" else "absent"} for line in self.all_lines()]
        self.sign(outcomes)
        yield minutes(self.chance.uniform(63, 75))
        self.crew_says(self.did("disinfect_vehicle", agent="chlorine", strength_mg_l=1000, contact_minutes=30, aired_minutes=30,
                                by_name="消毒员 梁静", place="site", note=None))  # fmt: skip

    def receive(self, aboard: list[Line]) -> None:
        self.site_says(*self.one_by_one(lambda line: self.received(line, line.room_id), aboard))

    def sign(self, outcomes: list[dict]) -> None:
        self.site_says(self.did("sign_handover", side="site", lines=outcomes, counterpart=self.crew.user.name, note=None))
        self.crew_says(self.did("sign_handover", side="crew", lines=outcomes, counterpart=self.site.user.name, note=None))


class WayHome(Journey):
    """People whose isolation is over go home: their community takes them by name, their rooms are dirty when they have left."""

    def __init__(self, city: City, transfer_id: str, site_id: str, *, km: float, community_worker):
        super().__init__(city, transfer_id, site_id, km=km)
        self.worker = community_worker

    def prepare(self) -> Iterator[timedelta]:
        yield minutes(self.chance.uniform(3, 7))
        self.worker_does("accept_return", accepted_by=self.worker.name)
        yield minutes(self.chance.uniform(3, 6))
        protected = [{"user": user, "on_at": self.town.now.isoformat()} for user in self.town.crew_of(self.id)]
        self.crew_says(self.did("check_vehicle", items=dict.fromkeys(ITEMS, True), ppe=protected,
                                checker_kind="dispatcher_by_phone", checker_name=CALLER, note=None))  # fmt: skip
        yield minutes(self.chance.uniform(2, 5))
        stops = [stop["id"] for stop in self.transfer().stops]
        self.crew_says(self.did("plan_route", stops=stops, minutes=30, km=None, weather="晴 -2℃", night_checked=True, backup_site=None,
                                pass_no=None, note=None))  # fmt: skip

    def verified(self, line: Line):
        told = super().verified(line)
        return self.did("verify_person", **{**told.args, "stays_behind": None, "pets": None})

    def stays_away(self, line: Line) -> bool:
        return False

    def receive(self, aboard: list[Line]) -> None:
        for line in aboard:
            self.worker_does("receive_person", line=line.id, outcome="received", room=None, reason=None, temperature=36.5, note=None)

    def sign(self, outcomes: list[dict]) -> None:
        self.worker_does("sign_handover", side="site", lines=outcomes, counterpart=self.crew.user.name, note=None)
        self.crew_says(self.did("sign_handover", side="crew", lines=outcomes, counterpart=self.worker.name, note=None))

    def worker_does(self, type: str, **args) -> None:
        perform_one(type, author=self.worker, at=self.town.now, target=self.id, **args)
