"""A table of cells as every reader gives it, with the row numbers a person counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ROWS_MAX = 200_000


@dataclass(slots=True)
class Table:
    """One sheet, or a whole text file (`sheet` is then None).

    `rows[0]` is row 1 as a person counts it; leading and inner blank rows are kept as empty lists.
    `merged` holds merged ranges as zero-based (first_row, first_column, last_row, last_column).
    """

    sheet: str | None
    rows: list[list[Any]]
    hidden: bool = False
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def filled_row(row: list[Any]) -> bool:
    """Whether any cell of the row holds something besides spaces."""
    return any(cell not in ("", None) and not (isinstance(cell, str) and cell.isspace()) for cell in row)
