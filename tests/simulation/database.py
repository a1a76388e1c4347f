"""Where the office's database lies: in a SQLite file, or in a PostgreSQL of its own. Copies of it are kept and put back in its place,
and the judge asks the tables on a way of its own, in SQLite's words."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg
import pysqlite3.dbapi2 as sqlite
from psycopg.pq import TransactionStatus
from sqlalchemy import event

from tests.postgres import Postgres


class InSqlite:
    """A file; a copy is a file beside it."""

    url = ""

    def __init__(self, folder: Path):
        self._file, self._copies = folder / "data" / "bihuan.sqlite3", folder

    def keep(self, copy: str) -> None:
        """Keep it as it is now, made while the server runs."""
        with sqlite.connect(self._file) as running, sqlite.connect(self._copies / copy) as kept:
            running.backup(kept)
        running.close(), kept.close()

    def put_back(self, copy: str) -> None:
        """Put a copy in its place. No server runs."""
        for rest in ("-wal", "-shm"):
            Path(f"{self._file}{rest}").unlink(missing_ok=True)
        shutil.copy(self._copies / copy, self._file)

    def forget(self, copy: str) -> None:
        (self._copies / copy).unlink()

    def tables(self) -> Callable[[], sqlite.Cursor]:
        """A way to the tables, open as long as whoever asks for it lives."""
        return sqlite.connect(self._file, isolation_level=None).cursor

    @staticmethod
    def hurry(engine) -> None:
        """What is lost with the machine need not be on the disk, and who is locked out is locked out at once."""
        for pragma in ("synchronous=OFF", "busy_timeout=0"):
            event.listen(engine, "connect", lambda connection, _record, pragma=pragma: connection.execute(f"PRAGMA {pragma}"))

    @staticmethod
    def is_inside(connection) -> bool:
        """Whether this connection of the driver is in a transaction."""
        return connection.in_transaction


class InPostgres:
    """A database of a cluster; a copy is a database beside it."""

    _office = "office"

    def __init__(self, cluster: Postgres):
        self._cluster = cluster
        self._cluster.put(self._office, "template1")
        self.url = self._cluster.url_of(self._office)

    def keep(self, copy: str) -> None:
        """The same. Nobody may be connected meanwhile: the server finds its connections gone, as when PostgreSQL starts anew."""
        with psycopg.connect(self._cluster.address("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._office])
        self._cluster.put(copy, self._office)

    def put_back(self, copy: str) -> None:
        self._cluster.put(self._office, copy)

    def forget(self, copy: str) -> None:
        self._cluster.drop(copy)

    def tables(self) -> Callable[[], "Copied"]:
        """Copies of the tables, made anew for each time that somebody looks."""
        return lambda: Copied(self._cluster.address(self._office))

    @staticmethod
    def hurry(engine) -> None:
        """The cluster waits for no disk as it is."""

    @staticmethod
    def is_inside(connection) -> bool:
        return connection.info.transaction_status != TransactionStatus.IDLE


class Copied:
    """The tables of a PostgreSQL database as of one moment, each copied when a question first names it into a SQLite in memory: so the
    judge's words are the same on both engines."""

    def __init__(self, address: str):
        self._copy = sqlite.connect(":memory:", isolation_level=None)
        self._copy.create_function("julianday", 1, lambda moment: moment and datetime.fromisoformat(moment).timestamp() / 86_400)
        self._database = psycopg.connect(address)
        self._database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        tables = self._database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        self._to_copy = {name for (name,) in tables}

    def execute(self, question: str, values: tuple | dict = ()) -> sqlite.Cursor:
        """As a cursor of SQLite does."""
        for table in sorted(self._to_copy & set(re.findall(r"\w+", question))):
            self._to_copy.discard(table)
            self._take(table)
        return self._copy.execute(question, values)

    def _take(self, table: str) -> None:
        rows = self._database.execute(f'SELECT * FROM "{table}"')
        names = [f'"{column.name}"' for column in rows.description]
        self._copy.execute(f'CREATE TABLE "{table}" ({", ".join(names)})')
        places = ", ".join("?" * len(names))
        self._copy.executemany(f'INSERT INTO "{table}" VALUES ({places})', (tuple(map(as_in_sqlite, row)) for row in rows))

    def close(self) -> None:
        self._database.close(), self._copy.close()


def as_in_sqlite(value):
    """As SQLAlchemy puts this value into SQLite."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value
