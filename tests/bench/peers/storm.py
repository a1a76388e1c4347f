"""`python -m tests.bench.peers.storm`: the network comes back, and 2,000 phones bring 200 operations each, all at once, to one server.

A quarter are drivers with three coaches behind them, the others people at sites who turned rooms round. Every phone does what the real
one does (static/app/sync): it waits as long as it is told, or up to twice as long, hangs up after 20 s, and keeps what has no verdict.
"""

import argparse
import asyncio
import json
import math
import random
import resource
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from server.domain.acts import new_id
from server.domain.visibility import scopes_of_user
from server.store.change_log import current_epoch, head
from server.store.database import db
from server.store.users import User
from sync.cursor import Cursor, write_cursor
from sync.records import SHAPE
from tests.bench.figures import AT_MOST, Aim, Figure
from tests.bench.peers.line import Line, Tally
from tests.bench.peers.ours import Bihuan, accepted_of, ask
from tests.bench.peers.processes import cpu_seconds
from tests.bench.peers.town import Builder, Handset, Town, a_room, application
from tests.bench.table import as_lines, clear_up_when_stopped, keep_in_docs, machine
from tests.postgres import DURABLE, Postgres
from tests.sync.phone import Phone
from tests.world import ADMINISTRATOR

TURN_ROUND = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning", "ready", "hold")
PEOPLE_A_COACH, TRIPS = 20, 3  # make 207 operations
PHONES_A_SITE, ROOMS_A_PHONE = 10, 25  # make 200
AT_ONCE, PATIENCE_S, WAITS_S = 100, 20, (2, 300)  # as the phone: static/app/sync/round.ts and loop.ts
COME_WITHIN_S = 2
GIVE_UP_S = 900
SENT_AWAY = "503 with Retry-After"


@dataclass
class Storm:
    """What came of it."""

    lasted_s: float = 0.0
    acknowledged: int = 0
    answered_s: list[float] = field(default_factory=list)  # of requests that were judged
    sent_away_s: list[float] = field(default_factory=list)  # of requests that were told to come again
    statuses: Counter = field(default_factory=Counter)
    no_answer: int = 0
    cpu_s: float = 0.0


def main() -> None:
    clear_up_when_stopped()
    reader = argparse.ArgumentParser(prog="python -m tests.bench.peers.storm", description=__doc__)
    reader.add_argument("--phones", type=int, default=2_000)
    reader.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    reader.add_argument("--docs", action="store_true", help="put the figures into docs/bench.md")
    asked = reader.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bihuan-storm-"))
    try:
        with Postgres(DURABLE) as cluster:
            ours = Bihuan(folder, build=lambda data: storm_town(data, asked.phones))
            one = ours.on(cluster) if asked.engine == "postgresql" else ours
            with one.started() as served:
                storm = asyncio.run(break_loose(served, ours.town.evening))
    finally:
        shutil.rmtree(folder)
    found = figures(storm, ours.town.evening, asked.engine)
    print(machine(), dict(storm.statuses), f"no answer: {storm.no_answer}", sep="\n")
    for line in as_lines(found):
        print(f"  {line}")
    if asked.docs:
        keep_in_docs(f"storm, {asked.engine}", found)


