"""Whatever happens at a site, at every moment the ledger's counts equal a recount of the log of operations in plain dictionaries."""

import json
import shutil
from collections import Counter, defaultdict
from copy import copy
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from server.domain.acts import Incoming, Verdict
from server.domain.ledger import NOT_AVAILABLE
from server.domain.turnover_rules import CHECKLIST
from server.domain.write_path import perform
from server.settings import read_settings
from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.lists.ledger import rooms_by_state
from server.store.rooms import Stay
from server.store.site_days import SiteDay
from server.store.transfers import Line
from server.ticker import pass_time
from tests.conftest import EVENING, running
from tests.counted import counted_by_hand, kept
from tests.domain.test_stay_days import WELL
from tests.histories import histories
from tests.world import OPERATOR, World

ZONE = ZoneInfo("Asia/Shanghai")
LIVED_IN_ON_HOLD = "hold, with somebody inside"  # to the register a room on hold, to its occupancy an occupied one
RECORD = {"agent": "chlorine", "strength_mg_l": 1000, "contact_minutes": 30, "aired_minutes": 30, "provisioned": list(CHECKLIST)}
CYCLE = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning", "ready")
room, person = some.integers(0, 3), some.integers(0, 4)
HAPPENINGS = some.one_of(
    some.tuples(some.just("see"), room, some.sampled_from(("blocked", "hold", "vacated_dirty", "occupied", "staff_use"))),
    some.tuples(some.just("see_late"), room, some.integers(1, 90)),
    some.tuples(some.just("work_on"), room, some.integers(1, 7)),
    some.tuples(some.just("list"), some.sampled_from(("close_contact", "screen_positive"))),
    some.tuples(some.just("plan"), person, room),
    some.tuples(some.just("cancel"), person),
    some.tuples(some.just("receive"), person),
    some.tuples(some.just("receive"), person),
    some.tuples(some.just("leave"), person),
    some.tuples(some.just("fever"), person),
    some.tuples(some.just("wait"), some.integers(5, 400)),
)


@pytest.fixture(scope="module")
def town(migrated, tmp_path_factory):
    """The small town, made once: each history begins with a copy of it."""
    data = tmp_path_factory.mktemp("town") / "data"
    shutil.copytree(migrated, data)
    for app in running(read_settings({"DATA": str(data)})):
        world = World(app)
    return data, world


@pytest.mark.timeout(600)
@given(history=some.lists(HAPPENINGS, min_size=4, max_size=16))
@histories(10)
def test_counts_equal_a_recount_from_the_operations_at_every_moment_and_on_every_day(town, tmp_path_factory, history):
    data = tmp_path_factory.mktemp("history") / "data"
    shutil.copytree(town[0], data)
    for app in running(read_settings({"DATA": str(data)})):
        site = SiteLife(town[1], app)
        for what, *which in [("list", "close_contact"), ("plan", 0, 0), *history]:
            getattr(site, what)(*which)
            assert rooms_by_state(db.session)[site.world.site] == Recount(site).rooms_now(), (what, which)
            assert kept() == counted_by_hand(), (what, which)
        site.wait(2 * 24 * 60)  # so that every night has had what came late
        assert kept() == counted_by_hand()
        recounted, days = Recount(site), db.session.scalars(select(SiteDay)).all()
        assert days
        for row in days:
            assert recounted.rooms_at_the_end(row.day) == row.rooms, row.day
            assert recounted.day(row.day) == pytest.approx(as_told(row), abs=0.1), row.day
    shutil.rmtree(data)


