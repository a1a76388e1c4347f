"""A transfer and everybody who tells something about it, for tests in the words of the work."""

from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select

from server.domain.acts import Incoming, Verdict, new_id
from server.domain.readiness import ITEMS
from server.domain.steps import step_states
from server.domain.write_path import perform
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.loading import whole_transfer
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.transfers import Line, Transfer, Vehicle
from tests.world import World

NOBODY_STAYS = {"answer": "nobody", "who": None, "carer_name": None, "carer_phone": None, "desk_name": None}
ASKED = {
    "identity": ["id_card", "birthday"],
    "sources_agree": True,
    "address_read_back": True,
    "address": None,
    "whereabouts": "home",
    "whereabouts_note": None,
    "phone_works": True,
    "temperature": 36.6,
    "symptoms": [],
    "needs": [],
    "medicine_days": None,
    "stays_behind": NOBODY_STAYS,
    "pets": {"answer": "none", "who": None},
    "told": True,
    "agrees": "agrees",
    "note": None,
}
CALL = {"number": "14200000002", "answered_by": "吴前台", "result": "confirmed", "rooms_promised": 2}
ACCEPTED = {"answer": "accepted", "beds_ready": True, "rooms_ready": True, "staff_ready": True}
ALL_ITEMS = dict.fromkeys(ITEMS, True)
CLEAN = {"agent": "chlorine", "strength_mg_l": 1000, "contact_minutes": 30, "aired_minutes": 30, "by_name": "冯师傅", "place": "site"}
TWO_PROOFS = ["id_card", "birthday"]


