"""A backup: every row as of one moment, while the server serves."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.migration import MigrationContext
from pyrage import x25519
from sqlalchemy import JSON, Boolean, Column, DateTime, LargeBinary, MetaData, Table, text
from sqlalchemy.orm import Session

from server.backup.envelope import seal_lines
from server.backup.reading import FORMAT, Contents, check_backup
from server.store.change_log import current_epoch, head
from server.store.database import snapshot

AT_ONCE = 2_000
PICTURES_AT_ONCE = 8  # of up to 256 KiB each
OF_ONE_PROCESS = {"alembic_version", "lease", "sign_in_try"}  # the first is in the heading; the others mean nothing elsewhere
NOT_KEPT = ("*.sqlite3*", "*.lock", "before-*", "restored", "demo-lists", "*.part")


@dataclass(frozen=True)
class Written:
    """What stands in the file, as it was read back from the disk."""

    contents: Contents
    bytes: int


def write_backup(data: Path, file: Path, recipient: x25519.Recipient, at: datetime) -> Written:
    """Write everything as of now into `file`, read it back, compare, and only then give it its name. Raises Unreadable, FileExistsError."""
    if file.exists():
        raise FileExistsError(f"{file} is there already: a backup never writes over another.")
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    reads_back = x25519.Identity.generate()
    digest = hashlib.sha256()
    try:
        with snapshot() as session:
            seal_lines(hashed(all_lines(session, data, at), digest), part, [recipient, reads_back.to_public()])
        contents = check_backup(part, reads_back, digest=digest.hexdigest())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return Written(contents, file.stat().st_size)


def hashed(lines: Iterator[dict | list], digest) -> Iterator[bytes]:
    """Each line as it is kept; the last one carries the digest of all before it."""
    for value in lines:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        digest.update(line)
        yield line
    yield json.dumps({"sha256": digest.hexdigest()}).encode() + b"\n"


def all_lines(session: Session, data: Path, at: datetime) -> Iterator[dict | list]:
    """Heading, files, then each table with its columns, its rows and their number."""
    yield heading(session, at)
    for name, content in kept_files(data):
        yield {"file": name, "content": b64encode(content).decode()}
    for table in tables_of(session):
        yield {"table": table.name, "columns": [column.name for column in table.columns]}
        rows = 0
        for row in rows_of(session, table):
            rows += 1
            yield row
        yield {"rows": rows}


def heading(session: Session, at: datetime) -> dict:
    """The first line of a backup: its format, the tables' version, when it was taken, and of which history."""
    revision = MigrationContext.configure(session.connection()).get_current_revision()
    operations = session.execute(text("SELECT count(*) FROM operation")).scalar_one()
    taken = {"taken_at": at.isoformat(), "epoch": current_epoch(session), "stamp": head(session), "operations": operations}
    return {"bihuan": FORMAT, "revision": revision, **taken}


def kept_files(data: Path) -> Iterator[tuple[str, bytes]]:
    """Every file beside the database that a restored server needs. Read after the snapshot began: files are added before their rows."""
    for file in sorted(data.rglob("*")):
        name = file.relative_to(data)
        if file.is_file() and not any(Path(part).match(pattern) for part in name.parts for pattern in NOT_KEPT):
            yield str(name), file.read_bytes()


def tables_of(session: Session) -> list[Table]:
    """The tables as they are in this database, whatever version wrote them."""
    found = MetaData()
    found.reflect(session.connection())
    return [table for table in found.sorted_tables if table.name not in OF_ONE_PROCESS]


def rows_of(session: Session, table: Table) -> Iterator[list]:
    """Each row, its values in a form that both engines take."""
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    postgres = connection.dialect.name == "postgresql"
    columns = [quote(column.name) + ("::text" if postgres and isinstance(column.type, JSON) else "") for column in table.columns]
    query = text(f"SELECT {', '.join(columns)} FROM {quote(table.name)}")
    kept = [(place, kept_as(column)) for place, column in enumerate(table.columns) if kept_as(column)]
    at_once = PICTURES_AT_ONCE if table.name == "blob_part" else AT_ONCE
    for part in connection.execution_options(yield_per=at_once).execute(query).partitions():
        for row in part:
            values = list(row)
            for place, keep in kept:
                if values[place] is not None:
                    values[place] = keep(values[place])
            yield values


def kept_as(column: Column):
    """How a value of this column is written down; None for what JSON has itself. A moment stands as SQLite keeps it: UTC, no zone."""
    if isinstance(column.type, Boolean):
        return bool
    if isinstance(column.type, DateTime):
        return lambda value: value if isinstance(value, str) else value.isoformat(" ", "microseconds")
    if isinstance(column.type, LargeBinary):
        return lambda value: b64encode(value).decode()
    return str if column.type.python_type.__name__ == "date" else None
