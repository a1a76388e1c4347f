"""Bihuan as it is shipped (`bihuan run`: gunicorn, every rule on), on SQLite with `synchronous=FULL` or on PostgreSQL."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.peers.line import Line, Reply, as_json, at_once, request
from tests.bench.peers.processes import running
from tests.bench.peers.town import Handset, Town, copy_rows
from tests.postgres import Postgres
from tests.served import free_port

APPLIED = {"applied", "flagged"}


class Bihuan:
    """A town on SQLite, made once by `build(folder)`; each `started` serves a fresh copy of it."""

    name = "Bihuan, SQLite"

    def __init__(self, folder: Path, build: Callable[[Path], Town]):
        self._folder, self._copies = folder, 0
        self.town = build(folder / "town")

    def on(self, cluster: Postgres) -> "BihuanOnPostgres":
        """The same town, row by row, on PostgreSQL."""
        return BihuanOnPostgres(self._folder, self.town, cluster)

    @contextmanager
    def started(self, **environment: str) -> Iterator["BihuanServed"]:
        self._copies += 1
        data = self._folder / f"copy{self._copies}"
        shutil.copytree(self._folder / "town", data)
        with served(data, **environment) as (process, port):
            yield BihuanServed(self.town, port, (process,)).warm()
        shutil.rmtree(data)


class BihuanOnPostgres:
    name = "Bihuan, PostgreSQL"

    def __init__(self, folder: Path, town: Town, cluster: Postgres):
        self.town, self._cluster, self._data = town, cluster, folder / "postgres"
        self._data.mkdir()
        shutil.copy(folder / "town" / "secret.key", self._data)
        self._url = copy_rows(folder / "town", self._data, cluster.new_database())

    @contextmanager
    def started(self) -> Iterator["BihuanServed"]:
        with served(self._data, DATABASE_URL=self._cluster.copy_of(self._url)) as (process, port):
            yield BihuanServed(self.town, port, (process, self._cluster.pid)).warm()


@contextmanager
def served(data: Path, **environment: str) -> Iterator[tuple[int, int]]:
    """(process, port) of `bihuan run` on this folder."""
    port = free_port()
    ours = {"DATA": str(data), "PORT": str(port), "DATABASE_URL": "", "CLOCK": "real", **environment}
    with running([Path(sys.executable).with_name("bihuan"), "run"], port, data, **ours) as process:
        yield process, port


class BihuanServed:
    """How a phone speaks to it (sync/PROTOCOL.md): one request carries operations up and brings changes down."""

    def __init__(self, town: Town, port: int, pids: tuple[int, ...]):
        self.town, self.port, self.pids = town, port, pids
        self._cursors: dict[int, str] = {}
        self._held: dict[int, dict[str, int]] = {}

    def warm(self) -> "BihuanServed":
        """The port is open before the workers are there: asked until both have surely answered."""

        async def hello(line: Line) -> None:
            await line.ask(request("GET", "/api/v1/hello"))

        at_once(self.port, [hello] * 40, 8)
        return self

    def delivery(self, n: int) -> list[bytes]:
        """The whole outbox of an evening phone, by its upload token: verdicts come back, changes do not."""
        phone = self.town.evening[n]
        return [ask(phone, phone.outbox, None, Authorization=f"Bearer {phone.upload_token}")]

    def reconnect(self, n: int) -> list[bytes]:
        """The same as a signed-in phone does it: what changed comes with the verdicts."""
        phone = self.town.evening[n]
        return [ask(phone, phone.outbox, phone.cursor, Cookie=f"bihuan={phone.session}")]

    def accepted(self, replies: list[Reply]) -> int:
        return sum(len(accepted_of(reply.json())) for reply in replies if reply.status == 200)

    def received(self, replies: list[Reply]) -> int:
        """Of the records that changed in the directory, how many came."""
        return sum(change["type"] == "hospital" for reply in replies if reply.status == 200 for change in reply.json()["changes"])

    async def cycle(self, line: Line, n: int, turn: int) -> bool:
        """One operation up, what it changed down."""
        phone, brings = self.town.steady[n], self.town.steady[n].outbox[turn]
        held, target = self._held.setdefault(n, {**phone.held}), json.loads(brings["body"])["target"]
        have = {target: held[target]} if target in held else {}
        message = ask(phone, [brings], self._cursors.get(n, phone.cursor), have=have, Cookie=f"bihuan={phone.session}")
        answer = await line.ask(message)
        if answer.status != 200:
            return False
        told = answer.json()
        self._cursors[n] = told["cursor"]
        held.update((change["id"], change["rev"]) for change in told["changes"] if change["type"] == "transfer")
        return len(accepted_of(told)) == 1 and len(told["changes"]) > 0

    async def first_sync(self, line: Line) -> int:
        """Page after page, as the phone asks for them. How many records came."""
        phone, cursor, came = self.town.newcomer, None, 0
        while True:
            answer = (await line.ask(ask(phone, [], cursor, Cookie=f"bihuan={phone.session}"))).json()
            came, cursor = came + len(answer["changes"]), answer["cursor"]
            if not answer["more"]:
                return came


def accepted_of(answer: dict) -> list[int | str]:
    """What took effect: by number where the answer is brief, else by id."""
    numbers = [number for first, last, _stamp in answer.get("applied", ()) for number in range(first, last + 1)]
    return numbers + [result["id"] for result in answer["results"] if result["verdict"] in APPLIED]


def ask(
    phone: Handset, operations: list[dict], cursor: str | None, unsent: int | None = None, have: dict | None = None, **headers: str
) -> bytes:
    """One request; `unsent` is how many operations the phone holds, when it brings a part of them; `have` what it takes patches of."""
    unsent = len(operations) if unsent is None else unsent
    message = {"protocol": 1, "app": "bench", "device": phone.device, "unsent": unsent, "operations": operations, "brief": True,
               "turn": 2_893_144_021}  # fmt: skip
    if "Authorization" not in headers:
        message["cursor"] = cursor
    if have is not None:
        message["have"] = have
    return request("POST", "/api/v1/sync", in_lines(message) if operations else message, X_Bihuan="1", **headers)


def in_lines(message: dict) -> list[str]:
    """As a phone sends a message with operations (static/app/sync/line.ts)."""
    operations = message["operations"]
    said = {name: value for name, value in message.items() if name != "operations"} | {"first": operations[0]["seq"]}
    return [as_json(said), *(line for operation in operations for line in (as_json(operation["id"]), operation["body"]))]
