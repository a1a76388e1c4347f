"""Dates and times in every form people type them. What a list means is local time of Asia/Shanghai; what comes out
is UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from server.intake.words import filled, number_in_words, simpler

ZONE = ZoneInfo("Asia/Shanghai")
_SERIAL_EPOCH = datetime(1899, 12, 30, tzinfo=ZONE)
_SERIALS = range(32_874, 73_051)  # 1990 to 2099
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC. `precision` is "minute", or "day" when no time was given (then it is local midnight)."""

    at: datetime
    precision: str = "minute"

    @property
    def day(self) -> date:
        """The local day."""
        return self.at.astimezone(ZONE).date()


def moment_of(cell: object, near: date) -> Moment | None:
    """Read a cell; a date without a year, or a day without a month, is the one nearest to `near`. None when
    unreadable or empty.
    """
    if isinstance(cell, datetime):
        local = cell.replace(tzinfo=ZONE) if cell.tzinfo is None else cell.astimezone(ZONE)
        return _moment(local.date(), local.time().replace(tzinfo=None), midnight_is_a_time=False)
    if isinstance(cell, date):
        return _moment(cell, None)
    if isinstance(cell, time):
        return _moment(near, cell)
    if isinstance(cell, timedelta):
        return _moment(near, (_SERIAL_EPOCH + cell).time()) if timedelta(0) <= cell < timedelta(days=1) else None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(cell, near)
    text = filled(cell)
    return _from_text(text, near) if text else None


def _moment(day: date, clock: time | None, *, midnight_is_a_time: bool = True) -> Moment | None:
    if not 1900 <= day.year <= 2200:
        return None
    if clock is None or (not midnight_is_a_time and clock == time(0)):
        return Moment(datetime.combine(day, time(0), ZONE).astimezone(UTC), "day")
    return Moment(datetime.combine(day, clock, ZONE).astimezone(UTC))


def _from_number(number: float, near: date) -> Moment | None:
    if number != number or number < 1:
        return _moment(near, _clock_of_fraction(number)) if 0 < number < 1 else None
    if int(number) in _SERIALS:
        at = _SERIAL_EPOCH + timedelta(days=int(number))
        fraction = number - int(number)
        return _moment(at.date(), _clock_of_fraction(fraction) if fraction else None)
    if number == int(number):
        return _from_digits(str(int(number)), near)
    return _from_text(repr(number), near)  # 4.3 is the third of April


def _clock_of_fraction(fraction: float) -> time:
    minutes = min(round(fraction * 1440), 1439)
    return time(minutes // 60, minutes % 60)


def _from_digits(digits: str, near: date) -> Moment | None:
    """20220403, 202204030517, 20220403051700, 0403, 220403, or a time stamp in seconds or milliseconds."""
    try:
        if len(digits) in (10, 13) and digits.startswith("1"):
            return Moment(datetime.fromtimestamp(int(digits[:10]), UTC))
        if len(digits) in (8, 10, 12, 14) and digits[:2] in ("19", "20"):
            clock = time(int(digits[8:10] or 0), int(digits[10:12] or 0)) if len(digits) > 8 else None
            return _moment(date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])), clock)
        if len(digits) == 6:
            return _moment(date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6])), None)
        if len(digits) in (3, 4):
            return _moment(_nearest(int(digits[:-2]), int(digits[-2:]), near), None)
    except (ValueError, OverflowError, TypeError):
        return None
    return None


_YEARS = re.compile(r"((?:19|20)\d{2}|(?<!\d)\d{2}(?=年))[年./\-\\]\s*(\d{1,2})[月./\-\\]\s*(\d{1,2})[日号]?")
_MONTH_DAY = re.compile(r"(?<![\d:])(1[0-2]|0?[1-9])\s*[月./\-]\s*(3[01]|[12]\d|0?[1-9])(?![\d:])\s*[日号]?")
_YEAR_LAST = re.compile(r"(?<!\d)(3[01]|[12]\d|0?[1-9])[./\-](3[01]|[12]\d|0?[1-9])[./\-]((?:19|20)\d{2})")
_DAY_ONLY = re.compile(r"(?<![\d月])(3[01]|[12]\d|0?[1-9])\s*[日号]")
_RELATIVE = re.compile(r"大前天|前天|前日|昨天|昨日|昨晚|昨夜|昨|今天|今日|今早|今晨|今晚|今|当日|当天|本日|yesterday|today")
_CLOCK = re.compile(
    r"(凌晨|清晨|早上|早晨|早|上午|中午|午间|正午|下午|午后|傍晚|晚上|晚间|夜间|夜里|半夜|深夜|晚|夜|am|pm)?\s*"
    r"(?<![\d.])(\d{1,2})\s*(?:[:：]\s*(\d{1,2})(?:\s*[:：]\s*\d{1,2}(?:\.\d+)?)?|[点时](?:\s*(\d{1,2}|半|整|一刻|三刻)\s*分?)?)\s*(am|pm)?"
)
_PART_OF_DAY = re.compile(r"凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜|早")
_WORD_NUMBER = re.compile(r"[〇一二两三四五六七八九十]+(?=[年月日号点时分])")