class SiteLife:
    """Four rooms of S1 and the people around them. What it does goes through the doors; it remembers only which transfer came of what."""

    def __init__(self, world: World, app):
        self.world = copy(world)
        self.world.app, self.world.clock = app, app.clock
        self.world.clock.set(EVENING)
        self.rooms, self.people, self.made = self.world.rooms[:4], [], {}

    def tell(self, type: str, target: str | None, by: str | None = None, ago_minutes: int = 0, **args) -> Verdict:
        """One operation; a moment later the next."""
        self.world.pass_time(seconds=1)
        now = self.world.clock.now()
        phone = {"door": "phone", "occurred_at": now - timedelta(minutes=ago_minutes)} if by else {}
        author = self.world.actor(by) if by else OPERATOR
        [verdict] = perform([Incoming(type, author, args, target=target, **phone)], at=now)
        return verdict

    def see(self, room: int, state: str) -> None:
        self.tell("set_room_state", self.rooms[room], "receiver1", state=state, reason="看到的")

    def see_late(self, room: int, minutes: int) -> None:
        self.tell("set_room_state", self.rooms[room], "receiver1", ago_minutes=minutes, state="blocked", reason="停水")

    def work_on(self, room: int, steps: int) -> None:
        """So many steps of the turnover, each with the time that it needs; who inspects is another person."""
        for number, state in enumerate(CYCLE[:steps]):
            self.tell("set_room_state", self.rooms[room], "receiver1" if number < 4 else "head1", state=state, reason="周转", **RECORD)
            self.world.pass_time(minutes=31)

    def list(self, category: str) -> None:
        area = self.world.area("宽城")
        areas = {"home_area_id": area, "pickup_area_id": area, "responsible_area_id": area, "community_id": self.world.community}
        listed = self.tell("list_person", None, name=f"王{len(self.people)}", category=category, **areas)
        self.people.append({"id": listed.made, "category": category})

    def plan(self, person: int, room: int) -> None:
        if person < len(self.people):
            one = self.people[person]
            goal = {"kind": "site", "id": self.world.site}
            planned = self.tell(
                "make_transfer", None, kind="outbound", people=[one["id"]], destination=goal, rooms={one["id"]: self.rooms[room]}
            )
            if planned.took_effect:
                one["transfer"], one["room"] = planned.made, self.rooms[room]
                self.made[planned.id] = planned.made

    def cancel(self, person: int) -> None:
        if transfer := self._of(person, "transfer"):
            self.tell("cancel_transfer", transfer, reason="改派")

    def receive(self, person: int) -> None:
        if transfer := self._of(person, "transfer"):
            told = {"line": self._line(transfer), "outcome": "received", "room": self.people[person]["room"]}
            self.tell("receive_person", transfer, "receiver1", **told)

    def leave(self, person: int) -> None:
        """Released by name, on a return, and out of the door."""
        stay = select(Stay.id).where(Stay.person_id == self._of(person, "id"), Stay.ended_at.is_(None))
        if stay := db.session.scalar(stay):
            self.made[self.tell("release_stay", stay, allowed_by="卢院长", reason="纸质结果阴性").id] = person
            goal = {"kind": "home", "id": self.world.community}
            one = self.people[person]
            home = self.tell("make_transfer", None, kind="return", people=[one["id"]], destination=goal, driver=self.world.users["driver1"])
            if home.took_effect:
                self.made[home.id] = home.made
                told = {"line": self._line(home.made), "identity": ["id_card", "face"]}
                self.tell("board_person", home.made, "driver1", **told)

    def fever(self, person: int) -> None:
        """On the round: the room is on hold from then on, with whoever is in it."""
        stay = select(Stay.id).where(Stay.person_id == self._of(person, "id"), Stay.ended_at.is_(None), Stay.site_id.is_not(None))
        if stay := db.session.scalar(stay):
            told = self.tell("record_health", stay, "receiver1", **{**WELL, "temperature": 38.2})
            self.made[told.id] = person

    def wait(self, minutes: int) -> None:
        for _ in range(0, minutes, 480):
            self.world.pass_time(minutes=min(minutes, 480))
            pass_time(self.world.clock.now())

    def _of(self, person: int, what: str) -> str | None:
        return self.people[person].get(what) if person < len(self.people) else None

    def _line(self, transfer: str) -> str:
        return db.session.scalar(select(Line.id).where(Line.transfer_id == transfer))


