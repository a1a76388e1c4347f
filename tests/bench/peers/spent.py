"""Where the processor's time goes in W1, W2 and W3: each work in one process, one request after another, its stack looked at all the while.

A look is counted for the innermost of our parts, of SQLAlchemy, of the database's driver or of the web on the stack. What waits at the
same time is judged together when phones come at once, so a cycle of W2 costs less there than here. The bare door beside it does the same.
"""

import gzip
import json
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import process_time

from flask import Flask

from server.app import create_app
from server.garbage import collect_seldom
from server.settings import read_settings
from tests.bench.peers import door
from tests.bench.peers.town import Handset, Sizes, Town, build_town

LOOK_EVERY_S = 0.001
LEAST_SHARE = 0.015
TURNS, SYNCS = 5, 8
DRIVER = {"do_execute", "do_executemany", "do_commit", "do_rollback"}
PARTS = {
    "server/domain/batches.py": "the queue",
    "server/domain/write_path.py": "the write path",
    "server/domain/": "the rules (verbs, guards, scopes)",
    "server/store/": "loading and writing rows",
    "sync/shapes.py": "reading shapes",
    "sync/payloads/": "reading shapes",
    "sync/transport.py": "JSON and gzip",
    "sync/runs.py": "JSON and gzip",
    "sync/records/": "bodies of records",
    "sync/": "the agreement (numbers, receipts, pages)",
    "flask": "Flask, Werkzeug and access",
    "werkzeug/": "Flask, Werkzeug and access",
    "server/": "Flask, Werkzeug and access",
}
DATABASE = "the database and its disk"
SQLALCHEMY = {
    "server/store/loading.py": "SQLAlchemy, loading what is judged",
    "server/store/around.py": "SQLAlchemy, loading what is judged",
    "server/store/database.py": "SQLAlchemy, transactions and snapshots",
    "server/access.py": "SQLAlchemy, who it is",
    "server/domain/write_path.py": "SQLAlchemy, writing",
    "server/store/change_log.py": "SQLAlchemy, writing",
    "sync/records/": "SQLAlchemy, bodies of records",
    "": "SQLAlchemy, the rest",
}

Ask = Callable[[Handset, list[dict], str | None], dict]


@dataclass
class Spent:
    """What one work took: looks at the stack by part, CPU inside the server, and how many things were done."""

    looks: Counter = field(default_factory=Counter)
    cpu_s: float = 0.0
    done: int = 0

    def milliseconds(self, part: str | None = None) -> float:
        """Of a part, or of all, for one thing."""
        share = self.looks[part] / max(self.looks.total(), 1) if part else 1
        return share * self.cpu_s / max(self.done, 1) * 1000


def evening(ask: Ask, town: Town) -> Iterator[int]:
    """W1: each phone brings its outbox and is given what has changed."""
    for phone in town.evening:
        ask(phone, phone.outbox, phone.cursor)
        yield len(phone.outbox)


def steady(ask: Ask, town: Town) -> Iterator[int]:
    """W2: one operation up, what it changed down."""
    cursors = {phone.device: phone.cursor for phone in town.steady}
    for turn in range(TURNS):
        for phone in town.steady:
            cursors[phone.device] = ask(phone, [phone.outbox[turn]], cursors[phone.device])["cursor"]
            yield 1


def first_syncs(ask: Ask, town: Town) -> Iterator[int]:
    """W3: page after page."""
    for _ in range(SYNCS):
        answer = {"cursor": None, "more": True}
        while answer["more"]:
            answer = ask(town.newcomer, [], answer["cursor"])
        yield 1


WORKS = {"W1, an operation": (evening, 10), "W2, a cycle": (steady, 20), "W3, a first sync": (first_syncs, 1)}


def where_time_goes(sizes: Sizes) -> str:
    """A table of CPU by part, as a part of the page."""
    with tempfile.TemporaryDirectory(prefix="bihuan-spent-") as folder:
        town = build_town(Path(folder) / "town", sizes)
        app = create_app(read_settings({"DATA": str(Path(folder) / "town"), "DATABASE_URL": ""}))
        collect_seldom()
        ours = {name: spent_on(app, town, *work) for name, work in WORKS.items()}
        door.fill(door.open_database(Path(folder) / "door"), town)
        os.environ["DOOR"] = str(Path(folder) / "door")
        bare = {name: spent_on(door.app, town, *work) for name, work in WORKS.items()}
    return table(ours, bare)