@lru_cache(maxsize=50_000)
def _from_text(text: str, near: date) -> Moment | None:
    if text.isdecimal():
        return _from_number(int(text), near) if len(text) == 5 else _from_digits(text, near)
    if re.fullmatch(r"\d{5}\.\d+", text):
        return _from_number(float(text), near)
    if match := re.match(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))$", text):
        return Moment(datetime.fromisoformat(match[1]).astimezone(UTC))
    word = _WORD_NUMBER.sub(lambda found: str(number_in_words(found[0]) or found[0]), simpler(text))
    if match := re.match(r"(20\d\d)(\d\d)(\d\d)[\s_t-]+(.*)", word):
        word = f"{match[1]}-{match[2]}-{match[3]} {match[4]}"
    try:
        day, rest = _day_in(word, near)
        clock, next_day = _clock_in(rest)
    except ValueError:
        return None
    if day is None:
        day = near if clock else None
    return _moment(day + timedelta(days=next_day), clock) if day else None


def _day_in(word: str, near: date) -> tuple[date | None, str]:
    """(day, text around it). Raises ValueError for 2月30日."""
    if match := _YEARS.search(word):
        year = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
        return date(year, int(match[2]), int(match[3])), word[match.end() :]
    if match := _YEAR_LAST.search(word):
        return _day_or_month_first(int(match[1]), int(match[2]), int(match[3]), near), word[match.end() :]
    if match := re.search(
        r"(?<![a-z])(\d{1,2})?[\s-]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[\s-]*(\d{1,2})?(?!\d*:)(?:[\s,-]+(20\d\d))?",
        word,
    ):
        number = match[1] or match[3]
        if number:
            month = _MONTHS[match[2]]
            day = date(int(match[4]), month, int(number)) if match[4] else _nearest(month, int(number), near)
            return day, word[match.end() :]
    if match := _MONTH_DAY.search(word):
        return _nearest(int(match[1]), int(match[2]), near), word[match.end() :]
    if match := _RELATIVE.search(word):
        back = {"大": 3, "前": 2, "昨": 1, "y": 1}.get(match[0][0], 0)
        return near - timedelta(days=back), re.sub(r"[今昨]", "", word[match.start() :], count=1)
    if match := _DAY_ONLY.search(word):
        return _nearest_day(int(match[1]), near), word[match.end() :]
    return None, word


def _clock_in(rest: str) -> tuple[time | None, int]:
    """(time of day or None, days to add): 晚8点 is 20:00, 晚12点 and 24:00 are midnight of the next day."""
    match = _CLOCK.search(rest)
    if not match:
        return None, 0
    part, hours, minutes, more, after = match.groups()
    part = part or after or (found[0] if (found := _PART_OF_DAY.search(rest)) else "")
    hour = int(hours)
    minute = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}.get(more) if more in ("半", "一刻", "三刻", "整") else int(minutes or more or 0)
    evening = part[:1] in ("晚", "夜", "半", "深")
    if part[:1] in ("下", "午", "傍", "p") or evening or part == "pm":
        if hour < 12 and not (evening and hour < 5):
            hour += 12
        elif evening and (hour == 12 or hour < 5):
            return time(hour % 12, minute), 1
    elif part in ("am", "凌晨") and hour == 12:
        hour = 0
    elif part in ("中午", "正午") and hour < 3:
        hour += 12
    return (time(0, minute), 1) if hour == 24 else (time(hour, minute), 0)


def _nearest(month: int, day: int, near: date) -> date:
    candidates = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:  # 29 February
            continue
    return min(candidates, key=lambda candidate: abs(candidate - near))


def _day_or_month_first(one: int, other: int, year: int, near: date) -> date:
    """3/4/2022 is the third of April or the fourth of March: the one nearer to the list's day."""
    days = [day for day in (_valid(year, one, other), _valid(year, other, one)) if day]
    if not days:
        raise ValueError
    return min(days, key=lambda day: abs(day - near))


def _nearest_day(day: int, near: date) -> date:
    candidates = []
    for back in (-1, 0, 1):
        month = near.month + back
        try:
            candidates.append(date(near.year + (month - 1) // 12, (month - 1) % 12 + 1, day))
        except ValueError:
            continue
    return min(candidates, key=lambda candidate: abs(candidate - near))


def days_in(text: str, near: date) -> list[date]:
    """The days a title or a file name names, best first: with a year, then without. Times of day are not looked at."""
    word = simpler(text).replace("_", " ")
    days = []
    for pattern in (r"(20\d\d)[-./年 ]\s?(\d{1,2})[-./月 ]\s?(\d{1,2})", r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)"):
        days += [_valid(int(y), int(m), int(d)) for y, m, d in re.findall(pattern, word)]
    if not any(days):
        for month, day in re.findall(r"(?<![\d.])(1[0-2]|0?[1-9])\s?[月.\-]\s?(3[01]|[12]\d|0?[1-9])(?![\d.:])", word):
            days.append(_nearest_or_none(int(month), int(day), near))
        for month, day in re.findall(r"(?<!\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)", word):
            days.append(_nearest_or_none(int(month), int(day), near))
    return [day for day in days if day]


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest_or_none(month: int, day: int, near: date) -> date | None:
    try:
        return _nearest(month, day, near)
    except ValueError:
        return None
