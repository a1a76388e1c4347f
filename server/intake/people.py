"""One data line becomes one person: normalised values, and what is wrong or odd with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from server.intake.addresses import Address, address_of
from server.intake.id_numbers import IdNumber, id_number_of
from server.intake.lines import Line
from server.intake.moments import moment_of
from server.intake.needs import Remarks, answer_to, remarks_of
from server.intake.people_words import (
    Category,
    Phones,
    age_of,
    case_type_of,
    category_of,
    found_of,
    person_name,
    phones_of,
    sex_of,
)
from server.intake.words import filled, tidy

CHILD_AGE_MAX = 14  # domain.md §3.4 (needs)
ELDERLY_AGE_MIN = 60
# Age told may be a year off around a birthday, and by the traditional count (虚岁) up to two too high.
_AGE_TOO_LOW, _AGE_TOO_HIGH = -1, 2
_PLACES = (
    "street",
    "community",
    "destination",
    "index_name",
    "contact_name",
    "ct_n",
    "ct_orf",
    "temperature",
    "symptoms",
)


@dataclass(slots=True)
class Sheet:
    """What holds for all lines of a table: the day of the list, now, and the category that a sheet's or a block's
    title gives.
    """

    list_day: date
    now: datetime | None
    area: str | None
    titles: tuple[str, ...] = ()
    ids_are_rounded: bool = False


@dataclass(slots=True)
class Understood:
    """A line as a person. `faults` are codes in the order they were met; `values` are plain Python values."""

    values: dict[str, Any]
    faults: list[str] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)


def person_of(line: Line, sheet: Sheet) -> Understood:
    """Normalise a line. Nothing is guessed that decides whom a person rides with; what is not understood is kept in
    words.
    """
    faults: list[str] = []
    name, beside_name = _name(line)
    values: dict[str, Any] = {"name": name}
    if not name:
        faults.append("name_missing")
    number = _identity(line, values, faults, sheet.ids_are_rounded)
    _phones(line, values, faults)
    _age_and_sex(line, values, faults, number, sheet.list_day)
    _category(line, values, faults, sheet)
    _times(line, values, faults, sheet)
    _address(line, values, sheet)
    _remarks(line, values, beside_name)
    for place in _PLACES:
        if text := filled(_cell(line, place)):
            values.setdefault(place, text)
    raw = _raw(line)
    if any("\ufffd" in text for text in raw.values()):
        faults.append("text_damaged")
    return Understood(values, faults, raw)


def _name(line: Line) -> tuple[str, str]:
    """(name, what stood in brackets behind it): also from a column that holds names and telephone numbers together."""
    cell = _cell(line, "name")
    if cell in ("", None) and "姓名" in _header(line, "phone"):
        cell = _cell(line, "phone")
    if isinstance(cell, str) and not cell.isalpha():
        cell = _LONG_NUMBER.sub(" ", tidy(cell))
        if match := _BRACKET.match(cell):
            return person_name(match[1]), match[2].strip()
    return person_name(cell), ""


_LONG_NUMBER = re.compile(r"[(\[]?[+\d][\d\s/+-]{5,}\d[)\]]?")
_BRACKET = re.compile(r"^([\u3400-\u9fff·]{2,12})\s*[(\[](?!.*(?:之|的)[子女儿])([^()]*)[)\]]$")


def _header(line: Line, name: str) -> str:
    index = line.layout.index_of.get(name)
    return line.layout.columns[index].header if index is not None else ""


def _cell(line: Line, name: str) -> Any:
    index = line.layout.index_of.get(name)
    return line.cells[index] if index is not None and index < len(line.cells) else ""


def _raw(line: Line) -> dict[str, str]:
    raw: dict[str, str] = {}
    for column in line.layout.columns:
        text = _as_written(line.cells[column.index])
        if text:
            header = column.header or f"#{column.index + 1}"
            raw[header if header not in raw else f"{header} ({column.index + 1})"] = text
    return raw


def _as_written(cell: Any) -> str:
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else tidy(cell)


def _identity(line: Line, values: dict[str, Any], faults: list[str], rounded: bool) -> IdNumber:
    number = id_number_of(_cell(line, "id_number"), rounded=rounded)
    values.update(id_number=number.number, id_written=number.written, id_type=number.kind if number.written else None)
    values["birth_date"] = number.birth_date
    if number.fault:
        faults.append(number.fault)
    return number


def _phones(line: Line, values: dict[str, Any], faults: list[str]) -> None:
    first, second = phones_of(_cell(line, "phone")), phones_of(_cell(line, "second_phone"))
    if not first.numbers and isinstance(_cell(line, "name"), str):
        first = Phones(phones_of(_cell(line, "name")).numbers, first.unclear)
    numbers = list(dict.fromkeys(first.numbers + second.numbers))
    values.update(phone=numbers[0] if numbers else None, second_phone=numbers[1] if len(numbers) > 1 else None)
    if unclear := first.unclear or second.unclear:
        values["phone_written"] = unclear
    if not numbers:
        faults.append("phone_unclear" if unclear else "phone_missing")


def _age_and_sex(line: Line, values: dict[str, Any], faults: list[str], number: IdNumber, day: date) -> None:
    told_sex, age = sex_of(_cell(line, "sex")), age_of(tidy(_cell(line, "age")))
    values["sex"] = told_sex or number.sex
    if told_sex and number.sex and told_sex != number.sex:
        faults.append("sex_conflict")
    born = number.birth_date
    if born is None and (moment := moment_of(_cell(line, "birth_date"), day)):
        born = values["birth_date"] = moment.day
    exact = _years(born, day) if born else None
    year = born.year if born else _year_alone(_cell(line, "birth_date"))
    is_sure = number.fault in (
        None,
        "id_missing",
        "id_precision_lost",
    )  # with a wrong check digit the birth date may be the wrong part
    if age is not None and exact is not None and is_sure and not _AGE_TOO_LOW <= int(age) - exact <= _AGE_TOO_HIGH:
        faults.append("age_conflict")
    values["age"] = age if age is not None else exact
    values["birth_year"] = year or (day.year - int(age) if age is not None else None)


def _year_alone(cell: Any) -> int | None:
    """1950 from "1950年1月" or 1950: enough to tell a grandfather from his grandson."""
    match = re.match(r"(19|20)\d\d(?=\D|$)", tidy(cell))
    return int(match[0]) if match else None


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _category(line: Line, values: dict[str, Any], faults: list[str], sheet: Sheet) -> None:
    written = filled(_cell(line, "category"))
    told = category_of(written)
    if told.code is None and "category" not in line.layout.index_of:
        written, told = _category_of_titles((line.block_title, *sheet.titles))
    case_type = case_type_of(filled(_cell(line, "case_type"))) or told.case_type
    found = found_of(filled(_cell(line, "found")))
    values.update(
        category=told.code,
        category_written=written,
        case_type=case_type if told.code == "confirmed" else None,
        found_under_control=found if found is not None else told.found_under_control,
    )
    if told.code is None:
        faults.append("category_unknown")


def _category_of_titles(titles: tuple[str, ...]) -> tuple[str, Category]:
    """A list without a column for the category says it in a block's title, the sheet's name or the list's title."""
    for title in titles:
        told = category_of(title)
        if told.code:
            return title, told
    return "", Category(None)


