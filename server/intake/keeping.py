"""How a data row is kept: its cells and its values with ID numbers masked wherever they stand, the person's own sealed beside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from server.domain.acts import new_id
from server.intake.judging import JudgedRow, SheetColumns
from server.intake.ledger_words import SITE_DAYS
from server.intake.ledgers import LedgerRow
from server.store.imports import ImportRow
from server.store.sealing import id_key, seal, unseal

_MOMENTS = frozenset(
    (
        "detected_at sample_at last_exposure_at birth_date checked_in_at tier_from state_since last_disinfected_at last_test_on checked_at"
    ).split()
    + list(SITE_DAYS)
)
_ID_FIELDS = ("id_number", "id_written")
_LONG_NUMBER = re.compile(r"\d{11,}(?=\d{3}[\dXx])")


def row_of_list(row: JudgedRow, position: int, sheets: Iterable[SheetColumns], secret: str) -> dict[str, Any]:
    """A judged line of a list as a row of `import_row` (without its file)."""
    headers = {column.header for sheet in sheets if sheet.sheet == row.sheet for column in sheet.columns if column.field == "id_number"}
    values = row.values
    return {
        **_row(row, position, headers, secret),
        "person_id": row.person,
        "other_row_id": row.beside,
        "household": cut(row.household, 160),
        "name": cut(values["name"], 60),
        "phone": values["phone"],
        "address_key": cut(values["address_key"], 160),
        "birth_year": values["birth_year"],
        "category": values["category"],
    }


def row_of_ledger(row: LedgerRow, position: int, secret: str) -> dict[str, Any]:
    """A row of a ledger as a row of `import_row` (without its file)."""
    kept = _row(row, position, {header for header in row.raw if "证" in header or "id" in header.lower()}, secret)
    nothing = dict.fromkeys(("person_id", "other_row_id", "household", "phone", "address_key", "birth_year", "category"))
    return {**kept, **nothing, "name": cut(row.values.get("name"), 60)}


def _row(row: JudgedRow | LedgerRow, position: int, id_headers: set[str], secret: str) -> dict[str, Any]:
    number, written = (row.values.get(name) for name in _ID_FIELDS)
    return {
        "id": new_id(),
        "position": position,
        "sheet": cut(row.sheet, 60),
        "row": row.row,
        "verdict": row.verdict,
        "reasons": row.reasons,
        "warnings": row.warnings,
        "cells": {header: mask(text, whole=header in id_headers) for header, text in row.raw.items()},
        "read": {name: _plain(value) for name, value in row.values.items() if name not in _ID_FIELDS},
        "state": "judged",
        "waits": False,
        "id_sealed": seal(number or written, secret)[:200] if number or written else None,
        "id_key": id_key(number, secret) if number else None,
    }


def values_of(row: ImportRow, secret: str) -> dict[str, Any]:
    """The values of a kept row as they were understood, with the ID number again."""
    values = {name: _moment(value) if name in _MOMENTS else value for name, value in row.read.items()}
    written = row.id_sealed and unseal(row.id_sealed, secret)
    return {**values, "id_written": written, "id_number": written if row.id_key else None}


def mask(text: str, *, whole: bool = False) -> str:
    """Long numbers keep their last four signs; a cell that is an ID number does in any case."""
    plain = unicodedata.normalize("NFKC", text)
    if whole and len(plain) > 4:
        return "…" + plain[-4:]
    return _LONG_NUMBER.sub("…", plain) if _LONG_NUMBER.search(plain) else text


def cut(text: str | None, length: int) -> str | None:
    """What fits a column. The whole cell is kept in `cells`."""
    return text[:length] if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return mask(value) if isinstance(value, str) else value


def _moment(text: str | None) -> date | datetime | None:
    if text is None:
        return None
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
