"""The floor: the same operations as rows of one table, committed phone by phone from one connection, with no server at all."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import psycopg

from tests.bench.peers.door import open_database
from tests.bench.peers.town import Handset
from tests.postgres import Postgres

TABLE = "CREATE TABLE operation (id char(36) PRIMARY KEY, device char(36), seq integer, body text, hash char(64))"


def floors(phones: list[Handset], cluster: Postgres) -> dict[str, float]:
    """Operations a second, by name."""
    batches = [rows_of(phone) for phone in phones]
    return {
        "Bare SQLite, a transaction a phone": on_sqlite(batches),
        "Bare PostgreSQL, inserts, a transaction a phone": on_postgres(batches, cluster, insert_rows),
        "Bare PostgreSQL, copied, a transaction a phone": on_postgres(batches, cluster, copy_rows),
    }


def rows_of(phone: Handset) -> list[tuple]:
    return [(one["id"], phone.device, one["seq"], one["body"], hashlib.sha256(one["body"].encode()).hexdigest()) for one in phone.outbox]


def on_sqlite(batches: list[list[tuple]]) -> float:
    with tempfile.TemporaryDirectory(prefix="bihuan-floor-") as folder:
        database = open_database(Path(folder) / "floor.sqlite3")
        database.execute(TABLE)

        def keep(rows: list[tuple]) -> None:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO operation VALUES (?, ?, ?, ?, ?)", rows)
            database.commit()

        rate = operations_a_second(batches, keep)
        database.close()
        return rate


def on_postgres(batches: list[list[tuple]], cluster: Postgres, write: Callable) -> float:
    with psycopg.connect(cluster.new_database().replace("+psycopg", "")) as connection:
        connection.execute(TABLE)
        connection.commit()

        def keep(rows: list[tuple]) -> None:
            with connection.cursor() as cursor:
                write(cursor, rows)
            connection.commit()

        return operations_a_second(batches, keep)


def insert_rows(cursor, rows: list[tuple]) -> None:
    cursor.executemany("INSERT INTO operation VALUES (%s, %s, %s, %s, %s)", rows)


def copy_rows(cursor, rows: list[tuple]) -> None:
    with cursor.copy("COPY operation FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def operations_a_second(batches: list[list[tuple]], keep: Callable[[list[tuple]], None]) -> float:
    began = perf_counter()
    for rows in batches:
        keep(rows)
    return sum(map(len, batches)) / (perf_counter() - began)
