"""Whose list it is and of which day: from the file's name, then from the titles above the header, then from the
sheets' names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath

from server.intake.headers import find_layout
from server.intake.moments import days_in
from server.intake.table import Table
from server.intake.words import tidy


def list_day_of(name: str, tables: Sequence[Table], *, near: date) -> date | None:
    """The day of a list, or None when nothing names one (then it is asked). A day without a year is the one nearest
    to `near`.
    """
    for text in _texts(name, tables):
        if days := days_in(text, near):
            return days[0]
    return None


def area_of(name: str, tables: Sequence[Table], areas: Iterable[str]) -> str | None:
    """The one of `areas` (full and short names) that the file's name, a title or a sheet names first; the longest
    wins in one text.
    """
    by_length = sorted((area for area in areas if area), key=len, reverse=True)
    for text in _texts(name, tables):
        for area in by_length:
            if area in text:
                return area
    return None


def _texts(name: str, tables: Sequence[Table]) -> Iterable[str]:
    yield tidy(re.sub(r"\.[A-Za-z]{2,5}$", "", PurePath(name).name))
    shown = [table for table in tables if not table.hidden]
    for table in shown:
        layout = find_layout(table)
        if layout is None:
            continue
        for row in table.rows[: min(layout.header_rows, default=1) - 1]:
            yield from (text for cell in row if (text := tidy(cell)))
    for table in shown:
        if table.sheet:
            yield tidy(table.sheet)
