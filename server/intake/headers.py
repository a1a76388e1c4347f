"""Which line is the header, and which column is which field: by the words of the header and by the content of the
columns below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.intake.contents import guesses
from server.intake.table import Table, filled_row
from server.intake.vocabulary import LIST, Vocabulary
from server.intake.words import bare, tidy

SEARCHED_ROWS = 60
_CONTENT_CONFIDENCE_MIN = 0.5
# A person's list needs one of these below its header, else it is a table of something else (or an old, hidden one).
_PERSON_FIELDS = {"name", "id_number", "phone"}
# Several columns may carry these.
_MANY = {"remarks", "symptoms", ""}


@dataclass(slots=True)
class Column:
    """One column: its header as written, the field it means (None: not understood, kept as a remark) and how that
    was found.
    """

    index: int
    header: str
    field: str | None
    confidence: float
    by: str  # "saved", "word", "content" or "nothing"


@dataclass(slots=True)
class Layout:
    """Where a table's header stands (row numbers as a person counts them, none if there is no header) and what its
    columns mean.
    """

    header_rows: tuple[int, ...]
    columns: list[Column]
    index_of: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.columns:
            if column.field:
                self.index_of.setdefault(column.field, column.index)

    @property
    def first_data_row(self) -> int:
        """The first row (as a person counts) that may be data."""
        return max(self.header_rows, default=0) + 1


def find_layout(table: Table, *, vocabulary: Vocabulary = LIST, saved: Mapping[str, str] | None = None, from_row: int = 1) -> Layout | None:
    """The header of a table and the meaning of its columns, or None if there is none.

    `saved` maps header texts to fields (or to "" for "a remark") and outranks everything: it is what a person chose
    for this unit.
    """
    rows = table.rows
    candidates = [at for at in range(from_row - 1, min(len(rows), from_row - 1 + SEARCHED_ROWS)) if filled_row(rows[at])]
    chosen, best_score = None, 1.5
    for at in candidates:
        for height in (1, 2):
            headers = _headers(table, at, height)
            # Two rows are a header only if together they name more than either alone.
            if headers and (score := _score(headers, vocabulary, saved) - 0.9 * (height - 1)) > best_score:
                chosen, best_score = (at, height, headers), score
    if chosen is None:
        chosen = _headerless(rows, candidates, vocabulary)
    if chosen is None:
        return None
    at, height, headers = chosen
    layout = Layout(tuple(range(at + 1, at + 1 + height)), _columns(headers, rows[at + height :], vocabulary, saved))
    if vocabulary is LIST and not _PERSON_FIELDS & set(layout.index_of):
        return None
    return layout


def is_header_again(row: list[Any], layout: Layout, vocabulary: Vocabulary = LIST) -> bool:
    """Whether a row below the header is a header too: repeated on each printed page, or of a second block."""
    words = [cell for cell in row if isinstance(cell, str) and cell and not cell.isspace()]
    if len(words) < 3 or sum(1 for cell in words[:3] if vocabulary.knows(cell)) < 2:
        return False
    known = sum(1 for cell in words if vocabulary.knows(cell))
    return known >= 3 and known * 3 >= len(words) * 2


def _headers(table: Table, at: int, height: int) -> list[str] | None:
    """The header texts of one row, or of two (a merged parent above its children); None if the two rows are no such
    pair.
    """
    top = [tidy(cell) for cell in table.rows[at]]
    if height == 1:
        return top
    if at + 1 >= len(table.rows):
        return None
    below = [tidy(cell) for cell in table.rows[at + 1]]
    if sum(1 for cell in top if cell) < 2:
        return None
    width = max(len(top), len(below))
    top, below = top + [""] * (width - len(top)), below + [""] * (width - len(below))
    if not any(below) or any(len(cell) > 16 or _has_long_number(cell) for cell in below):
        return None
    return [child or parent for parent, child in zip(top, below, strict=True)]


def _has_long_number(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) >= 5


def _score(headers: list[str], vocabulary: Vocabulary, saved: Mapping[str, str] | None) -> float:
    """How many different fields the row's words name. Titles and data name few."""
    fields: dict[str, float] = {}
    for header in headers:
        if not header or _has_long_number(header):
            continue
        if saved and _saved_field(header, saved) is not None:
            fields[_saved_field(header, saved) or header] = 1.2
        elif (meant := vocabulary.field_of(header)) and len(header) <= 24:
            fields[meant[0]] = max(fields.get(meant[0], 0.0), meant[1] if meant[1] == 1.0 else 0.5)
    return sum(fields.values())