class Recount:
    """The log read from its beginning: dictionaries of rooms, people and transfers, and nothing of the product's own."""

    def __init__(self, site: SiteLife):
        self.ids, self.transfers, self.people = [one["id"] for one in site.people], {}, []
        self.came, self.left, self.expired, self.released = [], [], [], []
        self.flags = defaultdict(set)  # {operation: codes of the items that it opened}
        for item in db.session.scalars(select(Conflict)):
            self.flags[item.operation_id].add(item.code)
        log = db.session.scalars(select(Operation).order_by(Operation.received_at, Operation.id)).all()
        saved = [row.happened_at for row in log if row.type == "save_room"]
        self.spells = {room: [("ready", at)] for room, at in zip(site.world.rooms, saved, strict=True)}
        for row in log:
            if row.verdict in ("applied", "flagged") and hasattr(self, f"_{row.type}"):
                self.made = site.made.get(row.id)
                getattr(self, f"_{row.type}")(row, json.loads(row.body).get("args", {}))

    # ---- what each operation did ----

    def _set_room_state(self, row, args) -> None:
        state, since = self.spells[row.target][-1]
        state = as_registered(state)
        late = row.happened_at < since and not (args["state"] == "blocked" and state not in ("blocked", "hold"))
        if self.flags[row.id] <= {"room.lost_while_reserved"} and args["state"] != state and not late:
            self._move(row.target, args["state"], row.happened_at)

    def _list_person(self, row, args) -> None:
        self.people.append(
            {
                "category": args["category"],
                "waits": row.happened_at,
                "planned": [],
                "gone": None,
                "here": False,
                "room": None,
                "released": None,
            }
        )

    def _make_transfer(self, row, args) -> None:
        who = self.ids.index(args["people"][0])
        room = (args.get("rooms") or {}).get(args["people"][0])
        planned = [row.happened_at, None]
        told = {"who": who, "room": room, "kind": args["kind"], "open": True, "planned": planned, "received": False}
        self.transfers[self.made] = told
        if args["kind"] == "outbound":
            self.people[who]["planned"].append(planned)
            self._move(room, "reserved", row.happened_at)

    def _cancel_transfer(self, row, args) -> None:
        transfer = self.transfers[row.target]
        self._give_back(transfer, row.happened_at)
        self._end(transfer, row.happened_at)

    def _expire_hold(self, row, args) -> None:
        transfer = self.transfers[row.target]
        if self._give_back(transfer, row.happened_at):
            self.expired.append(row.happened_at)
        transfer["room"] = None

    def _receive_person(self, row, args) -> None:
        transfer = self.transfers[row.target]
        who = self.people[transfer["who"]]
        if self.flags[row.id] & {"custody.held_elsewhere", "discrepancy"}:
            return
        if not transfer["received"]:
            self._leave(who, row.happened_at)  # from another room, for whoever was moved on
            who["gone"], who["here"], transfer["received"] = who["gone"] or row.happened_at, True, True
            self.came.append(row.happened_at)
            self._end(transfer, row.happened_at)
            transfer["planned"][1] = row.happened_at  # fetched although it was cancelled: they were on the way all that time
        if who["here"] and not who["room"] and "room_conflict" not in self.flags[row.id]:
            who["room"] = args["room"]
            self._move(args["room"], "occupied", row.happened_at)

    def _record_health(self, row, args) -> None:
        if room := self.people[self.made]["room"]:
            self._move(room, LIVED_IN_ON_HOLD, row.happened_at)

    def _release_stay(self, row, args) -> None:
        who = self.people[self.made]
        who["released"] = who["released"] or row.happened_at

    def _board_person(self, row, args) -> None:
        self._leave(self.people[self.transfers[row.target]["who"]], row.happened_at)

    def _leave(self, who: dict, at: datetime) -> None:
        if who["here"]:
            self.left.append(at)
            self.released.append((who["released"], at))
        if who["room"]:
            behind_hold = self.spells[who["room"]][-1][0] == LIVED_IN_ON_HOLD
            self._move(who["room"], "hold" if behind_hold else "vacated_dirty", at)
        who["here"], who["room"], who["released"] = False, None, None

    def _give_back(self, transfer: dict, at: datetime) -> bool:
        room = transfer["room"]
        held = bool(room) and transfer["open"] and self.spells[room][-1][0] == "reserved" and self.holder(room) is transfer
        if held:
            self._move(room, "ready", at)
        return held

    def _end(self, transfer: dict, at: datetime) -> None:
        if transfer["open"]:
            transfer["planned"][1] = at
        transfer["open"] = False

    def _move(self, room: str, state: str, at: datetime) -> None:
        begins = max(at, self.spells[room][-1][1])
        if begins == self.spells[room][-1][1]:
            self.spells[room].pop()
        self.spells[room].append((state, begins))

    def holder(self, room: str) -> dict | None:
        """The last open transfer that asked for this room."""
        return next((one for one in reversed(self.transfers.values()) if one["room"] == room and one["open"]), None)

    # ---- what it adds up to ----

    def rooms_now(self) -> dict[str, int]:
        return dict(Counter(as_registered(spells[-1][0]) for spells in self.spells.values()))

    def rooms_at_the_end(self, day: date) -> dict[str, int]:
        end = midnight(day) + timedelta(days=1)
        lasting = [span for spells in self.spells.values() for span in spans_of(spells, end)]
        return dict(Counter(as_registered(state) for state, since, until in lasting if since < end <= until))

    def day(self, day: date) -> dict[str, float]:
        """The same figures as a row of that day: seconds and counts."""
        begin = midnight(day)
        end = begin + timedelta(days=1)
        lasting = [span for spells in self.spells.values() for span in spans_of(spells, end)]
        within = [(state, max(since, begin), min(until, end)) for state, since, until in lasting if since < end and until > begin]
        queue = merged_times([span for one in self.people if one["category"] == "close_contact" for span in waits_of(one, end)])
        seconds = {
            "occupied": sum(length(since, until) for state, since, until in within if state in ("occupied", LIVED_IN_ON_HOLD)),
            "available": sum(length(since, until) for state, since, until in within if state not in NOT_AVAILABLE),
            "ready": sum(length(since, until) for state, since, until in within if state == "ready"),
            "idle": sum(
                length(max(since, start), min(until, stop)) for state, since, until in within if state == "ready" for start, stop in queue
            ),
        }
        return {
            **seconds,
            "check_ins": sum(begin <= at < end for at in self.came),
            "check_outs": sum(begin <= at < end for at in self.left),
            "vacated_after": sum(
                round((at - released).total_seconds() / 60) for released, at in self.released if released and begin <= at < end
            ),
            "reservations": sum(state == "reserved" and begin <= since < end for state, since, _until in lasting),
            "expired": sum(begin <= at < end for at in self.expired),
        }