def storm_town(data: Path, phones: int) -> Town:
    """Drivers and people at sites, their phones in step with the server until the network went."""
    with application(data) as app:
        world = Builder(app)
        drivers = world.crews("driver-", phones // 4, TRIPS, PEOPLE_A_COACH)
        receivers = at_sites(world, phones - len(drivers))
        outboxes = [world.day_of(name)[:200] for name in drivers] + [turn_round(world, *who) for who in receivers.items()]
        names = [*drivers, *receivers]
        return Town([a_phone(world, name, outbox) for name, outbox in zip(names, outboxes, strict=True)], [], None, [], [])


def at_sites(world: Builder, phones: int) -> dict[str, list[str]]:
    """So many receivers, ten a site, and the rooms that each of them looks after."""
    known = {"kind": "hotel", "area": "宽城", "state": "open", "accepts": ["close_contact"]}
    codes = [f"STORM{n}" for n in range(math.ceil(phones / PHONES_A_SITE))]
    sites = world.all("save_site", [{"code": code, "name": f"酒店{code}", **known} for code in codes])
    names = [f"receiver-{n}" for n in range(phones)]
    accounts = [{"username": name, "name": name, "role": "receiver", "site_id": sites[n // PHONES_A_SITE]} for n, name in enumerate(names)]
    world.users.update(zip(names, world.all("add_user", accounts, by=ADMINISTRATOR), strict=True))
    numbers = range(phones * ROOMS_A_PHONE)
    a_site = PHONES_A_SITE * ROOMS_A_PHONE
    rooms = world.all("save_room", [{"site": codes[n // a_site], **a_room(n % a_site)} for n in numbers])
    return {name: rooms[n * ROOMS_A_PHONE : (n + 1) * ROOMS_A_PHONE] for n, name in enumerate(names)}


def turn_round(world: Builder, username: str, rooms: list[str]) -> list[dict]:
    """Each of these rooms goes through all states of a turn-round, one state after another through the house."""
    steps = [(state, room) for state in TURN_ROUND for room in rooms]
    return [
        {"id": new_id(), "seq": n, "body": json.dumps({
            "type": "set_room_state", "v": 1, "author": world.users[username], "target": room, "base_rev": None,
            "args": {"state": state, "reason": None, "note": ""}, "after": [], "blobs": [], "clock_offset_ms": 0, "app": "storm",
            "occurred_at": (world.evening_began + timedelta(seconds=40 * n)).isoformat()})}
        for n, (state, room) in enumerate(steps, 1)
    ]  # fmt: skip


def a_phone(world: Builder, username: str, outbox: list[dict]) -> Handset:
    """A phone that has seen everything up to now, as if it had just asked."""
    phone = Phone(world, username)
    scopes = scopes_of_user(db.session.get(User, phone.user))
    cursor = Cursor(current_epoch(db.session), phone.user, head(db.session), {}, scopes, shape=SHAPE)
    return Handset(
        phone.device, phone.client.get_cookie("bihuan").value, phone.token, write_cursor(cursor, world.app.config["SECRET_KEY"]), outbox
    )


async def break_loose(served, phones: list[Handset]) -> Storm:
    """All come within two seconds; it is over when the last has nothing left."""
    storm, tally, chance = Storm(), Tally(), random.Random(8)
    before, began = cpu_seconds(*served.pids), perf_counter()
    coming = (bring(Line(served.port, tally), phone, storm, chance) for phone in phones)
    await asyncio.wait_for(asyncio.gather(*coming), GIVE_UP_S)
    storm.lasted_s, storm.cpu_s = perf_counter() - began, cpu_seconds(*served.pids) - before
    return storm


async def bring(line: Line, phone: Handset, storm: Storm, chance: random.Random) -> None:
    """One phone until its outbox is empty and it has fetched what changed."""
    await asyncio.sleep(chance.uniform(0, COME_WITHIN_S))
    left, cursor, more, failures = list(phone.outbox), phone.cursor, True, 0
    while left or more:
        request = ask(phone, left[:AT_ONCE], cursor, unsent=len(left), Cookie=f"bihuan={phone.session}")
        began = perf_counter()
        try:
            reply = await asyncio.wait_for(line.ask(request), PATIENCE_S)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            line.close()
            storm.no_answer += 1
            failures += 1
            await asyncio.sleep(min(WAITS_S[0] * 2**failures, WAITS_S[1]) * chance.uniform(0.5, 1))
            continue
        told = " with Retry-After" if "retry-after" in reply.headers else ""
        storm.statuses[f"{reply.status}{told}"] += 1
        if reply.status != 200:
            storm.sent_away_s.append(perf_counter() - began)
            await asyncio.sleep(float(reply.headers.get("retry-after", 30)) * chance.uniform(1, 2))
            continue
        storm.answered_s.append(perf_counter() - began)
        answer = reply.json()
        settled = set(accepted_of(answer))
        storm.acknowledged += len(settled)
        left = [operation for operation in left if settled.isdisjoint((operation["id"], operation["seq"]))]
        cursor, more, failures = answer["cursor"] or cursor, answer["more"], 0
        if (left or more) and answer.get("retry_after_ms"):
            await asyncio.sleep(answer["retry_after_ms"] / 1000 * chance.uniform(1, 2))
    line.close()


def figures(storm: Storm, phones: list[Handset], engine: str) -> list[Figure]:
    """Aims: all within ten minutes, nothing but 503 with Retry-After, 99 of 100 answered within 3 s."""
    brought = sum(len(phone.outbox) for phone in phones)
    wrong = sum(count for status, count in storm.statuses.items() if status not in ("200", SENT_AWAY)) + storm.no_answer
    what = f"{len(phones):,} phones × 200 operations on {engine}"
    rate = f"{storm.acknowledged / storm.lasted_s:,.0f} operations/s, {storm.cpu_s / storm.lasted_s:.2f} cores busy"
    return [
        Figure(f"{what}, until all is acknowledged", "s", [storm.lasted_s], Aim("median", AT_MOST, 600), note=rate),
        Figure("operations without an acknowledgement", "", [brought - storm.acknowledged], Aim("median", AT_MOST, 1)),
        Figure("errors other than 503 with Retry-After", "", [wrong], Aim("median", AT_MOST, 1)),
        Figure(
            "p99 of requests that were judged",
            "s",
            [p99(storm.answered_s)],
            Aim("median", AT_MOST, 3),
            note=f"{len(storm.answered_s):,} requests",
        ),
        Figure(
            "p99 of requests that were sent away",
            "s",
            [p99(storm.sent_away_s)],
            Aim("median", AT_MOST, 3),
            note=f"{len(storm.sent_away_s):,} requests",
        ),
    ]


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1] if seconds else 0.0


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    main()