def table(ours: dict[str, Spent], bare: dict[str, Spent]) -> str:
    parts = dict.fromkeys(part for spent in ours.values() for part, _count in spent.looks.most_common())
    told = [part for part in parts if any(spent.looks[part] >= LEAST_SHARE * spent.looks.total() for spent in ours.values())]
    rows = [(part, [spent.milliseconds(part) for spent in ours.values()]) for part in told]
    whole = [spent.milliseconds() for spent in ours.values()]
    rows.append(("what is smaller", [all - sum(row[n] for _part, row in rows) for n, all in enumerate(whole)]))
    rows += [("**all**", whole), ("**the bare door**", [spent.milliseconds() for spent in bare.values()])]
    lines = "".join(f"| {name} | {' | '.join(f'{value:.3f}' for value in values)} |\n" for name, values in rows)
    return (
        "## Where the time goes, beside the bare door\n\nMilliseconds of CPU on SQLite, one request after another in one process: what it "
        "costs without the wait for others, and without judging together whoever waits. W1 brings operations and is given what changed.\n\n"
        f"| Part | {' | '.join(ours)} |\n|{' --- |' * (len(ours) + 1)}\n{lines}"
    )


def spent_on(app: Flask, town: Town, work: Callable[[Ask, Town], Iterator[int]], warm_up: int) -> Spent:
    """Do a work through this application; its first steps are not counted."""
    steps = work(asking(app), town)
    for _ in islice(steps, warm_up):
        pass
    spent, inner = Spent(), app.wsgi_app
    app.wsgi_app = counted(inner, spent)
    with looks(spent.looks):
        spent.done = sum(steps)
    app.wsgi_app = inner
    return spent


def asking(app: Flask) -> Ask:
    """How a phone asks: over WSGI, signed in."""
    client = app.test_client(use_cookies=False)

    def ask(phone: Handset, operations: list[dict], cursor: str | None) -> dict:
        message = {"protocol": 1, "app": "bench", "device": phone.device, "unsent": len(operations), "operations": operations,
                   "cursor": cursor, "brief": True, "turn": 2_893_144_021}  # fmt: skip
        packed = gzip.compress(json.dumps(message, ensure_ascii=False).encode())
        headers = {"X-Bihuan": "1", "Cookie": f"bihuan={phone.session}", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
        answer = client.post("/api/v1/sync", data=packed, headers=headers, content_type="application/json")
        assert answer.status_code == 200, answer.data
        return json.loads(gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data)

    return ask


def counted(application: Callable, spent: Spent) -> Callable:
    """The same application, its CPU added up."""

    def run(environ, start_response):
        began = process_time()
        try:
            return application(environ, start_response)
        finally:
            spent.cpu_s += process_time() - began

    return run


@contextmanager
def looks(seen: Counter) -> Iterator[None]:
    """Look at the stack at every so much CPU; what is outside the server is not counted."""

    def look(_signal, frame) -> None:
        part = part_of(frame)
        if part:
            seen[part] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, LOOK_EVERY_S, LOOK_EVERY_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def part_of(frame) -> str | None:
    """The innermost part; of SQLAlchemy also what for. None outside the server."""
    stack = []
    while frame is not None:
        if frame.f_code.co_name == "wsgi_app":
            return _named(stack)
        stack.append((frame.f_code.co_filename, frame.f_code.co_name))
        frame = frame.f_back
    return None


def _named(stack: list[tuple[str, str]]) -> str:
    parts = SQLALCHEMY if any("/sqlalchemy/" in file for file, _name in stack[:1]) else PARTS
    for file, name in stack:
        if name in DRIVER and "/sqlalchemy/" in file:
            return DATABASE
        if "/sqlalchemy/" in file:
            parts = SQLALCHEMY
        elif found := next((part for beginning, part in parts.items() if f"/{beginning}" in file and "/site-packages/" not in file), None):
            return found
    return "Flask, Werkzeug and access"
