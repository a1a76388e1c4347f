"""What a crew and a site do about one transfer, hour by hour: told as a story that pauses, so that a day tells many at once.

A story yields how long it waits; whoever tells it goes on when the day has come so far. Everything is done through the doors
that real people use, so nothing here can be in a state that no person could have brought about.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from server.demo.phones import Did
from server.demo.trips import Trip
from server.domain.acts import Actor, Incoming
from server.domain.write_path import perform, perform_one
from server.store.database import db
from server.store.transfers import Line, Transfer

ITEMS = (
    "partition_sealed vents_work waste_place vomit_kit disinfectant hand_rub masks spare_ppe fuel heating seat_belts fire_extinguisher"
    " first_aid phone_charger printed_list pass disinfected driver_hours"
).split()
CALLER = "值班调度 韩雪"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def transfer_story(trip: Trip, town) -> Iterator[timedelta]:
    """One transfer from the desk's plan to the disinfected vehicle, as far as the trip goes."""
    transfer_id = town.make(trip)
    if transfer_id is None:
        return
    story = Story(trip, town, transfer_id)
    last = trip.goes_until
    if last == "planned":
        return
    yield from story.verify()
    if last == "verified":
        return
    yield from story.prepare()
    if last == "prepared" or trip.befalls == "refused":
        return
    yield from story.fetch()
    if last == "aboard":
        return
    yield from story.bring()
    yield from story.hand_over()
    town.free_crew(transfer_id)