class Trip:
    """One transfer of the small town: driver1 and escort1, two people, rooms reserved at S1. Lines by their place, from 0."""

    def __init__(self, world: World, people: int = 2, **more):
        self.world = world
        # Each lives in a building of their own, so that the lines come in this order.
        self.people = [world.person(f"王{n}", **{"building": str(n + 1), **more.pop(f"person{n}", {})}) for n in range(people)]
        self._make({"vehicle": world.vehicle, **more})

    @classmethod
    def of(cls, world: World, people: list[str], **more) -> "Trip":
        """A transfer of people who are known already, with driver1 and escort1, the vehicle to be given later."""
        trip = cls.__new__(cls)
        trip.world, trip.people = world, people
        trip._make(more)
        return trip

    @classmethod
    def home(cls, world: World, people: list[str], **more) -> "Trip":
        """A return of these people to 天茂名苑. Their days are over, and whoever is still to be released is, by name."""
        long_ago = world.clock.now().date() - timedelta(days=14)
        for stay in db.session.scalars(select(Stay).where(Stay.person_id.in_(people), Stay.ended_at.is_(None))).all():
            exposed = {"was": db.session.get(Person, stay.person_id).last_exposed_on, "now": long_ago}
            world.do("edit_person", stay.person_id, changes={"last_exposed_on": exposed})
            world.do("release_stay", stay.id, allowed_by="卢院长", reason="纸质结果阴性")
        return cls.of(world, people, kind="return", destination={"kind": "home", "id": world.community}, **more)

    def _make(self, more: dict) -> None:
        world = self.world
        crew = {"driver": world.users["driver1"], "escort": world.users["escort1"]}
        goal = {"kind": "outbound", "destination": {"kind": "site", "id": world.site}}
        self.id = world.do("make_transfer", people=self.people, **{**goal, **crew, **more})
        self.lines = self.lines_of(self.id)
        self.rooms = [self.line(n).room_id for n in range(len(self.people))]
        self._delivery: list[Incoming] | None = None

    # ---- what people say ----

    def says(
        self, type: str, line: int | str | None = None, *, by: str = "driver1", ago: float = 0, target: str | None = None, **args
    ) -> Verdict | None:
        """One operation of a phone, `ago` seconds before it arrives, and its verdict. A line by its place, or of another transfer by id."""
        if line is not None:
            args["line"] = self.lines[line] if isinstance(line, int) else line
        operation = self.operation(type, by=by, ago=ago, target=target, **args)
        if self._delivery is not None:
            self._delivery.append(operation)
            return None
        return self.all_say([operation])[0]

    @contextmanager
    def at_once(self):
        """What is said inside goes up in one delivery."""
        self._delivery = []
        yield
        operations, self._delivery = self._delivery, None
        self.all_say(operations)

    def operation(self, type: str, *, by: str = "driver1", ago: float = 0, target: str | None = None, **args) -> Incoming:
        occurred_at = self.world.clock.now() - timedelta(seconds=ago)
        author, target = self.world.actor(by), target or self.id
        return Incoming(
            type=type, author=author, target=target, args=args, door="phone", id=new_id(), occurred_at=occurred_at, clock_offset_ms=0
        )

    def all_say(self, operations: list[Incoming]) -> list[Verdict]:
        """Several operations in one delivery."""
        return perform(operations, at=self.world.clock.now())

    def verified(self, line: int, **answers) -> Verdict:
        return self.says("verify_person", line, **{**ASKED, **answers})

    def checked(self, **answers) -> Verdict:
        on_at = self.world.clock.now().isoformat()
        ppe = [{"user": self.world.users[name], "on_at": on_at} for name in ("driver1", "escort1")]
        given = {"items": ALL_ITEMS, "ppe": ppe, "checker_kind": "crew", "checker_name": "钱护士", **answers}
        return self.says("check_vehicle", **given)

    def routed(self, **answers) -> Verdict:
        stops = [stop["id"] for stop in self.transfer.stops]
        return self.says("plan_route", **{"stops": stops, "minutes": 60, "night_checked": True, **answers})

    def prepared(self) -> "Trip":
        """Steps 1 to 4 are done."""
        with self.at_once():
            self._prepare()
        return self

    def at_the_door(self) -> "Trip":
        """Prepared, and the coach stands at the pick-up."""
        with self.at_once():
            self._prepare()
            self._drive("en_route", "at_pickup", "people_called")
        return self

    def at_the_gate(self) -> "Trip":
        """Everybody is aboard, and the coach stands at the site."""
        with self.at_once():
            self._prepare()
            self._drive("en_route", "at_pickup", "people_called")
            for n in range(len(self.lines)):
                self.boarded(n)
            self._drive("left_pickup", "at_site")
        return self

    def handed_over(self) -> "Trip":
        """The site has received everybody, and both sides have signed."""
        everybody = dict.fromkeys(range(len(self.lines)), "received")
        with self.at_once():
            for n in everybody:
                self.received(n)
            self.signed("crew", everybody)
            self.signed("site", everybody)
        return self

    def _prepare(self) -> None:
        for n in range(len(self.lines)):
            self.verified(n)
        self.says("answer_docking", by="receiver1", **ACCEPTED)
        self.checked()
        self.routed()

    def _drive(self, *moments: str) -> None:
        for moment in moments:
            self.says("record_moment", moment=moment)

    def boarded(self, line: int, **more) -> Verdict:
        return self.says("board_person", line, **{"identity": TWO_PROOFS, **more})

    def received(self, line: int, by: str = "receiver1", **more) -> Verdict:
        return self.says("receive_person", line, by=by, **{"outcome": "received", "room": self.rooms[line], **more})

    def signed(self, side: str, outcomes: dict[int, str], **more) -> Verdict:
        lines = [{"line": self.lines[n], "outcome": outcome} for n, outcome in outcomes.items()]
        by = "driver1" if side == "crew" else "receiver1"
        return self.says("sign_handover", **{"by": by, "side": side, "lines": lines, "counterpart": "对方", **more})

    # ---- what is so then ----

    @property
    def transfer(self) -> Transfer:
        return self.row(Transfer, self.id)

    @property
    def steps(self) -> dict[str, dict]:
        """Where each of the six steps stands."""
        [transfer] = self.read(select(Transfer).where(Transfer.id == self.id).options(*whole_transfer()))
        return step_states(transfer)

    @property
    def vehicle(self) -> Vehicle:
        return self.row(Vehicle, self.world.vehicle)

    def line(self, n: int) -> Line:
        return self.row(Line, self.lines[n])

    def person(self, n: int) -> Person:
        return self.row(Person, self.people[n])

    def held_by(self, n: int) -> str:
        return self.row(Custody, self.people[n]).holder

    def room(self, n: int) -> Room:
        return self.row(Room, self.rooms[n])

    def stay(self, n: int) -> Stay | None:
        found = self.read(select(Stay).where(Stay.person_id == self.people[n], Stay.ended_at.is_(None)))
        return found[0] if found else None

    def items(self, state: str = "open") -> list[str]:
        """The codes of the items, in the order in which they were raised."""
        of_it = select(Conflict).where(Conflict.state == state).order_by(Conflict.raised_at, Conflict.id)
        return [item.code for item in self.read(of_it)]

    def lines_of(self, transfer: str) -> list[str]:
        """The lines of another transfer."""
        return [line.id for line in self.read(select(Line).where(Line.transfer_id == transfer).order_by(Line.position))]

    def read_all(self, table: type, **where) -> list:
        return self.read(select(table).filter_by(**where))

    def row(self, table: type, id: str):
        db.session.expire_all()
        return db.session.get(table, id)

    def read(self, query) -> list:
        db.session.expire_all()
        return list(db.session.scalars(query))


def verdict_of(verdict: Verdict) -> tuple[str, str | None]:
    return verdict.verdict, verdict.code
