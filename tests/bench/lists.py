"""Lists in: all 45 of the scenario, one after another as they came. The whole door, on SQLite."""

import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pysqlite3

from server.intake.accepting import report
from server.intake.folders import import_files
from server.store.database import db
from tests.bench.figures import Effort, Figure
from tests.bench.house import house
from tests.world import OPERATOR

SCENARIO = Path(__file__).resolve().parents[2] / "server" / "demo" / "changchun"
LEDGERS = ("areas.csv", "communities.csv")  # what a list refers to
AFTER_THE_LAST = datetime(2022, 4, 7, 23, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WRITTEN = ("person", "household", "custody", "custody_event", "category_history", "import_file", "import_row", "operation")


def all_lists(effort: Effort) -> list[Figure]:
    """Each run begins with an empty register that knows the areas and compounds."""
    lists = sorted((SCENARIO / "lists").iterdir())[: effort.times(45)]
    runs = [take_in(lists) for _ in range(effort.times(3))]
    seconds, rows, floors = ([run[part] for run in runs] for part in range(3))
    what = f"All {len(lists)} lists, {rows[0]:,} rows"
    return [
        Figure(what, "s", seconds, floor=("bare SQLite inserts of the rows that this wrote", floors)),
        Figure("Rows taken in", "rows/s", [row / second for row, second in zip(rows, seconds, strict=True)]),
    ]


def take_in(lists: list[Path]) -> tuple[float, int, float]:
    """(seconds until everything is judged and accepted, data rows, seconds that SQLite alone takes to insert what was written)."""
    with house(AFTER_THE_LAST) as app:
        now = app.clock.now()
        check(import_files([SCENARIO / name for name in LEDGERS], by=OPERATOR, at=now))
        began = perf_counter()
        done = check(import_files(lists, by=OPERATOR, at=now))
        seconds = perf_counter() - began
        rows = sum(file["data_rows"] for file in report(done)["files"])
        return seconds, rows, bare_inserts()


def check(outcomes) -> list[str]:
    done = list(outcomes)
    assert not [outcome.refusal for outcome in done if outcome.refusal]
    return [outcome.id for outcome in done]


def bare_inserts() -> float:
    """Seconds for the same rows into the same tables with the same indexes, in one transaction, with nothing judged."""
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder, closing(pysqlite3.dbapi2.connect(f"{folder}/bare.sqlite3")) as bare:
        return insert_all(bare)


def insert_all(bare) -> float:
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    source = db.session.connection().connection.driver_connection
    for (statement,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'").fetchall():
        bare.execute(statement)
    taken = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in WRITTEN}
    began = perf_counter()
    for name, rows in taken.items():
        if rows:
            bare.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(rows[0]))})", rows)
    bare.commit()
    return perf_counter() - began