class Story:
    """The chapters of one transfer."""

    def __init__(self, trip: Trip, town, transfer_id: str):
        self.trip, self.town, self.id = trip, town, transfer_id
        self.crew, self.site = town.crew_phone(transfer_id), town.site_phone(trip.site)
        self.chance = Random(trip.at)

    def whole(self) -> Iterator[timedelta]:
        """All of it; the crew is free at the end."""
        yield from self.verify()
        yield from self.prepare()
        yield from self.fetch()
        yield from self.bring()
        yield from self.hand_over()
        self.town.free_crew(self.id)

    def verify(self) -> Iterator[timedelta]:
        """Step 1: each person by telephone, one after the other."""
        yield minutes(self.chance.uniform(5, 9))
        self.crew_says(*self.one_by_one(self.verified, self.lines()))

    def prepare(self) -> Iterator[timedelta]:
        """Steps 2 to 4: the site's answer, the vehicle, the way."""
        yield minutes(self.chance.uniform(3, 7))
        self.answer_docking()
        yield minutes(self.chance.uniform(3, 6))
        protected = [{"user": user, "on_at": self.town.now.isoformat()} for user in self.town.crew_of(self.id)]
        self.crew_says(self.did("check_vehicle", items=dict.fromkeys(ITEMS, True), ppe=protected,
                                checker_kind="dispatcher_by_phone", checker_name=CALLER, note=None))  # fmt: skip
        yield minutes(self.chance.uniform(2, 5))
        stops = [stop["id"] for stop in self.transfer().stops]
        drive = self.chance.randint(22, 40)
        self.crew_says(self.did("plan_route", stops=stops, minutes=drive, km=None, weather="晴 -2℃", night_checked=True, backup_site=None,
                                pass_no=None, note=None))  # fmt: skip
        if self.trip.befalls == "refused":
            yield minutes(8)
            self.site_says(self.did("answer_docking", **docking("refused", reason="not_disinfected", note="三楼刚退房，尚未终末消毒")))

    def fetch(self) -> Iterator[timedelta]:
        """Step 5, first half: out, and everybody aboard."""
        yield minutes(self.chance.uniform(3, 7))
        self.crew_says(self.moment("en_route"))
        absent = self.lines()[-1].id if self.trip.befalls == "absent" else None
        boarding = self.lines()[:-2] if self.trip.goes_until == "aboard" else self.lines()  # the demo begins in the middle of a roll call
        for place, stop in enumerate(self.transfer().stops):
            yield minutes(self.chance.uniform(3, 5) if place else self.chance.uniform(12, 16))
            self.crew_says(self.moment("at_pickup", stop["id"]))
            yield minutes(2)
            self.crew_says(self.moment("people_called", stop["id"]))
            here = [line for line in boarding if line.stop_id == stop["id"]]
            yield minutes(1.2 * len(here))
            self.crew_says(*self.one_by_one(lambda line: self.away(line) if line.id == absent else self.boarded(line), here))

    def bring(self) -> Iterator[timedelta]:
        """Step 5, second half: away, and to the site."""
        yield minutes(2)
        self.crew_says(self.moment("left_pickup", self.transfer().stops[-1]["id"]))
        if self.trip.befalls == "emergency":
            yield minutes(6)
            first = self.lines()[0].id
            self.crew_says(self.did("report_emergency", line=first, called_120=True, hospital=None, note="胸闷，面色差，已呼120"))
            yield minutes(30)
        yield minutes(self.chance.uniform(20, 30))
        self.crew_says(self.moment("at_site"))
        if self.trip.befalls == "told_twice":
            yield minutes(12)
            self.crew_says(self.moment("at_site"))

    def hand_over(self) -> Iterator[timedelta]:
        """Step 6: person by person, both sign, then the vehicle is disinfected."""
        yield minutes(1.2 * len(self.aboard()))
        self.receive(self.aboard())
        if self.trip.befalls == "two_rooms":
            one, other = self.all_lines()[:2]
            self.crew_says(self.received(one, other.room_id))
        yield minutes(3)
        outcomes = [{"line": line.id, "outcome": "absent" if line.outcome == "absent" else "received"} for line in self.all_lines()]
        self.sign(outcomes)
        self.crew_says(self.did("sign_handover", side="crew", lines=outcomes, counterpart=self.receiver, note=None))
        yield minutes(self.chance.uniform(63, 75))  # disinfected for half an hour, then aired for half an hour
        self.crew_says(self.did("disinfect_vehicle", agent="chlorine", strength_mg_l=1000, contact_minutes=30, aired_minutes=30,
                                by_name="消毒员 梁静", place="site", note=None))  # fmt: skip

    @property
    def receiver(self) -> str:
        return self.site.user.name

    def receive(self, aboard: list[Line]) -> None:
        self.site_says(*self.one_by_one(lambda line: self.received(line, line.room_id), aboard))

    def sign(self, outcomes: list[dict]) -> None:
        self.site_says(self.did("sign_handover", side="site", lines=outcomes, counterpart=self.crew.user.name, note=None))

    def answer_docking(self) -> None:
        people = len(self.lines())
        if self.trip.befalls in ("by_telephone", "refused"):
            call = {"number": "0431-00000002", "answered_by": "前台 小刘", "result": "confirmed", "rooms_promised": people}
            self.crew_says(self.did("record_dock_call", **call, reason=None, gate="北门", note=None))
        else:
            self.site_says(self.did("answer_docking", **docking("accepted", gate="北门")))

    # ---- words ----

    def crew_says(self, *did: Did) -> None:
        self.crew.send(self.town.now, list(did))

    def site_says(self, *did: Did) -> None:
        self.site.send(self.town.now, list(did))

    def did(self, type: str, **args) -> Did:
        return Did(type, self.id, args)

    def one_by_one(self, tell: Callable[[Line], Did], lines: list[Line]) -> list[Did]:
        """One person after the other, a little more than a minute each, the last one now: sent together when there is signal."""
        return [replace(tell(line), ago=minutes(1.2 * (len(lines) - place))) for place, line in enumerate(lines, start=1)]

    def moment(self, moment: str, stop: str | None = None) -> Did:
        return self.did("record_moment", moment=moment, stop=stop, allowed_by=None)

    def verified(self, line: Line) -> Did:
        return self.did(
            "verify_person", line=line.id, identity=["call_back", "birthday"], sources_agree=True, address_read_back=True,
            address=None, whereabouts="home", whereabouts_note=None, phone_works=True, temperature=None, symptoms=[],
            needs=[need["code"] for need in line.person.needs], medicine_days=None,
            stays_behind={"answer": "nobody", "who": None, "carer_name": None, "carer_phone": None, "desk_name": None},
            pets={"answer": "none", "who": None}, told=True, agrees="agrees", note=None,
        )  # fmt: skip

    def boarded(self, line: Line) -> Did:
        temperature = round(self.chance.uniform(36.2, 36.9), 1)
        return self.did(
            "board_person", line=line.id, identity=["id_card", "face"], temperature=temperature, mask=True, seat=None, allowed_by=None
        )

    def away(self, line: Line) -> Did:
        return self.did("record_outcome", line=line.id, outcome="absent", note="邻居说已被家人接走")

    def received(self, line: Line, room: str | None) -> Did:
        return self.did("receive_person", line=line.id, outcome="received", room=room, reason=None, temperature=36.5, note=None)

    # ---- what is so ----

    def transfer(self) -> Transfer:
        """The transfer with its lines and people, as they stand now."""
        parts = selectinload(Transfer.lines).selectinload(Line.person)
        query = select(Transfer).where(Transfer.id == self.id).options(parts).execution_options(populate_existing=True)
        transfer = db.session.scalars(query).one()
        db.session.commit()
        return transfer

    def all_lines(self) -> list[Line]:
        return sorted(self.transfer().lines, key=lambda line: line.position)

    def lines(self) -> list[Line]:
        return [line for line in self.all_lines() if line.open]

    def aboard(self) -> list[Line]:
        return [line for line in self.all_lines() if line.state == "aboard"]


class Homeward(Story):
    """The chapters in which a return differs: a `worker` of the community gives its word, takes each person by name, and signs."""

    worker: Actor

    def answer_docking(self) -> None:
        self.worker_does("accept_return", accepted_by=self.worker.name)

    def verified(self, line: Line) -> Did:
        told = super().verified(line)
        return self.did("verify_person", **{**told.args, "stays_behind": None, "pets": None})

    @property
    def receiver(self) -> str:
        return self.worker.name

    def receive(self, aboard: list[Line]) -> None:
        said = [Incoming("receive_person", self.worker, self.received(line, None).args, target=self.id) for line in aboard]
        perform(said, at=self.town.now)

    def sign(self, outcomes: list[dict]) -> None:
        self.worker_does("sign_handover", side="site", lines=outcomes, counterpart=self.crew.user.name, note=None)

    def worker_does(self, type: str, **args) -> None:
        perform_one(type, author=self.worker, at=self.town.now, target=self.id, **args)


def docking(answer: str, **said) -> dict:
    """A site's answer, everything ready unless said."""
    ready = answer == "accepted"
    usual = {"reason": None, "rooms": None, "beds_ready": ready, "rooms_ready": ready, "staff_ready": True, "gate": None, "note": None}
    return {"answer": answer, **usual, **said}
