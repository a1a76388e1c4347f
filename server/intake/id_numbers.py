"""Resident identity numbers (GB 11643-1999) and the other papers people have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from server.intake.words import filled

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_OTHER_PAPERS = (
    ("passport", re.compile(r"(?:[EGDSPH]|E[A-HJ-NP-Z]|DE|SE|PE)\d{7,8}|[A-Z]{1,2}\d{6,9}")),
    ("hong_kong_macau_permit", re.compile(r"[HMC]\d{8}(?:\d{2})?")),
    ("taiwan_permit", re.compile(r"\d{8}|T\d{8}")),
    ("birth_certificate", re.compile(r"[A-Z]\d{9}")),
)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """What an ID cell holds.

    `number` is there only when it can identify someone (check digit right, or another paper); `written` is what
    stood in the cell.
    `fault` is None, id_missing, id_checksum, id_length or id_precision_lost. `birth_date` and `sex` may be there
    even with a fault.
    """

    number: str | None
    written: str
    kind: str = "resident"
    fault: str | None = None
    birth_date: date | None = None
    sex: str | None = None


_MISSING = IdNumber(None, "", fault="id_missing")


@lru_cache(maxsize=2048, typed=True)
def id_number_of(cell: object, *, rounded: bool = False) -> IdNumber:
    """Read an ID cell; a number that was typed as a number has lost its last digits (15 are kept).

    `rounded`: this column holds numbers that a spreadsheet rounded before they were saved as text (see
    `column_is_rounded`).
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(cell)
    text = re.sub(r"[\s'’`\"‘.,:*_-]", "", filled(cell)).upper().replace("Х", "X").replace("×", "X")
    if not text or not re.search(r"[0-9A-Z]", text):
        return _MISSING
    if len(text) == 18 and text[:17].isdecimal():
        return _resident(text, rounded)
    if len(text) == 15 and text.isdecimal() and (born := _birth("19" + text[6:12])):
        return IdNumber(_lengthened(text), text, birth_date=born, sex=_sex(text[14]))
    if re.fullmatch(r"\d(?:\d{0,17})?E\+?1?\d", text.replace(".", "")):
        return IdNumber(None, filled(cell), fault="id_precision_lost")
    for kind, pattern in _OTHER_PAPERS:
        if pattern.fullmatch(text):
            return IdNumber(text, text, kind=kind)
    return IdNumber(None, text, fault="id_length")


def check_digit(first_17: str) -> str:
    """The eighteenth character of a resident ID (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def _from_number(cell: float) -> IdNumber:
    if cell != cell or cell in (float("inf"), float("-inf")) or cell == 0:
        return _MISSING
    digits = f"{Decimal(repr(cell)):.0f}"
    if len(digits) == 18:
        return IdNumber(None, digits, fault="id_precision_lost", birth_date=_birth(digits[6:14]))
    return id_number_of(digits)


def column_is_rounded(cells: Iterable[object]) -> bool:
    """Whether texts of a column end in three zeros that do not check: then one that checks does so by chance (one
    in eleven).
    """
    return any(
        isinstance(cell, str) and cell.rstrip().endswith("000") and id_number_of(cell).fault == "id_precision_lost" for cell in cells
    )


def _resident(text: str, rounded: bool) -> IdNumber:
    born = _birth(text[6:14])
    if born and check_digit(text[:17]) == text[17] and not (rounded and text.endswith("000")):
        return IdNumber(text, text, birth_date=born, sex=_sex(text[16]))
    # Three zeros at the end that do not check: saved as text only after a spreadsheet had rounded it.
    fault = "id_precision_lost" if text.endswith("000") else "id_checksum"
    return IdNumber(None, text, fault=fault, birth_date=born)


def _lengthened(fifteen: str) -> str:
    first = fifteen[:6] + "19" + fifteen[6:]
    return first + check_digit(first)


def _sex(digit: str) -> str:
    return "male" if int(digit) % 2 else "female"


def _birth(digits: str) -> date | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return born if 1880 <= born.year <= 2200 else None
