"""Every data row gets a verdict: accepted, matched or held. Data rows = accepted + matched + held, always, and
nothing silent.

Why a fault holds a row or only warns is written in this folder's README.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Required, TypedDict, Unpack

from server.intake.headers import Column, Layout, find_layout
from server.intake.id_numbers import column_is_rounded
from server.intake.known import NOBODY, Entry, Keys, Known, KnownInMemory, keys_of_values
from server.intake.lines import Skipped, data_lines
from server.intake.moments import moment_of
from server.intake.origins import list_day_of
from server.intake.people import Sheet, Understood, person_of
from server.intake.people_words import same_name
from server.intake.table import Table, filled_row
from server.intake.words import filled
from server.problems import Refused

# A row with one of these waits for a person to mend it; the person waits for a vehicle all the same (held ≠ ignored).
HOLDING = (
    "name_missing",
    "category_unknown",
    "not_identified",
    "identity_conflict",
    "duplicate_in_file",
    "matches_held_row",
)


Person = tuple[str | None, int, Understood]


@dataclass(slots=True)
class JudgedRow:
    """One data row. `row` as a person counts; `sheet` None for text files. `reasons` hold it, `warnings` go with it.

    `person` is the id of the person it was matched with; `beside` the held row, or the earlier row of this file,
    that it belongs to
    (`"sheet!row"` for this file). `household` is equal for rows of one door.
    """

    sheet: str | None
    row: int
    verdict: str
    values: dict[str, Any]
    raw: dict[str, str]
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    person: str | None = None
    beside: str | None = None
    household: str | None = None


@dataclass(slots=True)
class SheetColumns:
    """How one sheet was understood, for the preview and for saving a mapping."""

    sheet: str | None
    header_rows: tuple[int, ...]
    columns: list[Column]


@dataclass(slots=True)
class Judged:
    """A list with a verdict for each data row; `skipped` names every other filled line and what it was taken for."""

    list_day: date
    rows: list[JudgedRow]
    skipped: list[Skipped]
    sheets: list[SheetColumns]

    @property
    def data_rows(self) -> int:
        return len(self.rows)

    def count(self, verdict: str) -> int:
        """How many rows are "accepted", "matched" or "held"."""
        return sum(1 for row in self.rows if row.verdict == verdict)


@dataclass(slots=True)
class ReadList:
    """A list that is not judged yet: `people` are (sheet, row, understood), each understood when it is asked for.

    `lines` counts the lines below the headers; `skipped` grows as the people are read.
    """

    list_day: date
    people: Iterable[Person]
    lines: int
    skipped: list[Skipped]
    sheets: list[SheetColumns]


class Told(TypedDict, total=False):
    """What is told of a list beside its tables: `now` is aware; `titles` (the file's name) may give a category."""

    list_day: Required[date]
    area: str | None
    now: datetime | None
    mapping: Mapping[str, str] | None
    titles: Iterable[str]


def judge_list(tables: Sequence[Table], *, known: Known = NOBODY, **told: Unpack[Told]) -> Judged:
    """Understand and judge a list in one go. Refuses: file.no_header."""
    return judge(understand(tables, **told), known)


def understand(tables: Sequence[Table], **told: Unpack[Told]) -> ReadList:
    """Read the people out of a list's tables. Refuses: file.no_header."""
    read = open_list(tables, **told)
    read.people = list(read.people)
    return read


def open_list(
    tables: Sequence[Table],
    *,
    list_day: date,
    area: str | None = None,
    now: datetime | None = None,
    mapping: Mapping[str, str] | None = None,
    titles: Iterable[str] = (),
) -> ReadList:
    """As `understand`, but people are understood one after another: a large list is never in memory as a whole."""
    found = [(table, None if table.hidden else find_layout(table, saved=mapping)) for table in tables]
    shown = [table for table in tables if not table.hidden]
    sheets = [SheetColumns(table.sheet, layout.header_rows, layout.columns) for table, layout in found if layout]
    if not sheets:
        raise Refused("file.no_header")
    skipped: list[Skipped] = []

    def people() -> Iterator[Person]:
        for table, layout in found:
            if layout is None:
                kind = "hidden_sheet" if table.hidden else "other_table"
                skipped.extend(_left_out(table, at, kind) for at, row in enumerate(table.rows, 1) if filled_row(row))
                continue
            sheet = Sheet(list_day, now, area, tuple(_titles(table, layout, shown, titles)), _ids_are_rounded(table, layout))
            for line in data_lines(table, layout, skipped):
                yield table.sheet, line.row, person_of(line, sheet)

    lines = sum(len(table.rows) - layout.first_data_row + 1 for table, layout in found if layout)
    return ReadList(list_day, people(), lines, skipped, sheets)


def keys_of(people: Iterable[Person]) -> list[Keys]:
    """The identity keys of these rows, so that the door can look all of them up at once before it judges."""
    return [keys_of_values(person.values) for _, _, person in people]


def judge(read: ReadList, known: Known) -> Judged:
    """Give each row its verdict, against those known and against the rows before it in the same file."""
    return Judged(read.list_day, Judging().of(read.people, known), read.skipped, read.sheets)


class Judging:
    """Judges the rows of one file in their order, part by part: it remembers who was in the parts before."""

    def __init__(self) -> None:
        self._in_file = KnownInMemory()

    def of(self, people: Iterable[Person], known: Known) -> list[JudgedRow]:
        """The next rows with their verdicts."""
        rows = []
        for sheet, number, person in people:
            row = JudgedRow(sheet, number, "accepted", person.values, person.raw, household=person.values["household_key"])
            _judge_row(row, person.faults, known, self._in_file)
            rows.append(row)
        return rows


def _judge_row(row: JudgedRow, faults: list[str], known: Known, in_file: KnownInMemory) -> None:
    keys = keys_of_values(row.values)
    holding = [fault for fault in faults if fault in HOLDING]
    if not keys.is_identified and "name_missing" not in holding:
        holding.append("not_identified")
    before, conflict = _find(in_file, keys, row.values)
    row.warnings = [fault for fault in faults if fault not in HOLDING]
    if before is not None and not conflict:
        row.verdict, row.beside = "held", before.ref
        row.reasons = ["duplicate_in_file"]
        row.warnings += [fault for fault in holding if fault != "not_identified"]
        return
    earlier, conflict_with_known = _find(known, keys, row.values)
    if conflict or conflict_with_known:
        holding.append("identity_conflict")
        row.beside = (before if conflict else earlier).ref
    elif earlier is not None:
        _match(row, holding, earlier)
        in_file.add(Entry(_place(row), False, row.values["name"], row.values["id_number"]), row.values)
        return
    if similar := _looks_like_somebody(in_file, keys) or _looks_like_somebody(known, keys):
        row.warnings.append("similar_person")
        row.beside = row.beside or similar.ref
    row.reasons, row.verdict = holding, "held" if holding else "accepted"
    in_file.add(Entry(_place(row), bool(holding), row.values["name"], row.values["id_number"]), row.values)


def _match(row: JudgedRow, holding: list[str], earlier: Entry) -> None:
    """The same person on an earlier list. Beside a held row it is held too: mending one offers the other."""
    if earlier.is_held:
        row.verdict, row.beside = "held", earlier.ref
        row.reasons, row.warnings = ["matches_held_row", *holding], ["listed_before", *row.warnings]
    else:
        # Who is known needs no second record: what this row does not say (name, category) is told as a warning.
        row.verdict, row.person = "matched", earlier.ref
        row.warnings = ["listed_before", *holding, *row.warnings]


def _find(known: Known, keys: Keys, values: Mapping[str, Any]) -> tuple[Entry | None, bool]:
    """(who this is, whether that is in doubt): by ID, else name and telephone, else name, address and birth year.

    One ID number under two names is in doubt. Two good ID numbers under one name are two people.
    """
    if keys.id_number and (entry := known.by_id(keys.id_number)):
        return entry, bool(values["name"] and entry.name and not same_name(values["name"], entry.name))
    for entry in (
        keys.name_phone and known.by_name_and_phone(*keys.name_phone),
        keys.name_address_year and known.by_name_address_and_birth_year(*keys.name_address_year),
    ):
        if entry and not _two_numbers(keys, entry):
            return entry, False
    return None, False


def _two_numbers(keys: Keys, entry: Entry) -> bool:
    return bool(keys.id_number and entry.id_number and keys.id_number != entry.id_number)


def _looks_like_somebody(known: Known, keys: Keys) -> Entry | None:
    """Somebody of the same name and telephone with another good ID number: two people, or one with a number not
    their own.
    """
    entry = known.by_name_and_phone(*keys.name_phone) if keys.name_phone else None
    return entry if entry and _two_numbers(keys, entry) else None


def _place(row: JudgedRow) -> str:
    return f"{row.sheet}!{row.row}" if row.sheet is not None else str(row.row)


def _ids_are_rounded(table: Table, layout: Layout) -> bool:
    index = layout.index_of.get("id_number")
    return index is not None and column_is_rounded(row[index] for row in table.rows if index < len(row))


def _left_out(table: Table, row: int, kind: str) -> Skipped:
    return Skipped(table.sheet, row, kind, " ".join(filled(cell) for cell in table.rows[row - 1] if filled(cell))[:120])


def _titles(table: Table, layout: Layout, shown: Sequence[Table], titles: Iterable[str]) -> list[str]:
    """What names the whole sheet, nearest first: the lines above the header, the sheet's name, the file's name."""
    above = [filled(cell) for row in reversed(table.rows[: layout.first_data_row - 1]) for cell in row if filled(cell)]
    headers = {column.header for column in layout.columns}
    names = [text for text in above if text not in headers and len(text) <= 60]
    return [*names, *([table.sheet] if table.sheet else []), *(titles if len(shown) == 1 else ())]


def times_of(tables: Sequence[Table], near: date) -> list[datetime]:
    """Moments found in a list's columns of times; used to tell the day of a list that names none."""
    moments = []
    for table in tables:
        layout = None if table.hidden else find_layout(table)
        index = layout.index_of.get("detected_at") if layout else None
        for row in table.rows[layout.first_data_row - 1 : 3000] if layout and index is not None else ():
            if index < len(row) and (moment := moment_of(row[index], near)):
                moments.append(moment.at)
    return moments


__all__ = [
    "Judging",
    "HOLDING",
    "Judged",
    "JudgedRow",
    "ReadList",
    "SheetColumns",
    "judge",
    "judge_list",
    "keys_of",
    "list_day_of",
    "open_list",
    "times_of",
    "understand",
]
