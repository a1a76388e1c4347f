"""Many phones over HTTP: each signed in, with a transfer of its own, at a server behind gunicorn that is watched while they talk to it."""

import gzip
import http.client
import math
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

import orjson
import psutil

from server.access import open_session
from server.domain.acts import new_id
from server.store.database import db
from server.store.users import User
from sync.messages import PAGE_MAX
from tests.bench.house import house, served
from tests.bench.sync import City

HEADERS = {"X-Bihuan": "1", "Content-Type": "application/json", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
WORKERS = 2


@dataclass
class FleetPhone:
    """A phone that keeps nothing but its place."""

    user: str
    device: str
    cookie: str
    transfer: str | None = None
    cursor: str | None = None
    more: bool = True
    seq: int = 0

    def message(self, wires: list[dict], unsent: int | None) -> dict:
        """A round: these operations, and (unless it says that more are unsent) a page of changes."""
        return {
            "protocol": 1, "app": "bench", "device": self.device, "epoch": None, "next_seq": None, "operations": wires,
            "unsent": len(wires) if unsent is None else unsent, "cursor": self.cursor, "page": PAGE_MAX,
        }  # fmt: skip

    def take(self, answer: dict) -> None:
        self.cursor, self.more = answer["cursor"], answer["more"]


@dataclass(frozen=True)
class Round:
    """One request that a phone is to make."""

    phone: FleetPhone
    wires: list[dict] = field(default_factory=list)
    unsent: int | None = None


@dataclass
class Done:
    """What many rounds gave: their answers, how long each took and all together, bytes, and the server's processor time."""

    answers: list[dict]
    milliseconds: list[float]
    took: float
    cpu: float
    bytes_up: int
    bytes_down: int

    def per(self, count: int) -> str:
        """The cost of one of these many things."""
        cpu, up, down = self.cpu / count * 1000, self.bytes_up / count, self.bytes_down / count
        return f"server {cpu * 1000:,.0f} µs, {up:,.0f} + {down:,.0f} bytes each"

    @property
    def p99(self) -> float:
        return sorted(self.milliseconds)[math.ceil(0.99 * len(self.milliseconds)) - 1]

    @property
    def tail(self) -> str:
        return f"p50 {median(self.milliseconds):,.1f}, p99 {self.p99:,.1f}"


class Server:
    """Gunicorn at this address."""

    def __init__(self, address: str):
        self._to = urlsplit(address).netloc
        self._lines = threading.local()
        parent = psutil.Process()
        self._processes = [one for one in parent.children(recursive=True) if "gunicorn" in " ".join(one.cmdline())]

    def all(self, rounds: Iterable[Round], at_a_time: int) -> Done:
        """Make these rounds, so many at a time."""
        rounds, cpu, began = list(rounds), self._cpu(), perf_counter()
        with ThreadPoolExecutor(at_a_time) as pool:
            told = list(pool.map(self._one, rounds))
        took = perf_counter() - began
        answers, milliseconds, up, down = zip(*told, strict=True)
        return Done(list(answers), list(milliseconds), took, self._cpu() - cpu, sum(up), sum(down))

    def bring_up_to_date(self, phones: list[FleetPhone], at_a_time: int) -> None:
        """Let these phones fetch until nothing more comes."""
        while behind := [Round(phone) for phone in phones if phone.more]:
            self.all(behind, at_a_time)

    def _one(self, round: Round) -> tuple[dict, float, int, int]:
        message = gzip.compress(orjson.dumps(round.phone.message(round.wires, round.unsent)), 5)
        began = perf_counter()
        line = self._line()
        line.request("POST", "/api/v1/sync", message, {**HEADERS, "Cookie": f"bihuan={round.phone.cookie}"})
        response = line.getresponse()
        packed = response.read()
        took = (perf_counter() - began) * 1000
        text = gzip.decompress(packed) if response.headers["Content-Encoding"] == "gzip" else packed
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {text[:200]!r}")
        answer = orjson.loads(text)
        round.phone.take(answer)
        return answer, took, len(message), len(packed)

    def _line(self) -> http.client.HTTPConnection:
        if not hasattr(self._lines, "open"):
            self._lines.open = http.client.HTTPConnection(self._to, timeout=60)
        return self._lines.open

    def _cpu(self) -> float:
        """Seconds of processor time that the server has used."""
        times = [process.cpu_times() for process in self._processes]
        return sum(one.user + one.system for one in times)


class Fleet:
    """Drivers with a phone and a transfer each, in a town of their own."""

    def __init__(self, city: City, data: Path):
        self.city, self._data, self.phones = city, data, []
        self._changes = 0

    def enrol(self, user: str, transfer: str | None = None) -> FleetPhone:
        """Another phone of this user, which has seen nothing yet."""
        device = new_id()
        cookie = open_session(db.session.get(User, user), device)
        return FleetPhone(user, device, cookie, transfer)

    def change_records(self, count: int) -> None:
        """The desk changes so many records that every phone sees, of about 450 bytes."""
        self._changes += 1
        words = {
            "services": f"{self._changes} " + "血液透析、产科、儿科、急诊；" * 4,
            "how_to_get_there": "从北湖路东门进，绕过住院楼，" * 6,
        }
        self.city.all(
            "save_hospital",
            [{"name": f"第{n}医院", "area": "宽城", "colour": "yellow", "phone": "14200000120", **words} for n in range(count)],
        )

    @contextmanager
    def serving(self) -> Iterator[Server]:
        db.session.remove()
        with served(self._data, WORKERS) as address:
            yield Server(address)


@contextmanager
def a_fleet(phones: int, people: int) -> Iterator[Fleet]:
    """A town with so many drivers, each before a transfer of so many people."""
    with TemporaryDirectory(prefix="bihuan-fleet-") as folder, house(data=Path(folder)) as app:
        fleet = Fleet(City(app), Path(folder))
        for n in range(phones):
            name = f"fleet{n}"
            fleet.city.user("driver", name)
            fleet.phones.append(fleet.enrol(fleet.city.users[name], fleet.city.trip(people, driver=name)))
        yield fleet