def _saved_field(header: str, saved: Mapping[str, str]) -> str | None:
    if header in saved:
        return saved[header]
    word = bare(header)
    return next((meant for text, meant in saved.items() if bare(text) == word), None) if word else None


def _headerless(rows: list[list[Any]], candidates: list[int], vocabulary: Vocabulary) -> tuple[int, int, list[str]] | None:
    """No known header word: find the first row with people in it; what stands right above it, if it names columns,
    is the header.
    """
    if vocabulary is not LIST:
        return None
    for at in candidates:
        kinds = guesses([rows[at]], max(len(rows[at]), 1))
        if sum(1 for found in kinds if {"id_number", "phone"} & set(found)) and any(
            "name" in found or "id_number" in found for found in kinds
        ):
            return _unnamed_header(rows, at)
    return None


def _unnamed_header(rows: list[list[Any]], first: int) -> tuple[int, int, list[str]]:
    above = [tidy(cell) for cell in rows[first - 1]] if first else []
    width = sum(1 for cell in rows[first] if tidy(cell))
    names_columns = sum(1 for cell in above if cell) * 2 >= width and not any(_has_long_number(cell) for cell in above)
    if names_columns and sum(1 for cell in above if cell) > 1:
        return first - 1, 1, above
    return first, 0, [""] * len(rows[first])


def _columns(headers: list[str], below: list[list[Any]], vocabulary: Vocabulary, saved: Mapping[str, str] | None) -> list[Column]:
    """Give each column its field: saved mapping, then words, then content; a field goes to the column that claims
    it best.
    """
    sample = [row for row in below[:400] if filled_row(row)][:200]
    width = max([len(headers), *(len(row) for row in sample[:50])], default=0)
    headers = headers + [""] * (width - len(headers))
    contents = guesses(sample, width) if vocabulary is LIST else [{} for _ in range(width)]
    claims = []
    for index, header in enumerate(headers):
        claims += _claims(index, header, contents[index], vocabulary, saved)
    columns = [Column(index, header, None, 0.0, "nothing") for index, header in enumerate(headers)]
    given: set[str] = set()
    for strength, index, meant, by in sorted(claims, key=lambda claim: (-claim[0], claim[1])):
        meant = _or_second(meant, given)
        if columns[index].by != "nothing" or (meant in given and meant not in _MANY):
            continue
        columns[index] = Column(index, headers[index], meant or None, min(strength, 1.0), by)
        given.add(meant)
    return columns


def _or_second(meant: str, given: set[str]) -> str:
    """A second column of telephone numbers is the second telephone."""
    return "second_phone" if meant == "phone" and "phone" in given else meant


def _claims(
    index: int, header: str, content: dict[str, float], vocabulary: Vocabulary, saved: Mapping[str, str] | None
) -> list[tuple[float, int, str, str]]:
    if saved and header and (chosen := _saved_field(header, saved)) is not None:
        return [(3.0, index, chosen, "saved")]
    claims = []
    meant = vocabulary.field_of(header) if header else None
    if meant:
        # What stands below may speak for the word (two columns called 电话) or against it (编号 above ID numbers).
        support = content.get(meant[0], 0.0)
        claims.append((meant[1] + support, index, meant[0], "word"))
        if meant[0] in ("remarks", "", "ordinal", "contact_name"):
            content = {kind: share for kind, share in content.items() if kind in ("id_number", "phone")} if meant[0] == "ordinal" else {}
    for kind, share in content.items():
        if share >= _CONTENT_CONFIDENCE_MIN:
            claims.append((share * 0.7, index, kind, "content"))
    return claims
