"""What a column holds, told by its cells alone: for headers in words that nobody has met yet."""

from __future__ import annotations

import re
from typing import Any

from server.intake.id_numbers import id_number_of
from server.intake.people_words import age_of, looks_like_category, looks_like_name, phones_of, sex_of
from server.intake.words import filled, tidy

_DATE = re.compile(r"20\d\d[-./年]?\d{1,2}[-./月]?\d{1,2}|\d{1,2}月\d{1,2}[日号]|\d{1,2}[.:点]\d{2}")
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{2,}.*\d.*(?:号楼|栋|幢|单元|门|室|-\d+-\d+)|[\u4e00-\u9fff]{2,}\D*\d+[-/]\d+[-/]\d+|(?:路|街|大街|胡同|屯|组).*\d+号"
)
_PLACE = re.compile(r"\d{1,4}[-/#]\d{1,2}[-/]\d{2,4}|\d+(?:号楼|栋|幢|楼).*\d+(?:单元|门)?.*\d{3,4}")


def guesses(rows: list[list[Any]], width: int) -> list[dict[str, float]]:
    """For each column, field → share of its filled cells that look like that field (0–1)."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for row in rows:
        for index, cell in enumerate(row[:width]):
            if filled(cell):
                columns[index].append(cell)
    return [_shares(cells, len(rows)) for cells in columns]


def _shares(cells: list[Any], rows: int) -> dict[str, float]:
    if not cells or len(cells) * 20 < rows:
        return {}
    counts: dict[str, int] = {}
    for cell in cells:
        for kind in _kinds(cell):
            counts[kind] = counts.get(kind, 0) + 1
    shares = {kind: count / len(cells) for kind, count in counts.items()}
    if "age" in shares and _counts_up(cells):
        shares = {"ordinal": 1.0}
    return shares


def _kinds(cell: Any) -> list[str]:
    """What one cell could be; the order does not matter."""
    text = tidy(cell)
    if hasattr(cell, "year"):
        return ["detected_at"]
    if _is_id(cell, text):
        return ["id_number"]
    if sex_of(text):
        return ["sex"]
    if 7 <= len(text) <= 40 and phones_of(cell).numbers and sum(sign.isdigit() for sign in text) * 2 >= len(text):
        return ["phone"]
    if looks_like_category(text):
        return ["category"]
    if isinstance(cell, str) and looks_like_name(text):
        return ["name"]
    if _ADDRESS.search(text):
        return ["address"]
    if _PLACE.fullmatch(text):
        return ["place"]
    if _DATE.search(text) or re.fullmatch(r"4[45]\d{3}(?:\.\d+)?", text):
        return ["detected_at"]
    if len(text) <= 5 and (text.endswith("岁") or text.isdecimal()) and age_of(text) is not None:
        return ["age"]
    return []


def _is_id(cell: Any, text: str) -> bool:
    number = id_number_of(cell)
    return number.kind == "resident" and number.birth_date is not None and len(number.written) >= 15


def _counts_up(cells: list[Any]) -> bool:
    numbers = [int(tidy(cell)) for cell in cells if tidy(cell).isdecimal()]
    steps = [after - before for before, after in zip(numbers, numbers[1:], strict=False)]
    return len(numbers) >= 2 and sum(1 for step in steps if step == 1) * 10 >= len(steps) * 8
