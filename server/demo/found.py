"""The scenario's lists by the moment their people were found: what a unit knows at an hour, it sends at that hour."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from server.intake.judging import ReadList, understand
from server.intake.reading import read_tables

SCENARIO = Path(__file__).resolve().parent / "changchun"
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class FoundRow:
    """One line of a unit's list, and when it is known: the moment its person was found, kept within the day of the list."""

    at: datetime
    sheet: str
    cells: dict[str, str]


@dataclass(frozen=True)
class SentList:
    """A small list as a unit's desk sends it."""

    unit: str
    name: str
    rows: int
    content: bytes


def lists_found(since: datetime, until: datetime) -> list[SentList]:
    """The lists of those found after `since` and no later than `until`, one a unit, sheet and day that has any, first day first."""
    sent = []
    day = since.astimezone(ZONE).date()
    while day <= until.astimezone(ZONE).date():
        for unit, rows in _rows_of(day).items():
            new = [row for row in rows if since < row.at <= until]
            sheets = _headers_of(unit, day)
            for sheet, headers in sheets.items():
                mine = [row for row in new if row.sheet == sheet]
                if mine:
                    name = "-".join(filter(None, [str(day), unit, sheet if len(sheets) > 1 else "", f"{until.astimezone(ZONE):%H%M}"]))
                    sent.append(SentList(unit, f"{name}.csv", len(mine), _text(mine, headers)))
        day += timedelta(days=1)
    return sent


@cache
def _rows_of(day: date) -> dict[str, list[FoundRow]]:
    """Unit → the lines of its list of this day. Read once in a process."""
    return {file.stem[11:]: _rows(_read(file, day), day) for file in sorted((SCENARIO / "lists").glob(f"{day}-*"))}


@cache
def _headers_of(unit: str, day: date) -> dict[str, list[str]]:
    [file] = (SCENARIO / "lists").glob(f"{day}-{unit}.*")
    sheets = _read(file, day).sheets
    return {sheet.sheet or "": [column.header or f"#{column.index + 1}" for column in sheet.columns] for sheet in sheets}


@cache
def _read(file: Path, day: date) -> ReadList:
    return understand(read_tables(file), list_day=day, titles=(file.name,))


def _rows(read: ReadList, day: date) -> list[FoundRow]:
    first = datetime.combine(day, time.min, ZONE) + timedelta(minutes=1)
    last = datetime.combine(day, time(23, 59), ZONE)
    return [
        FoundRow(min(max(line.values["detected_at"] or first, first), last), sheet or "", line.raw) for sheet, _row, line in read.people
    ]


def _text(rows: list[FoundRow], headers: list[str]) -> bytes:
    """The unit's own columns with these lines only, as a spreadsheet saves text."""
    file = StringIO()
    lines = csv.writer(file)
    lines.writerow(headers)
    lines.writerows([row.cells.get(header) for header in headers] for row in rows)
    return file.getvalue().encode("utf-8-sig")
