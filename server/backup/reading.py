"""A backup read again, part by part; whatever is wrong with it is found before it ends."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pyrage import x25519

from server.backup.envelope import Unreadable, opened_lines

FORMAT = 1


@dataclass
class Contents:
    """What a backup says of itself and what was found in it."""

    taken_at: datetime
    revision: str
    epoch: str
    stamp: int
    operations: int
    files: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TableOfRows:
    """One table: its columns, and its rows, to be read before the next one is asked for."""

    name: str
    columns: list[str]
    rows: Iterator[list]


def check_backup(file: Path, identity: x25519.Identity, digest: str | None = None) -> Contents:
    """Read all of it. Raises Unreadable when it is damaged, cut short, not ours, or not the one with this digest."""
    with opened_backup(file, identity, digest) as (contents, tables):
        for table in tables:
            for _row in table.rows:
                pass
    return contents


class opened_backup:  # noqa: N801 — used as a context manager, like open
    """`with opened_backup(file, identity) as (contents, tables)`: the heading and the files at once, the tables one after the other."""

    def __init__(self, file: Path, identity: x25519.Identity, digest: str | None = None):
        self._lines, self._expected, self._digest = opened_lines(file, identity), digest, hashlib.sha256()

    def __enter__(self) -> tuple[Contents, Iterator[TableOfRows]]:
        lines = self._lines.__enter__()
        try:
            return self._read(lines)
        except BaseException:
            lines.close()
            self._lines.__exit__(None, None, None)
            raise

    def __exit__(self, *fault) -> None:
        self._lines.__exit__(None, None, None)

    def _read(self, lines: Iterator[bytes]) -> tuple[Contents, Iterator[TableOfRows]]:
        contents = heading(self._next(lines))
        line = self._next(lines)
        while isinstance(line, dict) and "file" in line:
            contents.files[safe_name(line["file"])] = b64decode(line["content"])
            line = self._next(lines)
        return contents, self._tables(contents, line, lines)

    def _tables(self, contents: Contents, line: dict | list, lines: Iterator[bytes]) -> Iterator[TableOfRows]:
        while isinstance(line, dict) and "table" in line:
            name = line["table"]
            yield TableOfRows(name, line["columns"], self._rows(contents, name, lines))
            if name not in contents.rows:
                raise Unreadable(f"The rows of {name} were not read to their end")
            line = self._next(lines)
        if contents.rows.get("operation") != contents.operations:
            raise Unreadable("Not as many operations as the heading says")
        if not isinstance(line, dict) or line.get("sha256") != self._before or self._expected not in (None, self._before):
            raise Unreadable("The digest does not match")
        if next(lines, None) is not None:
            raise Unreadable("There is something behind the end")

    def _rows(self, contents: Contents, name: str, lines: Iterator[bytes]) -> Iterator[list]:
        rows = 0
        while isinstance(row := self._next(lines), list):
            rows += 1
            yield row
        if row != {"rows": rows}:
            raise Unreadable(f"Not as many rows of {name} as there should be")
        contents.rows[name] = rows

    def _next(self, lines: Iterator[bytes]) -> dict | list:
        line = next(lines, None)
        if line is None:
            raise Unreadable("It ends too early")
        self._before = self._digest.hexdigest()
        self._digest.update(line)
        try:
            return json.loads(line)
        except ValueError as fault:
            raise Unreadable("A line cannot be read") from fault


def heading(line: dict | list) -> Contents:
    """The first line: when it was taken, of which version and history. Raises Unreadable for another format."""
    if not isinstance(line, dict) or line.get("bihuan") != FORMAT:
        raise Unreadable("This is no backup that this version can read")
    taken_at = datetime.fromisoformat(line["taken_at"])
    return Contents(taken_at, line["revision"], line["epoch"], line["stamp"], line["operations"])


def safe_name(name: str) -> str:
    """A name inside DATA and nowhere else."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise Unreadable("A file in it wants to lie elsewhere")
    return name
