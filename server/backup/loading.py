"""Rows into empty tables, of either engine, in one transaction."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, LargeBinary, MetaData, Table, text

from server.backup.envelope import Unreadable
from server.backup.reading import TableOfRows
from server.store.kept_counts import not_counting

AT_ONCE = 5_000
PICTURES_AT_ONCE = 8  # of up to 256 KiB each


def load_tables(connection: Connection, tables: Iterable[TableOfRows]) -> None:
    """Fill the tables. Raises Unreadable where the backup has a table or a column that this database has not."""
    here = MetaData()
    here.reflect(connection)
    with not_counting(connection):
        for table in tables:
            known = here.tables.get(table.name)
            if known is None or not set(table.columns) <= set(known.columns.keys()):
                raise Unreadable(f"The database has no place for {table.name}")
            load(connection, known, table.columns, decoded(known, table))


def load(connection: Connection, table: Table, columns: list[str], rows: Iterator[list]) -> None:
    """Put the rows into one empty table, by the quickest way that each engine has."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    if connection.dialect.name == "postgresql":
        with connection.connection.cursor().copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({', '.join('?' * len(columns))})"
    at_once = PICTURES_AT_ONCE if table.name == "blob_part" else AT_ONCE
    while part := [tuple(row) for row in islice(rows, at_once)]:
        connection.exec_driver_sql(statement, part)


def decoded(known: Table, table: TableOfRows) -> Iterator[list]:
    """The rows with bytes as bytes; everything else both engines read as it stands."""
    places = [place for place, name in enumerate(table.columns) if isinstance(known.columns[name].type, LargeBinary)]
    for row in table.rows:
        if len(row) != len(table.columns):
            raise Unreadable(f"A row of {table.name} is too short or too long")
        for place in places:
            row[place] = row[place] and b64decode(row[place])
        yield row


def check_sound(connection: Connection) -> None:
    """Nothing points at what is not there. PostgreSQL has seen to it at the commit. Raises Unreadable."""
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        sound = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        if broken or sound != "ok":
            raise Unreadable(f"The restored database is not sound: {sound}, {len(broken)} rows point at nothing")
