"""A file of any kind becomes tables of cells with the row numbers a person counts. The kind is told by content,
never by name.
"""

from __future__ import annotations

from pathlib import Path

from server.intake import delimited, web_tables, workbooks
from server.intake.table import ROWS_MAX, Table, filled_row
from server.problems import Refused

FILE_MB_MAX = 50
FILE_BYTES_MAX = FILE_MB_MAX * 1024 * 1024


def read_tables(source: Path | str | bytes, name: str = "") -> list[Table]:
    """Read a spreadsheet or a delimited text; `name` is for messages only.

    Refuses: file.empty, file.broken, file.too_large, file.too_many_rows, file.bomb, file.encrypted, file.unknown_kind.
    """
    data = _bytes_of(source)
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise Refused("file.empty", file=name)
    tables = _tables_of(data)
    if not any(filled_row(row) for table in tables for row in table.rows):
        raise Refused("file.empty", file=name)
    if sum(len(table.rows) for table in tables) > ROWS_MAX + len(tables) * 100:
        _refuse_too_many_rows(tables, name)
    return tables


def _bytes_of(source: Path | str | bytes) -> bytes:
    if isinstance(source, bytes):
        size = len(source)
    else:
        size = Path(source).stat().st_size
    if size > FILE_BYTES_MAX:
        raise Refused("file.too_large", megabytes=-(-size // (1024 * 1024)), limit=FILE_MB_MAX)
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def _tables_of(data: bytes) -> list[Table]:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return workbooks.read_zipped(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return workbooks.read_compound(data)
    if data[:2] == b"\x09\x08" or data.startswith(_OTHER_KINDS):
        raise Refused("file.unknown_kind")
    text = delimited.decode(data)
    if web_tables.looks_like_page(text):
        return web_tables.read_page(text)
    return [delimited.read_text(text)]


# PDF, images, other archives, programs, RTF: named so that the sentence is "not a table", not "damaged".
_OTHER_KINDS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BM",
    b"MZ",
    b"\x7fELF",
    b"{\\rtf",
    b"SQLite",
)


def _refuse_too_many_rows(tables: list[Table], name: str) -> None:
    filled = sum(1 for table in tables for row in table.rows if filled_row(row))
    if filled > ROWS_MAX:
        raise Refused("file.too_many_rows", limit=f"{ROWS_MAX:,}", file=name)
