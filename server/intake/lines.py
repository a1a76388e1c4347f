"""Which lines of a table are people and which are titles, notes, totals, signatures, blanks; and what a block wrote
only once.

A line that could be a person is one: it is better to hold a strange line than to lose somebody silently. Every line
that is left out is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from server.intake.headers import Layout, find_layout, is_header_again
from server.intake.id_numbers import id_number_of
from server.intake.people_words import category_of, looks_like_name, person_name, phones_of
from server.intake.table import Table, filled_row
from server.intake.words import filled, tidy

_TOTAL = re.compile(
    r"^(?:以上)?(?:合计|总计|小计|共计|累计|总人数|人数合计|total|sum|subtotal)(?:$|[\s::(（\d共人])|^共\s*\d+\s*[人名条户]|^以上共|以下空白",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^(?:填表|审核|审批|制表|填报|报送|上报|复核|负责|经办|记录|签发|登记|录入|联系|核对|批准|签字|主管领导|单位负责)(?:人|单位|时间|日期|领导|部门|员)?(?:签字|签名|电话|及电话)?\s*[::]"
    r"|^(?:填表人|审核人|制表人|填报人|负责人签字|prepared by|signed|checked by|reviewed by)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(r"^(?:注|说明|备注|附注|填表说明|填报说明|注意|note|remark)s?\s*\d*[::、.]|^※|^\*")
# Only where somebody lives is ever filled down: never who they are, and never what decides whom they ride with.
# A quarter without a door may be filled in for a fifth of the lines, a door only where most lines leave it out.
_BLOCK_FIELDS = {
    "area": 0.2,
    "street": 0.2,
    "community": 0.2,
    "compound": 0.2,
    "place": 0.5,
    "building": 0.5,
    "unit": 0.5,
    "address": 0.5,
}
_DITTO = frozenset({"同上", "〃", "″", '"', "''", "同前", "ditto", "~", "↑"})


@dataclass(slots=True)
class Line:
    """A data line: its cells (ditto marks, merged cells and blocks already filled), its layout, and the title of
    its block.
    """

    row: int
    cells: list[Any]
    layout: Layout
    block_title: str = ""


@dataclass(slots=True)
class Skipped:
    """A line that is no data: blank lines are not listed, everything else is."""

    sheet: str | None
    row: int
    kind: str  # title, header, note, total, signature, block, unfilled, hidden_sheet, other_table
    text: str


def data_lines(table: Table, layout: Layout, skipped: list[Skipped]) -> Iterator[Line]:
    """Yield the data lines below the header; every other filled line is added to `skipped` with what it was taken
    for.
    """
    _skip_above(table, layout, skipped)
    merged = _merged_values(table)
    filled_down = _blockwise(table, layout)
    above: dict[int, Any] = {}
    title = ""
    row = layout.first_data_row
    while row <= len(table.rows):
        cells = table.rows[row - 1]
        if not filled_row(cells):
            row += 1
            continue
        if is_header_again(cells, layout):
            layout, filled_down = _next_layout(table, row, layout)
            for number in layout.header_rows if row in layout.header_rows else (row,):
                skipped.append(_skip(table, number, "header"))
            above, row = {}, max(row, *layout.header_rows, row) + 1 if row in layout.header_rows else row + 1
            continue
        cells = _with_merged(cells, row, merged)
        kind = _kind(cells, layout)
        if kind == "person":
            yield Line(row, _filled_from_above(cells, layout, filled_down, above), layout, title)
        else:
            if kind == "note" and category_of(_joined(cells)).code:
                kind = "title"
            skipped.append(_skip(table, row, kind))
            if kind == "title":
                title = _joined(cells)
            if kind == "block":
                _filled_from_above(cells, layout, filled_down, above)
        row += 1


def _skip_above(table: Table, layout: Layout, skipped: list[Skipped]) -> None:
    for row in range(1, layout.first_data_row):
        if row in layout.header_rows:
            skipped.append(_skip(table, row, "header"))
        elif filled_row(table.rows[row - 1]):
            skipped.append(_skip(table, row, "title"))


def _skip(table: Table, row: int, kind: str) -> Skipped:
    return Skipped(table.sheet, row, kind, _joined(table.rows[row - 1])[:120])


def _joined(cells: list[Any]) -> str:
    return " ".join(text for cell in cells if (text := tidy(cell)))


def _next_layout(table: Table, row: int, layout: Layout) -> tuple[Layout, set[int]]:
    """The layout below a header that stands further down; a repeated header keeps the meaning its columns had."""
    headers = [tidy(cell) for cell in table.rows[row - 1]]
    if [header for header in headers if header] == [column.header for column in layout.columns if column.header]:
        return layout, _blockwise(table, layout)
    block = Table(table.sheet, table.rows[: row + 200], table.hidden)
    found = find_layout(block, from_row=row)
    if found is None or row not in found.header_rows:
        return layout, _blockwise(table, layout)
    return found, _blockwise(table, found)


def _kind(cells: list[Any], layout: Layout) -> str:
    """What a filled line is: person, total, signature, note, block (a place alone) or unfilled (a number alone)."""
    name, number, phone = (_cell(cells, layout, field) for field in ("name", "id_number", "phone"))
    strong = bool(phones_of(phone).numbers) or len(id_number_of(number).written) >= 8
    if strong:
        return "person"
    texts = [text for cell in cells if (text := tidy(cell))]
    if not texts:
        return "note"
    if any(_TOTAL.search(text) for text in texts[:3]):
        return "total"
    if any(_SIGNATURE.search(text) for text in texts):
        return "signature"
    if _NOTE.search(texts[0]) or (len(texts) == 1 and len(texts[0]) > 8):
        return "note"
    named = {column.field for column in layout.columns if tidy(_at(cells, column.index))}
    if not named - {"ordinal"}:
        return "unfilled" if named else "note"
    if named <= {"ordinal", "area", "street", "community", "compound", "place", "building", "unit", "room", "address"}:
        return "block"
    if len(texts) == 1 and not looks_like_name(person_name(name)):
        return "note"
    return "person"


def is_remark_line(texts: list[str]) -> bool:
    """Whether a line's texts are a total, a signature or a note."""
    return any(_TOTAL.search(text) for text in texts[:3]) or any(_SIGNATURE.search(text) for text in texts) or bool(_NOTE.search(texts[0]))


