"""Millions of rows straight into the tables, on either engine: for a place to measure in, which the doors would take days to make.

Rows are as the doors would leave them. Indexes and triggers are taken off before and laid on afterwards, as one does for a load of this
size, and what is kept counted is counted at the end.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from sqlalchemy import Table

from server.store.database import Base, db, transaction
from server.store.kept_counts import count_anew

AT_ONCE = 20_000
Keep = Callable[[type[Base], Iterable[dict]], None]


@contextmanager
def bulk() -> Iterator[Keep]:
    """`keep(table, rows)` writes dictionaries of text and numbers; moments as `moment` gives them, JSON as text."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        lay_on = {"sqlite": _sqlite, "postgresql": _postgres}[db.engine.dialect.name](driver)
        yield _writer(driver)
        for statement in lay_on:
            driver.execute(statement)
    with transaction() as session:
        count_anew(session.connection())


def moment(at: datetime) -> str:
    """A moment (UTC, without a zone) as both engines take it."""
    return at.isoformat(" ", "microseconds")


def _sqlite(driver) -> list[str]:
    for pragma in ("synchronous=OFF", "foreign_keys=OFF", "temp_store=FILE"):
        driver.execute(f"PRAGMA {pragma}")
    made = driver.execute("SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL").fetchall()
    for kind, name, _sql in made:
        driver.execute(f'DROP {kind} "{name}"')
    return [sql for _kind, _name, sql in made]


def _postgres(driver) -> list[str]:
    driver.autocommit = True
    for setting in (
        "session_replication_role = replica",
        "synchronous_commit = off",
        "maintenance_work_mem = '512MB'",
        "statement_timeout = 0",
    ):
        driver.execute(f"SET {setting}")
    of_constraints = "SELECT conname FROM pg_constraint"
    loose = f"SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN ({of_constraints})"
    made = driver.execute(loose).fetchall()
    for name, _sql in made:
        driver.execute(f'DROP INDEX "{name}"')
    return [*(sql for _name, sql in made), "ANALYZE"]


def _writer(driver) -> Keep:
    def keep(table: type[Base], rows: Iterable[dict]) -> None:
        rows = iter(rows)
        while part := list(islice(rows, AT_ONCE)):
            names = list(part[0])
            _copy(driver, table.__table__, names, part) if db.engine.dialect.name == "postgresql" else _insert(
                driver, table.__table__, names, part
            )

    return keep


def _insert(driver, table: Table, names: list[str], rows: list[dict]) -> None:
    driver.execute("BEGIN")
    columns, values = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    driver.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({values})', [tuple(row.values()) for row in rows])
    driver.execute("COMMIT")


def _copy(driver, table: Table, names: list[str], rows: list[dict]) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    with driver.cursor().copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as into:
        into.write("".join("\t".join(map(_text, row.values())) + "\n" for row in rows))


def _text(value) -> str:
    return r"\N" if value is None else str(value).replace("\\", r"\\")
