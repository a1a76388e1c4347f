"""The largest file that is read, through the whole door: `bihuan import` in a process of its own, while others want to write."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import pysqlite3
from sqlalchemy import select

from server.store.database import db
from server.store.imports import ImportFile
from tests.bench.figures import Effort, Figure
from tests.bench.house import ROOT, house
from tests.bench.lists import LEDGERS, SCENARIO

ROWS = 200_000  # as many as one file may have
LOOKED_AT_EVERY_SECONDS = 0.002
A_PHONE_WRITES_EVERY_SECONDS = 0.2
WEIGHTS, SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "秀建国玉兰丽华志强明军平安文静海波春梅"
BUSY = pysqlite3.dbapi2.OperationalError


@dataclass
class Run:
    """What one import took, and what it was like for others."""

    seconds: float = 0.0
    judged_after: float = 0.0
    memory_mb: float = 0.0
    held_ms: list[float] = field(default_factory=list)  # each stretch in which nobody else could write
    waited_ms: list[float] = field(default_factory=list)  # each time that another writer wanted to


def one_large_list(effort: Effort) -> list[Figure]:
    """People who all differ, taken in by the command that an operator types."""
    people = effort.times(ROWS)
    runs = [take_in(people) for _ in range(effort.times(2))]
    return [
        Figure(f"One list of {people:,} people, judged and taken in", "s", [run.seconds for run in runs]),
        Figure("… of which until it was judged", "s", [run.judged_after for run in runs]),
        Figure("Rows taken in", "rows/s", [people / run.seconds for run in runs]),
        Figure("Most memory of the process", "MB", [run.memory_mb for run in runs]),
        Figure("The write lock was held at most", "ms", [max(run.held_ms, default=0.0) for run in runs]),
        Figure("Another writer waited for it", "ms", [wait for run in runs for wait in run.waited_ms] or [0.0]),
    ]


def take_in(people: int) -> Run:
    run = Run()
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder:
        file = Path(folder) / "2022-04-03-宽城区.csv"
        file.write_bytes(a_list_of(people))
        data = Path(folder) / "data"
        command(data, *(SCENARIO / name for name in LEDGERS)).wait()
        with others_want_to_write(data / "bihuan.sqlite3", run):
            watch(command(data, file), run)
        with house(data=data):
            taken = db.session.scalar(select(ImportFile).where(ImportFile.kind == "list"))
            assert (taken.state, taken.accepted) == ("done", people)
    return run


def a_list_of(people: int) -> bytes:
    """A unit's list of so many different people, with good ID numbers, households of three, and one contact in four positive."""
    lines = ["姓名,身份证号,电话,地址,类别,检测时间,备注"]
    for n in range(people):
        name = SURNAMES[n % 20] + GIVEN[n // 20 % 19] + GIVEN[n // 380 % 19]
        born = date(1930, 1, 1) + timedelta(days=n % 30_000)
        door = n // 3
        place = f"天茂名苑{door % 40 + 1}号楼{door // 40 % 4 + 1}单元{door // 160 % 30 + 1:02}{door // 4800 % 8 + 1:02}"
        category = "无症状" if n % 4 == 0 else "密接"
        found, remark = f"2022-04-03 {n % 20:02}:{n % 60:02}", "行动不便" if n % 50 == 0 else ""
        lines.append(f"{name},{an_id_number(born, n)},142{n:08},{place},{category},{found},{remark}")
    return "\n".join(lines).encode()


def an_id_number(born: date, n: int) -> str:
    """A number with a good check digit in a county code that was never given (GB 11643)."""
    body = f"220199{born:%Y%m%d}{n // 30_000 + 10:03}"
    return body + SIGNS[sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11]


def command(data: Path, *files: Path) -> subprocess.Popen:
    environment = {name: value for name, value in os.environ.items() if name not in ("CLOCK", "DATABASE_URL")}
    line = [Path(sys.executable).with_name("bihuan"), "import", *files]
    heard = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(line, cwd=ROOT, env=environment | {"DATA": str(data)}, **heard)


def watch(process: subprocess.Popen, run: Run) -> None:
    """Hear how far it says it is, until it ends."""
    began = time.perf_counter()
    for line in process.stderr:
        if line.startswith("judging"):
            run.judged_after = time.perf_counter() - began
    _pid, status, used = os.wait4(process.pid, 0)
    run.seconds, run.memory_mb = time.perf_counter() - began, used.ru_maxrss / (1 if sys.platform == "linux" else 1024) / 1024
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0


@contextmanager
def others_want_to_write(database: Path, run: Run) -> Iterator[None]:
    """Beside the import: one that looks whether the write lock is free, and one that waits for it as a phone's round does."""
    over = Event()
    threads = [Thread(target=work, args=(database, run, over)) for work in (look_at_the_lock, write_now_and_then)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def look_at_the_lock(database: Path, run: Run, over: Event) -> None:
    with closing_connection(database, wait_ms=0) as try_to_write:
        taken_since = None
        while not over.wait(LOOKED_AT_EVERY_SECONDS):
            free = try_to_write()
            if not free:
                taken_since = taken_since or time.perf_counter()
            elif taken_since:
                run.held_ms.append((time.perf_counter() - taken_since) * 1000)
                taken_since = None


def write_now_and_then(database: Path, run: Run, over: Event) -> None:
    with closing_connection(database, wait_ms=5_000) as try_to_write:
        while not over.wait(A_PHONE_WRITES_EVERY_SECONDS):
            began = time.perf_counter()
            assert try_to_write()
            run.waited_ms.append((time.perf_counter() - began) * 1000)


@contextmanager
def closing_connection(database: Path, wait_ms: int) -> Iterator[Callable[[], bool]]:
    """A connection set up as the server's; whether it got the write lock within `wait_ms`."""
    connection = pysqlite3.dbapi2.connect(database, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout={wait_ms}")

    def try_to_write() -> bool:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except BUSY:
            return False
        connection.execute("ROLLBACK")
        return True

    try:
        yield try_to_write
    finally:
        connection.close()