def _cell(cells: list[Any], layout: Layout, field: str) -> Any:
    index = layout.index_of.get(field)
    return _at(cells, index) if index is not None else ""


def _at(cells: list[Any], index: int) -> Any:
    return cells[index] if index < len(cells) else ""


def _merged_values(table: Table) -> dict[int, list[tuple[int, Any]]]:
    """Row → (column, value) that a vertically merged range gives to the rows below its first."""
    values: dict[int, list[tuple[int, Any]]] = {}
    for top, left, bottom, right in table.merged:
        if bottom == top or top >= len(table.rows) or right - left > 3:
            continue
        value = _at(table.rows[top], left)
        if filled(value):
            for below in range(top + 1, min(bottom, len(table.rows) - 1) + 1):
                values.setdefault(below + 1, []).append((left, value))
    return values


def _with_merged(cells: list[Any], row: int, merged: dict[int, list[tuple[int, Any]]]) -> list[Any]:
    if row not in merged:
        return cells
    cells = [*cells, *[""] * (max(column for column, _ in merged[row]) + 1 - len(cells))]
    for column, value in merged[row]:
        if not tidy(cells[column]):
            cells[column] = value
    return cells


def _blockwise(table: Table, layout: Layout) -> set[int]:
    """Columns of places that are written once for a block of lines: the first line is filled and many others are
    not.
    """
    shares = {layout.index_of[field]: share for field, share in _BLOCK_FIELDS.items() if field in layout.index_of}
    rows = [row for row in table.rows[layout.first_data_row - 1 :][:2000] if filled_row(row) and _kind(row, layout) == "person"]
    if len(rows) < 2:
        return set(shares) if rows else set()
    blockwise = set()
    for index, share in shares.items():
        empty = sum(1 for row in rows if not tidy(_at(row, index)))
        if tidy(_at(rows[0], index)) and empty >= share * len(rows):
            blockwise.add(index)
    return blockwise


def _filled_from_above(cells: list[Any], layout: Layout, filled_down: set[int], above: dict[int, Any]) -> list[Any]:
    cells = list(cells) + [""] * (len(layout.columns) - len(cells))
    identity = {layout.index_of.get(field) for field in ("name", "id_number", "ordinal")}
    for index in range(len(layout.columns)):
        text = tidy(cells[index])
        if text in _DITTO and index not in identity or (not text and index in filled_down):
            cells[index] = above.get(index, "")
        elif text:
            above[index] = cells[index]
    return cells
