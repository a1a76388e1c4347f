"""Sync: operations judged in a second, one round of a working day, and the first round of a busy site."""

import json
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from server.domain.acts import Actor, Incoming, new_id
from server.domain.readiness import ITEMS
from server.domain.write_path import perform
from server.store.change_log import Delivery
from server.store.database import db, transaction
from server.store.transfers import Line
from sync.apply import apply_operations
from tests.bench.figures import AT_LEAST, Aim, Effort, Figure, milliseconds
from tests.bench.house import house
from tests.conftest import EVENING
from tests.postgres import DURABLE, Postgres
from tests.sync.phone import Phone, Wire
from tests.sync.town import VERIFIED
from tests.world import OPERATOR, World

OPERATIONS_A_SECOND = Aim("median", AT_LEAST, 3_000)
SIXTY, HUNDRED = 17, 30  # people aboard whose whole day makes 60 and 100 operations


def judged_operations(effort: Effort) -> list[Figure]:
    """A coach's whole day in one request, judged and committed: SQLite with `synchronous=FULL`."""
    with house(EVENING) as app:
        world = City(app)
        return [judged(world, people, size, effort.times(15, 1), OPERATIONS_A_SECOND) for people, size in ((SIXTY, 60), (HUNDRED, 100))]


def judged_on_postgres(effort: Effort) -> list[Figure]:
    """The same on PostgreSQL as a city would run it: an answer waits for the disk."""
    with Postgres(DURABLE) as server, house(EVENING, database_url=server.new_database()) as app:
        world = City(app)
        return [judged(world, people, size, effort.times(15, 1)) for people, size in ((SIXTY, 60), (HUNDRED, 100))]


def judged(world: "City", people: int, size: int, times: int, aim: Aim | None = None) -> Figure:
    samples, floors = [], []
    author = world.actor("driver1")
    for _ in range(times + 1):
        wires = [wire.sent() for wire in a_day(world, "driver1", world.trip(people))[:size]]
        device = new_id()
        took = milliseconds(lambda wires=wires, device=device: judge(world, wires, device, author))
        samples.append(size / took * 1000)
        floors.append(size / milliseconds(lambda n=size: plain_rows(n)) * 1000)
    floor = ("plain rows inserted and committed a second", floors[1:])
    return Figure(f"operations judged, {size} a request", "a second", samples[1:], aim, floor)


def one_round(effort: Effort) -> list[Figure]:
    """A receiver's phone after an hour without signal: 60 operations up, 200 changes down, over HTTP with gzip (in process)."""
    with house(EVENING) as app:
        world = City(app)
        phone, samples = Phone(world, "receiver1"), []
        phone.sync()
        for n in range(effort.times(12, 1) + 1):
            arrivals = world.trip(30)
            world.change_rooms(200, reason=f"第{n}轮")
            for line in world.lines(arrivals):
                phone.record("receive_person", arrivals, line=line, outcome="received")
                phone.record("report_problem", arrivals, step="handover", reason="other", line=line)
            samples.append(milliseconds(phone.round))
            came = len(phone.pages[-1]["changes"])
            assert came >= 200 and not phone.outbox
            phone.sync()
        return [Figure("one round: 60 operations, 200 changes and what they caused", "ms", samples[1:])]


def first_sync(effort: Effort) -> list[Figure]:
    """A new phone at a site that expects 200 transfers of five people: until the screen opens, and until all has come."""
    with house(EVENING) as app:
        world = City(app)
        for _ in range(effort.times(200, 2)):
            world.trip(5)
        opened, whole = [], []
        for _ in range(effort.times(7, 1) + 1):
            phone = Phone(world, "receiver1")
            opened.append(milliseconds(lambda phone=phone: until_transfers(phone)))
            whole.append(opened[-1] + milliseconds(phone.sync))
        size = sum(len(json.dumps(page, ensure_ascii=False).encode()) for page in phone.pages) / 1024
        return [
            Figure("first sync of 200 transfers, until they show", "ms", opened[1:]),
            Figure("first sync of 200 transfers with 1,000 people and all rooms", "ms", whole[1:], note=f"{size:,.0f} KB before gzip"),
        ]


