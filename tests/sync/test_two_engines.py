"""R14: the same acts in the same order leave the same state on SQLite and on PostgreSQL, row for row."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.cli import migrate_database
from server.clock import Clock
from server.domain import acts
from server.settings import read_settings
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.people import Person
from server.store.rooms import Room
from server.store.transfers import Line, Transfer
from server.ticker import pass_time
from tests.conftest import EVENING, running
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, VERIFIED
from tests.world import World

ACTS = 250
STATES = ("vacated_dirty", "disinfecting", "aerating", "inspecting", "provisioning", "ready", "hold", "occupied", "reserved")
SECRETS = {"password_hash", "upload_hash", "token_hash"}  # random by nature: Argon2's salt, tokens
UNORDERED = {"epoch": "id", "sign_in": "token_hash"}  # whose key is random


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_acts_leave_the_same_rows_on_both_engines(seed, cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(Clock, "now", lambda clock: clock._start)  # it stands until it is moved
    told, rows = {}, {}
    for engine, url in (("sqlite", ""), ("postgresql", cluster.new_database())):
        monkeypatch.setattr(acts, "uuid7", Numbered())
        # In one folder: the same secret signs cursors and seals numbers.
        for app in running(read_settings({"DATA": str(tmp_path), "DATABASE_URL": url})):
            app.clock.set(EVENING)
            migrate_database(app)
            assert db.engine.dialect.name == engine
            told[engine], rows[engine] = list(History(World(app), seed)), dump()
    assert told["sqlite"] == told["postgresql"]
    assert rows["sqlite"].keys() == rows["postgresql"].keys()
    for table in rows["sqlite"]:
        assert rows["sqlite"][table] == rows["postgresql"][table], table
    verdicts = Counter(verdict for _act, verdict, _code in told["sqlite"])
    assert verdicts["applied"] > ACTS / 8, verdicts  # a trace in which nothing happens would prove nothing
    assert verdicts["flagged"] and verdicts["refused"], verdicts


class Numbered:
    """Ids one after another, in place of random ones."""

    def __init__(self):
        self._last = 0

    def __call__(self) -> str:
        self._last += 1
        return f"0190c000-0000-7000-8000-{self._last:012x}"


class History:
    """Some hundreds of acts of desks, crews, sites and the clock, chosen by a seed among what there is to do. Gives what each was told."""

    def __init__(self, world: World, seed: int):
        self.world, self.chance = world, random.Random(seed)
        world.user("driver", "driver3")
        self.phones = [Phone(world, name, page=9) for name in ("driver1", "driver2", "escort1", "receiver1", "head1")]
        self.doing = [
            self.lists,
            self.plans,
            self.reassigns,
            self.cancels,
            self.resolves,
            self.passes,
            *[self.speaks] * 8,
            *[self.syncs] * 3,
        ]

    def __iter__(self) -> Iterator[tuple]:
        for n in range(ACTS):
            yield from self.chance.choice(self.doing)(n)
            self.world.clock.set(self.world.clock.now() + timedelta(seconds=self.chance.randrange(1, 240)))
        for phone in self.phones:
            phone.sync()
            yield (phone.username, "at rest", repr(sorted(phone.records.items())))

    def one(self, items: list):
        return self.chance.choice(items) if items else None

    def ids(self, column, *where) -> list[str]:
        return list(db.session.scalars(select(column).where(*where).order_by(column)))

    def at_a_desk(self, type: str, target: str | None = None, **args) -> Iterator[tuple]:
        verdict = self.world.say(type, target, **args)
        yield (type, verdict.verdict, verdict.code)

    def lists(self, n: int) -> Iterator[tuple]:
        self.world.person(f"住户{n}", category=self.one(["close_contact", "confirmed"]), birth_year=1930 + n % 80)
        yield ("list_person", "applied", None)

    def plans(self, n: int) -> Iterator[tuple]:
        people = self.ids(Person.id, Person.state == "listed")
        chosen = self.chance.sample(people, min(len(people), self.chance.randrange(1, 4)))
        crew = {"driver": self.world.users[self.one(["driver1", "driver2"])], "escort": self.one([None, self.world.users["escort1"]])}
        yield from self.at_a_desk(
            "make_transfer", kind="outbound", people=chosen, destination={"kind": "site", "id": self.world.site}, **crew
        )

    def reassigns(self, n: int) -> Iterator[tuple]:
        if transfer := self.one(self.ids(Transfer.id)):
            yield from self.at_a_desk("reassign_transfer", transfer, driver=self.world.users[self.one(["driver1", "driver2", "driver3"])])

    def cancels(self, n: int) -> Iterator[tuple]:
        if n % 5 == 0 and (transfer := self.one(self.ids(Transfer.id, Transfer.state != "cancelled"))):
            yield from self.at_a_desk("cancel_transfer", transfer, reason="名单有误")

    def resolves(self, n: int) -> Iterator[tuple]:
        if item := self.one(self.ids(Conflict.id, Conflict.state == "open")):
            yield from self.at_a_desk("resolve_conflict", item, resolution="电话核实过")

    def passes(self, n: int) -> Iterator[tuple]:
        yield ("clock", pass_time(self.world.clock.now()), None)

    def speaks(self, n: int) -> Iterator[tuple]:
        """Somebody records something on a phone; it is sent some time later."""
        phone = self.one(self.phones)
        if phone.username in ("receiver1", "head1") and self.chance.random() < 0.5:
            phone.record("set_room_state", self.one(self.ids(Room.id)), state=self.one(STATES), reason=self.one([None, "修水管"]))
        elif line := self.one(db.session.execute(select(Line.id, Line.transfer_id).order_by(Line.id)).all()):
            type, args = self.one(SAYINGS)
            phone.record(type, line.transfer_id, ago_s=self.chance.randrange(0, 4_000), **args(line.id))
        return iter(())

    def syncs(self, n: int) -> Iterator[tuple]:
        phone = self.one(self.phones)
        brought = [wire.id for wire in phone.outbox]
        if self.chance.random() < 0.2:
            phone.lose_answer()
        phone.sync()
        for id in brought:
            result = phone.kept[id][1]
            yield (id, result["verdict"], result["code"])


SAYINGS = [
    ("verify_person", lambda line: {"line": line, **VERIFIED}),
    ("record_moment", lambda line: {"moment": "en_route", "stop": None, "allowed_by": None}),
    ("record_moment", lambda line: {"moment": "at_pickup", "stop": None, "allowed_by": None}),
    ("record_moment", lambda line: {"moment": "left_pickup", "stop": None, "allowed_by": "赵调度"}),
    ("record_moment", lambda line: {"moment": "at_site", "stop": None, "allowed_by": None}),
    ("board_person", lambda line: {"line": line, "identity": IDENTITY}),
    ("board_person", lambda line: {"line": line, "identity": IDENTITY, "allowed_by": "赵调度"}),
    ("record_outcome", lambda line: {"line": line, "outcome": "absent", "note": ""}),
    ("receive_person", lambda line: {"line": line, "outcome": "received", "room": None}),
    ("report_problem", lambda line: {"step": "move", "reason": "other", "line": line, "note": "路口封了"}),
    ("sign_handover", lambda line: {"side": "crew", "lines": [{"line": line, "outcome": "received"}], "counterpart": "吴前台"}),
    ("nonsense", lambda line: {"line": line}),
]


def dump() -> dict[str, list[tuple]]:
    """Every row of every table, in an order that the engine has no part in."""
    tables = {}
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in SECRETS and UNORDERED.get(table.name) != column.name]
        rows = [tuple(normal(value) for value in row) for row in db.session.execute(select(*columns))]
        tables[table.name] = sorted(rows, key=repr)
    return tables


def normal(value: object) -> object:
    """JSON columns come back as objects whose keys PostgreSQL may keep in another order."""
    return repr(sorted(value.items())) if isinstance(value, dict) else repr(value) if isinstance(value, list) else value