def _times(line: Line, values: dict[str, Any], faults: list[str], sheet: Sheet) -> None:
    for name in ("detected_at", "sample_at", "last_exposure_at"):
        cell = _cell(line, name)
        moment = moment_of(cell, sheet.list_day)
        values[name] = moment.at if moment else None
        if moment:
            values[f"{name}_precision"] = moment.precision
            if sheet.now and moment.at > sheet.now and "time_in_future" not in faults:
                faults.append("time_in_future")
        elif filled(cell):
            values[f"{name}_written"] = filled(cell)
            if "time_unclear" not in faults:
                faults.append("time_unclear")


def _address(line: Line, values: dict[str, Any], sheet: Sheet) -> None:
    address = address_of(
        _cell(line, "address"),
        compound=_cell(line, "compound"),
        building=_cell(line, "building"),
        unit=_cell(line, "unit"),
        room=_cell(line, "room"),
        place=_cell(line, "place"),
    )
    area = filled(_cell(line, "area")) or address.area or sheet.area
    values.update(
        area=area,
        compound=address.compound,
        building=address.building,
        unit=address.unit,
        room=address.room,
        address=address.raw,
        address_key=address.key,
        household_key=_household(address),
    )


def _household(address: Address) -> str | None:
    """People behind one door are one household; without a room there is no telling."""
    return address.key if address.room and (address.compound or address.building) else None


def _remarks(line: Line, values: dict[str, Any], beside_name: str) -> None:
    """Remarks of all columns that carry some, and of columns nobody understood, with the header before the words."""
    texts, unknown = ([beside_name] if beside_name else []), []
    for column in line.layout.columns:
        text = filled(line.cells[column.index])
        if not text:
            continue
        if column.field not in ("remarks", None):
            continue
        answer = answer_to(column.header, text)
        if answer is not None:
            texts.append(answer)
        elif column.field == "remarks":
            texts.append(text)
        else:
            unknown.append(f"{column.header}:{text}" if column.header else text)
    said: Remarks = remarks_of(";".join(texts)) if texts else Remarks()
    values["needs"] = _needs_with_age(list(said.needs), values["age"])
    values["index_name"] = filled(_cell(line, "index_name")) or said.index_name
    values["relation"] = filled(_cell(line, "relation")) or said.relation
    values["remarks"] = ";".join(text for text in texts if text)
    values["words_kept"] = [*(said.kept.split(";") if said.kept else []), *unknown]


def _needs_with_age(needs: list[dict[str, Any]], age: float | None) -> list[dict[str, Any]]:
    codes = {need["code"] for need in needs}
    if age is not None and age <= CHILD_AGE_MAX and "child" not in codes:
        needs.append({"code": "child"})
    if age is not None and age >= ELDERLY_AGE_MIN and "elderly" not in codes:
        needs.append({"code": "elderly"})
    return needs
