"""The registers' own tables: areas, communities, sites, rooms, their states and occupants, vehicles, staff,
hospitals. Told by their columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.intake import ledger_words as words
from server.intake.headers import Layout, find_layout
from server.intake.id_numbers import id_number_of
from server.intake.ledger_words import LEDGERS
from server.intake.lines import Skipped, is_remark_line
from server.intake.moments import moment_of
from server.intake.people_words import age_of, case_type_of, category_of, person_name, phones_of, sex_of
from server.intake.table import Table, filled_row
from server.intake.words import filled, simpler, tidy
from server.problems import Refused

# Reading order: what is named first is needed by what follows.
KINDS = tuple(LEDGERS)


@dataclass(slots=True)
class LedgerRow:
    """One row of a ledger: "accepted", or "held" with reasons; `warnings` name what was missing or not understood
    but does not hold it.
    """

    sheet: str | None
    row: int
    kind: str
    verdict: str
    values: dict[str, Any]
    raw: dict[str, str]
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ReadLedger:
    """A ledger: data rows = accepted + held; `skipped` names every other filled line."""

    kind: str
    rows: list[LedgerRow]
    skipped: list[Skipped]

    @property
    def lines(self) -> int:
        return len(self.rows)

    def count(self, verdict: str) -> int:
        """How many rows are "accepted" or "held"."""
        return sum(1 for row in self.rows if row.verdict == verdict)


def kind_of(tables: Sequence[Table]) -> str | None:
    """ "list" for a daily list, a name of KINDS for a ledger, None for neither. Told by the columns, never by the
    file's name.
    """
    best, best_score = None, 0.0
    for table in tables:
        if table.hidden:
            continue
        for kind, ledger in LEDGERS.items():
            layout = find_layout(table, vocabulary=ledger.vocabulary)
            if layout and _is_it(layout, ledger) and (score := _fit(layout)) > best_score:
                best, best_score = kind, score
        layout = find_layout(table)
        if layout and _is_list(layout) and _fit(layout) >= best_score:
            best, best_score = "list", _fit(layout)
    return best


def read_ledger(tables: Sequence[Table], kind: str | None = None, *, near: date) -> ReadLedger:
    """Read a ledger; dates without a year are those nearest to `near`. Refuses: file.no_header (no such ledger in
    the file).
    """
    kind = kind or kind_of(tables)
    if kind not in LEDGERS:
        raise Refused("file.no_header")
    read = ReadLedger(kind, [], [])
    seen: dict[tuple[str, ...], LedgerRow] = {}
    found = False
    for table in tables:
        layout = None if table.hidden else find_layout(table, vocabulary=LEDGERS[kind].vocabulary)
        if layout is None or not _is_it(layout, LEDGERS[kind]):
            continue
        found = True
        for row in _rows(table, layout, kind, near, read.skipped):
            _judge(row, seen)
            read.rows.append(row)
    if not found:
        raise Refused("file.no_header")
    return read


def _is_it(layout: Layout, ledger: words.Ledger) -> bool:
    fields = set(layout.index_of)
    return fields.issuperset(ledger.needed) and bool(fields.intersection(ledger.told_by))


def _is_list(layout: Layout) -> bool:
    fields = set(layout.index_of)
    return (
        "name" in fields
        and len(fields & {"id_number", "phone", "address", "compound", "category"}) >= 2
        or {"id_number", "phone"} <= fields
    )


def _fit(layout: Layout) -> float:
    """How many columns are understood, and a little for how sure."""
    understood = [column for column in layout.columns if column.field]
    named = [column for column in layout.columns if column.header]
    return len(understood) - 0.5 * (len(named) - len(understood)) + sum(column.confidence for column in understood) / 100


def _rows(table: Table, layout: Layout, kind: str, near: date, skipped: list[Skipped]):
    for number, cells in enumerate(table.rows, 1):
        if not filled_row(cells):
            continue
        texts = [text for cell in cells if (text := tidy(cell))]
        if number in layout.header_rows or [column.header for column in layout.columns if column.header] == texts:
            skipped.append(Skipped(table.sheet, number, "header", " ".join(texts)[:120]))
        elif number < layout.first_data_row or is_remark_line(texts) or len(texts) == 1 < len(layout.columns):
            skipped.append(Skipped(table.sheet, number, "note", " ".join(texts)[:120]))
        else:
            yield _row(table, number, cells, layout, kind, near)


def _row(table: Table, number: int, cells: list[Any], layout: Layout, kind: str, near: date) -> LedgerRow:
    values: dict[str, Any] = {}
    warnings: list[str] = []
    extra: dict[str, str] = {}
    raw = {column.header or f"#{column.index + 1}": tidy(_at(cells, column.index)) for column in layout.columns}
    for column in layout.columns:
        cell = _at(cells, column.index)
        if column.field is None:
            if filled(cell):
                extra[column.header or f"#{column.index + 1}"] = filled(cell)
            continue
        if column.field in values:
            continue
        read = _CONVERTERS.get((kind, column.field)) or _CONVERTERS.get(("", column.field)) or _text
        value = read(cell, near)
        if value is _UNCLEAR:
            warnings.append(f"{column.field}_unclear")
            value = None
        values[column.field] = value
    for name in LEDGERS[kind].vocabulary.fields:
        values.setdefault(name, None)
    _complete(kind, values, warnings, layout)
    return LedgerRow(table.sheet, number, kind, "accepted", {**values, "extra": extra}, raw, warnings=warnings)


def _at(cells: list[Any], index: int) -> Any:
    return cells[index] if index < len(cells) else ""


def _complete(kind: str, values: dict[str, Any], warnings: list[str], layout: Layout) -> None:
    """What follows from other cells of the row: coordinates' order and datum, an occupant's ID, the case types a
    site takes.
    """
    if "lat" in values:
        lat, lng = values["lat"], values["lng"]
        if lat is not None and lng is not None and abs(lat) > 90 >= abs(lng):
            lat, lng = lng, lat
            warnings.append("coordinates_swapped")
        if (lat is None) != (lng is None) or (lat is not None and not (3 <= lat <= 54 and 73 <= lng <= 136)):
            lat = lng = None
            warnings.append("coordinates_unclear")
        headers = " ".join(column.header for column in layout.columns if column.field in ("lat", "lng")).lower()
        values.update(
            lat=lat,
            lng=lng,
            datum="gcj02" if re.search("gcj|高德|腾讯|火星", headers) else "bd09" if re.search("bd|百度", headers) else "wgs84",
        )
    if kind == "occupants":
        _occupant(values, warnings)
    if kind == "sites":
        values["accepts"], values["accepts_case_types"] = values["accepts"] or (None, {})


def _occupant(values: dict[str, Any], warnings: list[str]) -> None:
    category = values["category"] or category_of("")
    number = values["id_number"] or id_number_of("")
    values.update(category=category.code, case_type=category.case_type)
    values.update(
        id_number=number.number,
        id_written=number.written,
        birth_date=number.birth_date,
        sex=values["sex"] or number.sex,
    )
    if number.fault:
        warnings.append(number.fault)
    if values["category"] is None:
        warnings.append("category_unknown")
    if not values["phone"]:
        warnings.append("phone_missing")


def _judge(row: LedgerRow, seen: dict[tuple[str, ...], LedgerRow]) -> None:
    ledger = LEDGERS[row.kind]
    row.reasons = [f"{name}_missing" for name in ledger.needed if not row.values.get(name)]
    key = tuple(str(row.values.get(name) or "") for name in ledger.unique)
    if not row.reasons and any(key):
        if key in seen:
            row.reasons = ["duplicate_in_file"]
        seen.setdefault(key, row)
    row.verdict = "held" if row.reasons else "accepted"


_UNCLEAR = object()
Converter = Callable[[Any, date], Any]


def _text(cell: Any, near: date) -> str | None:
    return filled(cell) or None


def _phone(cell: Any, near: date) -> Any:
    phones = phones_of(cell)
    return phones.numbers[0] if phones.numbers else (_UNCLEAR if phones.unclear else None)


def _whole(cell: Any, near: date) -> Any:
    text = re.sub(r"[,间张个座人]", "", filled(cell))
    if not text:
        return None
    return int(float(text)) if re.fullmatch(r"\d{1,9}(?:\.0+)?", text) else _UNCLEAR


def _degrees(cell: Any, near: date) -> Any:
    text = filled(cell).rstrip("°NnEe北东纬经 ")
    if not text:
        return None
    return float(text) if re.fullmatch(r"-?\d{1,3}(?:\.\d+)?", text) else _UNCLEAR


def _yes_no(cell: Any, near: date) -> Any:
    word = simpler(tidy(cell))
    if word in ("是", "有", "y", "yes", "true", "1", "√", "✓", "✔", "具备", "可", "能"):
        return True
    if word in ("否", "无", "没有", "n", "no", "false", "0", "×", "✗", "x", "不具备", "不可", "不能"):
        return False
    return _UNCLEAR if word else None


def _moment(cell: Any, near: date) -> Any:
    moment = moment_of(cell, near)
    return moment.at if moment else (_UNCLEAR if filled(cell) else None)


def _day(cell: Any, near: date) -> Any:
    moment = moment_of(cell, near)
    return moment.day if moment else (_UNCLEAR if filled(cell) else None)


def _one_of(values: Sequence[tuple[str, str]], otherwise: Any = _UNCLEAR) -> Converter:
    patterns = [(code, re.compile(pattern)) for code, pattern in values]

    def read(cell: Any, near: date) -> Any:
        word = re.sub(r"[\s-]", "", simpler(filled(cell)))
        if not word:
            return None
        plain = word.replace("_", "")
        return next((code for code, pattern in patterns if word == code or pattern.search(plain)), otherwise)

    return read


def _several_of(values: Sequence[tuple[str, str]]) -> Converter:
    """Codes for each word; a word without a code stays as it is written, so that nobody is sent away by a list that
    reads half.
    """
    one = _one_of(values, None)

    def read(cell: Any, near: date) -> list[str] | None:
        parts = [part for part in re.split(r"[;；,，、/|]", filled(cell)) if part.strip()]
        return [one(part, near) or part.strip() for part in parts] or None

    return read


def _accepts(cell: Any, near: date) -> Any:
    """(categories, {category: case types}) — "确诊(轻型)" takes confirmed cases, but only mild ones."""
    parts = [part for part in re.split(r"[;；,，、/|]", filled(cell)) if part.strip()]
    codes, types = [], {}
    for part in parts:
        category = category_of(part)
        if category.code is None:
            return _UNCLEAR
        codes.append(category.code)
        if case_type := case_type_of(part):
            types.setdefault(category.code, []).append(case_type)
    return (list(dict.fromkeys(codes)), types) if codes else None


def _plate(cell: Any, near: date) -> str | None:
    text = re.sub(r"[\s·•.\-]", "", filled(cell)).upper()
    return re.sub(r"^([\u4e00-\u9fff][A-Z])([A-Z0-9]{5,6})$", r"\1·\2", text) or None


_CONVERTERS: Mapping[tuple[str, str], Converter] = {
    ("", "lat"): _degrees,
    ("", "lng"): _degrees,
    ("", "own_bathroom"): _yes_no,
    ("areas", "kind"): _one_of(words.AREA_KINDS),
    ("areas", "tier"): _one_of(words.TIERS),
    ("areas", "tier_from"): _day,
    ("areas", "population"): _whole,
    ("areas", "rooms_per_10k"): _whole,
    ("communities", "contact_phone"): _phone,
    ("sites", "kind"): _one_of(words.SITE_KINDS, "other"),
    ("sites", "state"): _one_of(words.SITE_STATES),
    ("sites", "accepts"): _accepts,
    **{("sites", name): _day for name in words.SITE_DAYS},
    ("sites", "rooms_total"): _whole,
    ("sites", "beds_total"): _whole,
    ("sites", "barrier_free_rooms"): _whole,
    ("sites", "head_phone"): _phone,
    ("sites", "duty_phone"): _phone,
    ("sites", "accepts_family"): _yes_no,
    ("sites", "aircon"): _one_of(words.AIRCONS),
    ("rooms", "kind"): _one_of(words.ROOM_KINDS),
    ("rooms", "capacity"): _whole,
    ("room_states", "state"): _one_of(words.ROOM_STATES),
    ("room_states", "state_since"): _moment,
    ("occupants", "name"): lambda cell, near: person_name(cell) or None,
    ("occupants", "sex"): lambda cell, near: sex_of(cell),
    ("occupants", "age"): lambda cell, near: age_of(tidy(cell)),
    ("occupants", "id_number"): lambda cell, near: id_number_of(cell),
    ("occupants", "phone"): _phone,
    ("occupants", "category"): lambda cell, near: category_of(filled(cell)),
    ("occupants", "checked_in_at"): _moment,
    ("occupants", "last_exposure_at"): _day,
    ("vehicles", "plate"): _plate,
    ("vehicles", "kind"): _one_of(words.VEHICLE_KINDS),
    ("vehicles", "seats"): _whole,
    ("vehicles", "cab_partition"): _yes_no,
    ("vehicles", "licensed"): _yes_no,
    ("vehicles", "state"): _one_of(words.VEHICLE_STATES),
    ("vehicles", "last_disinfected_at"): _moment,
    ("staff", "name"): lambda cell, near: person_name(cell) or None,
    ("staff", "phone"): _phone,
    ("staff", "role"): _one_of(words.STAFF_ROLES),
    ("staff", "last_test_on"): _day,
    ("hospitals", "colour"): _one_of(words.TIERS),
    ("hospitals", "phone"): _phone,
    ("hospitals", "services"): _several_of(words.SERVICES),
    ("hospitals", "checked_at"): _moment,
}
