"""Where the time of W1 goes: the evening's deliveries in one process, its stack looked at every two milliseconds of CPU.

A look is counted for the innermost of our parts, of SQLAlchemy, of the database's driver or of the web on the stack.
"""

import gzip
import json
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bench.peers.ours import PAGE
from tests.bench.peers.town import Handset, Sizes, application, build_town

LOOK_EVERY_S = 0.002
WARM_UP = 10
LEAST_SHARE = 0.01
DRIVER = {"do_execute", "do_executemany", "do_commit", "do_rollback"}
PARTS = {
    "server/domain/batches.py": "the queue",
    "server/domain/write_path.py": "the write path",
    "server/domain/": "the rules (verbs, guards, scopes)",
    "server/store/": "loading and writing rows",
    "sync/shapes.py": "reading shapes",
    "sync/payloads/": "reading shapes",
    "sync/transport.py": "JSON and gzip",
    "sync/records/": "bodies of records",
    "sync/": "the agreement (numbers, receipts, pages)",
    "sqlalchemy/": "SQLAlchemy",
    "flask": "Flask, Werkzeug and access",
    "werkzeug/": "Flask, Werkzeug and access",
    "server/": "Flask, Werkzeug and access",
}
DATABASE = "the database and its disk"


def where_time_goes(sizes: Sizes) -> str:
    """A table of shares, as a part of the page."""
    with tempfile.TemporaryDirectory(prefix="bihuan-spent-") as folder:
        data = Path(folder) / "town"
        town = build_town(data, sizes)
        with application(data) as app:
            deliver = partial(deliver_all, app.test_client())
            deliver(town.evening[:WARM_UP])
            with looks() as seen:
                deliver(town.evening[WARM_UP:])
    whole = sum(seen.values())
    told = [(part, count / whole) for part, count in seen.most_common() if count / whole >= LEAST_SHARE]
    rows = "".join(f"| {part} | {share:.0%} |\n" for part, share in told)
    return (
        "## Where the time of W1 goes\n\nOperations up only, on SQLite, one request after another in one process: what judging costs, "
        f"without the wait for others. {whole:,} looks at the stack.\n\n| Part | Share of CPU |\n| --- | --- |\n{rows}"
    )


def deliver_all(client, phones: list[Handset]) -> None:
    for phone in phones:
        message = {"protocol": 1, "app": "bench", "device": phone.device, "unsent": len(phone.outbox), "operations": phone.outbox,
                   "cursor": phone.cursor, "page": PAGE}  # fmt: skip
        headers = {"X-Bihuan": "1", "Authorization": f"Bearer {phone.upload_token}", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
        packed = gzip.compress(json.dumps(message, ensure_ascii=False).encode())
        answer = client.post("/api/v1/sync", data=packed, headers=headers, content_type="application/json")
        assert answer.status_code == 200, answer.json


@contextmanager
def looks() -> Iterator[Counter]:
    seen: Counter = Counter()

    def look(_signal, frame) -> None:
        seen[part_of(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, LOOK_EVERY_S, LOOK_EVERY_S)
    try:
        yield seen
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def part_of(frame) -> str:
    """The innermost part; of SQLAlchemy also which of our functions is waiting for it."""
    inside_sqlalchemy = False
    while frame is not None:
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if name in DRIVER and "sqlalchemy" in file:
            return DATABASE
        part = next((part for beginning, part in PARTS.items() if f"/{beginning}" in file), None)
        if part == "SQLAlchemy":
            inside_sqlalchemy = True
        elif part:
            return f"SQLAlchemy, for `{Path(file).stem}.{name}`" if inside_sqlalchemy else part
        frame = frame.f_back
    return "the rest"
