"""PouchDB Server, the CouchDB-compatible server of npm: one process of Node on LevelDB, which answers before the disk has it.

It is given the easier form of each work: plain `_bulk_docs` without the look-ups of a replication, one database that all evening phones
share, no question who may see what, and all of a first sync in one answer.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.peers.install import npm_folder
from tests.bench.peers.line import Line, Reply, ask_once, request
from tests.bench.peers.processes import running
from tests.bench.peers.town import Town
from tests.served import free_port

VERSION = "4.2.0"


class PouchDB:
    name = "PouchDB Server"

    def __init__(self, tools: Path, town: Town):
        self._node, self._modules = npm_folder(tools / "pouchdb", f"pouchdb-server@{VERSION}")
        self._town = town

    @contextmanager
    def started(self) -> Iterator["PouchDBServed"]:
        port = free_port()
        program = self._modules / "pouchdb-server" / "bin" / "pouchdb-server"
        with tempfile.TemporaryDirectory(prefix="bihuan-pouchdb-") as folder:
            (Path(folder) / "config.json").write_text(json.dumps({"log": {"level": "none"}}))
            command = [self._node, program, "--port", str(port), "--dir", folder, "--no-stdout-logs", "--config", f"{folder}/config.json"]
            with running(command, port, Path(folder)) as pid:
                served = PouchDBServed(self._town, port, (pid,))
                served.fill()
                yield served


class PouchDBServed:
    def __init__(self, town: Town, port: int, pids: tuple[int, ...]):
        self.town, self.port, self.pids = town, port, pids
        self._positions: dict[int, int] = {}
        self._since = 0

    def fill(self) -> None:
        """The records as they were before the evening, and those of the large site; then the evening's changes."""
        for database in ("operations", "records", "site", *(f"phone{n}" for n in range(len(self.town.steady)))):
            ask_once(self.port, request("PUT", f"/{database}"))
        before = [as_document(change) for change in self.town.changed]
        stored = ask_once(self.port, bulk("records", before)).json()
        self._since = ask_once(self.port, changes("records", 0)).json()["last_seq"]
        changed = [{**document, "_rev": row["rev"]} for document, row in zip(before, stored, strict=True)]
        ask_once(self.port, bulk("records", changed))
        for start in range(0, len(self.town.site_records), 500):
            ask_once(self.port, bulk("site", [as_document(change) for change in self.town.site_records[start : start + 500]]))

    def delivery(self, n: int) -> list[bytes]:
        return [bulk("operations", [as_operation(wire) for wire in self.town.evening[n].outbox])]

    def reconnect(self, n: int) -> list[bytes]:
        return [*self.delivery(n), changes("records", self._since)]

    def accepted(self, replies: list[Reply]) -> int:
        return sum(row.get("ok") is True for row in replies[0].json()) if replies[0].status == 201 else 0

    def received(self, replies: list[Reply]) -> int:
        return len(replies[1].json()["results"]) if replies[1].status == 200 else 0

    async def cycle(self, line: Line, n: int, turn: int) -> bool:
        operation = as_operation(self.town.steady[n].outbox[turn])
        stored = await line.ask(request("POST", f"/phone{n}", operation))
        came = await line.ask(changes(f"phone{n}", self._positions.get(n, 0)))
        if stored.status != 201 or came.status != 200:
            return False
        told = came.json()
        self._positions[n] = told["last_seq"]
        return len(told["results"]) == 1

    async def first_sync(self, line: Line) -> int:
        return len((await line.ask(changes("site", 0))).json()["results"])


def bulk(database: str, documents: list[dict]) -> bytes:
    return request("POST", f"/{database}/_bulk_docs", {"docs": documents})


def changes(database: str, since: int) -> bytes:
    return request("GET", f"/{database}/_changes?include_docs=true&since={since}")


def as_document(change: dict) -> dict:
    """A record as our server sends it, as a document."""
    return {"_id": change["id"], "kind": change["type"], **change["body"]}


def as_operation(wire: dict) -> dict:
    """An operation: the same JSON that stands in our message, as a document of its own."""
    return {"_id": wire["id"], **json.loads(wire["body"])}
