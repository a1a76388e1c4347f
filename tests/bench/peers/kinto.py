"""Kinto on its PostgreSQL backend, served by the same gunicorn with as many workers and threads as ours.

It is given the easier form too: no sign-in, a collection a phone (one shared collection would make its writers wait for one another),
and a batch limit that takes the whole outbox in one request.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.peers.install import python_folder
from tests.bench.peers.line import Line, Reply, ask_once
from tests.bench.peers.line import request as any_request
from tests.bench.peers.processes import running
from tests.bench.peers.town import Town
from tests.postgres import Postgres
from tests.served import free_port

PACKAGES = ("kinto[postgresql]==26.5.0", "gunicorn==27.0.1")
WSGI = """import json, os
from kinto import main
application = main({}, **json.loads(os.environ["KINTO"]))
"""
RECORDS = "/v1/buckets/town/collections/{}/records"


class Kinto:
    name = "Kinto, PostgreSQL"

    def __init__(self, tools: Path, town: Town, cluster: Postgres):
        self._python = python_folder(tools / "kinto", *PACKAGES)
        self._town, self._cluster = town, cluster

    @contextmanager
    def started(self) -> Iterator["KintoServed"]:
        port, url = free_port(), self._cluster.new_database().replace("postgresql+psycopg://", "postgresql://")
        backends = {part: f"kinto.core.{part}.postgresql" for part in ("storage", "permission")}
        settings = {f"{part}_backend": name for part, name in backends.items()} | {f"{part}_url": url for part in backends}
        settings |= {"cache_backend": "kinto.core.cache.memory", "userid_hmac_secret": "bench", "batch_max_requests": 100,
                     "bucket_create_principals": "system.Everyone", "bucket_write_principals": "system.Everyone",
                     "storage_max_fetch_size": 100_000}  # fmt: skip
        environment = {"KINTO": json.dumps({f"kinto.{name}": value for name, value in settings.items()})}
        with tempfile.TemporaryDirectory(prefix="bihuan-kinto-") as folder:
            (Path(folder) / "served.py").write_text(WSGI)
            command = [self._python, "-m", "gunicorn", "served:application", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
                       "--workers", "2", "--threads", "8", "--keep-alive", "5", "--no-control-socket", "--preload"]  # fmt: skip
            prepare = [self._python, "-c", "from served import application; application.registry.storage.initialize_schema(); "
                       "application.registry.permission.initialize_schema()"]  # fmt: skip
            subprocess.run(prepare, cwd=folder, env={**os.environ, **environment}, check=True, capture_output=True)
            with running(command, port, Path(folder), **environment) as pid:
                served = KintoServed(self._town, port, (pid, self._cluster.pid))
                served.fill()
                yield served


class KintoServed:
    def __init__(self, town: Town, port: int, pids: tuple[int, ...]):
        self.town, self.port, self.pids = town, port, pids
        self._positions: dict[int, str] = {}
        self._since = ""

    def fill(self) -> None:
        ask_once(self.port, request("PUT", "/v1/buckets/town", {"permissions": {"write": ["system.Everyone"]}}))
        names = ["records", "site", *(f"evening{n}" for n in range(len(self.town.evening))),
                 *(f"steady{n}" for n in range(len(self.town.steady)))]  # fmt: skip
        self._batch("PUT", [(f"/v1/buckets/town/collections/{name}", {}) for name in names])
        records = [(f"{RECORDS.format('records')}/{change['id']}", as_data(change)) for change in self.town.changed]
        self._batch("PUT", records)
        self._since = ask_once(self.port, request("GET", RECORDS.format("records") + "?_limit=1")).headers["etag"].strip('"')
        self._batch("PUT", records)
        self._batch("PUT", [(f"{RECORDS.format('site')}/{change['id']}", as_data(change)) for change in self.town.site_records])

    def _batch(self, method: str, parts: list[tuple[str, dict]]) -> None:
        for start in range(0, len(parts), 100):
            told = ask_once(self.port, batch(method, parts[start : start + 100])).json()["responses"]
            assert all(response["status"] < 400 for response in told), told

    def delivery(self, n: int) -> list[bytes]:
        place = RECORDS.format(f"evening{n}")
        return [batch("PUT", [(f"{place}/{wire['id']}", json.loads(wire["body"])) for wire in self.town.evening[n].outbox])]

    def reconnect(self, n: int) -> list[bytes]:
        return [*self.delivery(n), changes("records", self._since)]

    def accepted(self, replies: list[Reply]) -> int:
        if replies[0].status != 200:
            return 0
        return sum(response["status"] == 201 for response in replies[0].json()["responses"])

    def received(self, replies: list[Reply]) -> int:
        return len(replies[1].json()["data"]) if replies[1].status == 200 else 0

    async def cycle(self, line: Line, n: int, turn: int) -> bool:
        wire, name = self.town.steady[n].outbox[turn], f"steady{n}"
        stored = await line.ask(request("PUT", f"{RECORDS.format(name)}/{wire['id']}", {"data": json.loads(wire["body"])}))
        came = await line.ask(changes(name, self._positions.get(n, "0")))
        if stored.status != 201 or came.status != 200:
            return False
        self._positions[n] = came.headers["etag"].strip('"')
        return len(came.json()["data"]) == 1

    async def first_sync(self, line: Line) -> int:
        return len((await line.ask(changes("site", "0"))).json()["data"])


def request(method: str, path: str, content: object = None) -> bytes:
    """Kinto takes no packed requests."""
    return any_request(method, path, content, packed=False)


def batch(method: str, parts: list[tuple[str, dict]]) -> bytes:
    requests = [{"method": method, "path": path.removeprefix("/v1"), "body": {"data": data}} for path, data in parts]
    return request("POST", "/v1/batch", {"requests": requests})


def changes(collection: str, since: str) -> bytes:
    return request("GET", f"{RECORDS.format(collection)}?_since={since}")


def as_data(change: dict) -> dict:
    return {"kind": change["type"], **change["body"]}
