"""The bare door: what an answer costs that judges nothing. Flask behind the same gunicorn, the same messages, SQLite with `FULL`.

It stores each text, says "applied" to all of it, and gives back rows above a number, to anybody. No faster door of this kind is to be had.
"""

import gzip
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pysqlite3
from flask import Flask, Response, request

from sync.transport import LINES, in_lines
from tests.bench.house import ROOT
from tests.bench.peers.ours import BihuanServed
from tests.bench.peers.processes import running
from tests.bench.peers.town import Town
from tests.served import free_port

TABLES = """
CREATE TABLE row (seq INTEGER PRIMARY KEY, scope TEXT, kind TEXT, id TEXT, body TEXT);
CREATE INDEX row_of_scope ON row (scope, seq);
CREATE TABLE phone (device TEXT PRIMARY KEY, scope TEXT);
"""
PAGE = 500


class BareDoor:
    name = "Bare door, SQLite"

    def __init__(self, folder: Path, town: Town):
        self._town, self._folder = town, folder
        folder.mkdir()
        fill(open_database(self._folder / "filled"), town)
        self._copies = 0

    @contextmanager
    def started(self) -> Iterator[BihuanServed]:
        self._copies += 1
        port, database = free_port(), self._folder / f"copy{self._copies}"
        shutil.copy(self._folder / "filled", database)
        command = [sys.executable, "-m", "gunicorn", "tests.bench.peers.door:app", "--bind", f"127.0.0.1:{port}"]
        command += ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "5", "--no-control-socket"]
        with running(command, port, self._folder, DOOR=str(database), PYTHONPATH=str(ROOT)) as pid:
            yield BihuanServed(self._town, port, (pid,)).warm()


def fill(database, town: Town) -> None:
    """The town's records, and which of them each phone is given; a steady phone is given what it has said."""
    database.executescript(TABLES)
    scopes = {phone.device: "evening" for phone in town.evening} | {phone.device: phone.device for phone in town.steady}
    database.executemany("INSERT INTO phone VALUES (?, ?)", [*scopes.items(), (town.newcomer.device, "site")])
    rows = [("evening", change) for change in town.changed] + [("site", change) for change in town.site_records]
    insert = "INSERT INTO row (scope, kind, id, body) VALUES (?, ?, ?, ?)"
    database.executemany(insert, [(scope, change["type"], change["id"], json.dumps(change["body"])) for scope, change in rows])
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def open_database(file: Path):
    database = pysqlite3.dbapi2.connect(file, timeout=20, check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    return database


app = Flask(__name__)
_of_thread = threading.local()


@app.get("/api/v1/hello")
def hello():
    return {}


@app.post("/api/v1/sync")
def sync():
    text = gzip.decompress(request.get_data())
    message = in_lines(text) if request.mimetype == LINES else json.loads(text)
    if not hasattr(_of_thread, "database"):
        _of_thread.database = open_database(Path(os.environ["DOOR"]))
    database = _of_thread.database
    device, operations = message["device"], message["operations"]
    if operations:
        database.execute("BEGIN IMMEDIATE")
        rows = [(device, "operation", operation["id"], operation["body"]) for operation in operations]
        database.executemany("INSERT INTO row (scope, kind, id, body) VALUES (?, ?, ?, ?)", rows)
        database.commit()
    results = [{"id": operation["id"], "verdict": "applied"} for operation in operations]
    given = page(database, device, message["cursor"]) if "cursor" in message else {}  # an upload token asks for nothing
    return packed({"results": results, **given})


def page(database, device: str, cursor: str | None) -> dict:
    """The next rows of this phone; a cursor of another server counts as the beginning."""
    after = int(cursor) if cursor and cursor.isdigit() else 0
    found = "SELECT seq, kind, id, body FROM row WHERE scope = (SELECT scope FROM phone WHERE device = ?) AND seq > ? ORDER BY seq LIMIT ?"
    rows = database.execute(found, (device, after, PAGE)).fetchall()
    changes = [{"type": kind, "id": id, "body": json.loads(body)} for _seq, kind, id, body in rows]
    return {"changes": changes, "cursor": str(rows[-1][0] if rows else after), "more": len(rows) == PAGE}


def packed(content: dict) -> Response:
    text = gzip.compress(json.dumps(content, separators=(",", ":")).encode(), 5)
    return Response(text, mimetype="application/json", headers={"Content-Encoding": "gzip"})