def as_registered(state: str) -> str:
    return "hold" if state == LIVED_IN_ON_HOLD else state


def as_told(row: SiteDay) -> dict[str, float]:
    seconds = {name: getattr(row, f"{name}_seconds") for name in ("occupied", "available", "ready", "idle")}
    counts = {name: getattr(row, name) for name in ("check_ins", "check_outs", "reservations", "expired")}
    return {**seconds, **counts, "vacated_after": sum(int(minutes) for minutes in (row.vacated_after or "0").split(","))}


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def spans_of(spells: list, end: datetime) -> list[tuple]:
    """(state, from, until); the last one until long after."""
    ends = [since for _state, since in spells[1:]] + [end + timedelta(days=9)]
    return [(state, since, until) for (state, since), until in zip(spells, ends, strict=True)]


def waits_of(one: dict, end: datetime) -> list[tuple]:
    """When this person waited for a room: from the listing until they came, and not while they stood on a transfer."""
    until, start, waits = one["gone"] or end, one["waits"], []
    for since, stop in one["planned"]:
        waits.append((start, min(since, until)))
        start = stop or end
    return [*waits, (start, until)]


def merged_times(spans: list[tuple]) -> list[tuple]:
    done: list[list] = []
    for start, stop in sorted(span for span in spans if span[1] > span[0]):
        if done and start <= done[-1][1]:
            done[-1][1] = max(done[-1][1], stop)
        else:
            done.append([start, stop])
    return [tuple(span) for span in done]


def length(since: datetime, until: datetime) -> float:
    return max((until - since).total_seconds(), 0)
