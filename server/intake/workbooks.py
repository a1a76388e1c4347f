"""Workbooks (xlsx, xlsm, xls, ods): what they would unfold to is looked at first, then a process of its own opens them.

Macros are never run and formulas never evaluated: the value that was saved with the cell is read, and a text that begins
with "=" is a text.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from server.intake.table import Table
from server.problems import Refused

UNFOLDED_BYTES_MAX = 600 * 1024 * 1024
UNFOLDED_RATIO_MAX = 300  # a sheet of text rarely packs better than 1:40
SECONDS_MAX = 120

_READER = Path(__file__).with_name("workbook_process.py")


def read_zipped(data: bytes) -> list[Table]:
    """An xlsx, xlsm, xlsb or ods. Refuses: file.broken, file.bomb, file.encrypted, file.unknown_kind."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    except Exception as reason:  # a damaged archive fails in many ways, some of zlib's without a public class
        raise Refused("file.broken") from reason
    if any(entry.flag_bits & 1 for entry in entries) or b"encryption-data" in manifest:
        raise Refused("file.encrypted")
    unfolded = sum(entry.file_size for entry in entries)
    if unfolded > UNFOLDED_BYTES_MAX or unfolded > UNFOLDED_RATIO_MAX * max(len(data), 20_000):
        raise Refused("file.bomb")
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        raise Refused("file.unknown_kind")
    return _read(data)


def read_compound(data: bytes) -> list[Table]:
    """An xls, or an encrypted xlsx, which comes in the same container.

    Refuses: file.broken, file.bomb, file.encrypted, file.unknown_kind.
    """
    if _wide("EncryptedPackage") in data or _wide("EncryptionInfo") in data:
        raise Refused("file.encrypted")
    if _wide("Workbook") not in data and _wide("Book") not in data:
        raise Refused("file.unknown_kind")
    return _read(data)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _read(data: bytes) -> list[Table]:
    """The sheets, read by workbook_process.py within its limits of memory and time."""
    try:
        process = subprocess.run(
            [sys.executable, "-I", str(_READER)], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS_MAX
        )
    except subprocess.TimeoutExpired as reason:
        raise Refused("file.bomb") from reason
    if process.returncode != 0:  # ended at a limit
        raise Refused("file.bomb")
    answer = json.loads(process.stdout)
    if "refused" in answer:
        raise Refused(answer["refused"])
    return [_table(sheet) for sheet in answer["sheets"]]


def _table(sheet: dict[str, Any]) -> Table:
    rows = [[_untagged(cell) if isinstance(cell, list) else cell for cell in row] for row in sheet["rows"]]
    return Table(sheet=sheet["name"], rows=rows, hidden=sheet["hidden"], merged=[tuple(merged) for merged in sheet["merged"]])


_KINDS: dict[str, Callable[[Any], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def _untagged(cell: list[Any]) -> Any:
    kind, value = cell
    return _KINDS[kind](value)