class City(World):
    """The small town, with a site large enough for a bench."""

    def __init__(self, app):
        super().__init__(app)
        self.beds, self.trips = 0, 0

    def trip(self, people: int, driver: str = "driver1") -> str:
        """A transfer of these many people to S1 with this driver, verified by nobody yet."""
        self.add_beds(people)
        area = self.area("宽城")
        known = {"category": "close_contact", "sex": "male", "birth_year": 1980, "phone": "14200001000", "compound": "天茂名苑",
                 "home_area_id": area, "pickup_area_id": area, "responsible_area_id": area}  # fmt: skip
        listed = self.all("list_person", [{**known, "name": f"住户{n}"} for n in range(people)])
        goal = {"kind": "site", "id": self.site}
        return self.do("make_transfer", kind="outbound", people=listed, destination=goal, driver=self.users[driver])

    def add_beds(self, count: int) -> None:
        rooms = [{"site": "S1", "building": "副楼", "floor": f"{n // 50}", "number": f"{n}", "kind": "single"}
                 for n in range(self.beds, self.beds + count)]  # fmt: skip
        self.all("save_room", rooms)
        self.beds += count

    def change_rooms(self, count: int, reason: str) -> None:
        """What a desk changes at the site meanwhile: one change of each of these many rooms."""
        rooms = [{"site": "S1", "building": "新楼", "floor": "1", "number": f"{n}"} for n in range(count)]
        self.all("save_room", [{**room, "kind": reason} for room in rooms])

    def all(self, type: str, many: list[dict]) -> list:
        """One operation of a type for each of these arguments, in one transaction."""
        done = perform([Incoming(type=type, author=OPERATOR, args=args) for args in many], at=self.clock.now())
        assert all(verdict.took_effect for verdict in done), done
        return [verdict.made for verdict in done]

    def lines(self, transfer: str) -> list[str]:
        return list(db.session.scalars(select(Line.id).where(Line.transfer_id == transfer).order_by(Line.position)))


def a_day(world: City, username: str, transfer: str, begins: datetime | None = None) -> list[Wire]:
    """All that a driver tells on one trip, in order: six steps, each person at the door and at the site. It `begins` three hours ago."""
    said = Saying(world, username, transfer, begins or world.clock.now() - timedelta(hours=3))
    lines = world.lines(transfer)
    for line in lines:
        said("verify_person", line=line, **VERIFIED)
    said("record_dock_call", number="14200000002", answered_by="吴前台", result="confirmed", rooms_promised=len(lines))
    said("check_vehicle", items=dict.fromkeys(ITEMS, True), ppe=[], checker_kind="dispatcher_by_phone", checker_name="赵调度")
    said("plan_route", stops=[], minutes=40, km=18.5, weather="晴", night_checked=True, pass_no="吉通0417")
    for moment in ("en_route", "at_pickup", "people_called"):
        said("record_moment", moment=moment)
    for line in lines:
        said("board_person", line=line, identity=["id_card", "face"], temperature=36.5, mask=True)
    for moment in ("left_pickup", "at_site"):
        said("record_moment", moment=moment)
    for line in lines:
        said("receive_person", line=line, outcome="received", temperature=36.5)
    said("sign_handover", side="crew", lines=[{"line": line, "outcome": "received"} for line in lines], counterpart="吴前台")
    return said.wires


class Saying:
    """A phone's outbox, written down without a phone."""

    def __init__(self, world: City, username: str, transfer: str, begins: datetime):
        self.wires: list[Wire] = []
        self._user, self._transfer, self._at = world.users.get(username, username), transfer, begins

    def __call__(self, type: str, **args) -> None:
        self._at += timedelta(seconds=30)
        body = {"type": type, "author": self._user, "target": self._transfer, "base_rev": 1, "args": args,
                "occurred_at": self._at.isoformat(), "clock_offset_ms": 0, "app": "bench"}  # fmt: skip
        self.wires.append(Wire(len(self.wires) + 1, new_id(), json.dumps(body, ensure_ascii=False, separators=(",", ":"))))


def judge(world: City, wires: list[dict], device: str, author: Actor) -> None:
    """As a request does it: in a context, and so in a session, of its own."""
    with world.app.app_context():
        announced = {"app": "bench", "unsent": 0}
        done = apply_operations(wires, device_id=device, author=author, at=world.clock.now(), announced=announced)
    verdicts = {result["verdict"] for result in done.results}
    assert len(done.results) == len(wires) and verdicts <= {"applied", "flagged"}, done.results


def plain_rows(count: int) -> None:
    """What cannot be beaten: as many rows of one narrow table, written at once and committed."""
    with transaction() as session:
        rows = [{"device_id": new_id(), "seq": n, "operation_id": new_id(), "hash": "0" * 64} for n in range(count)]
        session.execute(insert(Delivery), rows)


def until_transfers(phone: Phone) -> None:
    while not phone.shows("transfer"):
        phone.round()
