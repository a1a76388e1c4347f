"""How times, spans, counts, numbers and codes are shown: filters of every template of the console."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import wraps

from flask import Flask, current_app
from jinja2 import pass_context

from server.console.language import language
from server.console.words import COUNTED, WORDS
from server.domain.people import age_at
from server.problems import REFUSALS, sentence
from server.store.areas import Area
from server.store.people import Person

NIGHTLY = "—"
PHONE_IN_TEXT = re.compile(r"(\d{3})[\d -]{3,}(\d{4})")


def join_filters(app: Flask) -> None:
    """Make each function below a filter under its own name."""
    for show in (
        moment,
        clock_time,
        span,
        since,
        day,
        counted,
        signed,
        word,
        words,
        listed,
        masked_phone,
        masked_numbers,
        age_of,
        needs_of,
        area_choice,
        choices_of,
        weekdays,
        floor_of,
        conflict_word,
        refusal_word,
    ):
        app.jinja_env.filters[show.__name__] = each_time(show)


def each_time(show: Callable) -> Callable:
    """The same filter, asked for each page anew. Of constants Jinja would work it out once, in the language of whoever came first."""

    @pass_context
    @wraps(show)
    def shown(_page, *values, **more):
        return show(*values, **more)

    return shown


def now() -> datetime:
    """The present moment of this server's clock."""
    return current_app.clock.now()


def local(at: datetime) -> datetime:
    """This moment in the zone of the screens."""
    return at.astimezone(current_app.config["BIHUAN"].time_zone)


def read_moment(at: datetime | str | None) -> datetime | None:
    """A moment from a column or from inside JSON."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return at and (at if at.tzinfo else at.replace(tzinfo=UTC))


def floor_of(building: str, floor: str) -> str:
    """`主楼 5 楼`, `主楼 floor 5`; a floor that has a name keeps it."""
    return f"{building} {floor}" if not floor.isdigit() else f"{building} floor {floor}" if language() == "en" else f"{building} {floor} 楼"


def clock_time(at: datetime | str | None) -> str:
    """`20:05`."""
    at = read_moment(at)
    return f"{local(at):%H:%M}" if at else NIGHTLY


def moment(at: datetime | str | None, whole: bool = False) -> str:
    """`20:05` for today, `4月2日 20:05` for another day; `whole`, for paper, which is read on other days, with day and year."""
    at = read_moment(at)
    if at is None:
        return NIGHTLY
    shown = local(at)
    return f"{shown:%H:%M}" if shown.date() == local(now()).date() and not whole else f"{day(shown.date(), whole)} {shown:%H:%M}"


def day(on: date | datetime | str | None, whole: bool = False) -> str:
    """`4月3日`, `3 Apr`; with the year when it is another one, and always when `whole`."""
    if on is None:
        return NIGHTLY
    if isinstance(on, str):
        on = date.fromisoformat(on)
    if isinstance(on, datetime):
        on = local(on).date()
    same_year = on.year == local(now()).year and not whole
    if language() == "en":
        return f"{on.day} {on:%b}" + ("" if same_year else f" {on.year}")
    return ("" if same_year else f"{on.year}年") + f"{on.month}月{on.day}日"


def span(length: timedelta | float | None) -> str:
    """`52 分`, `3 小时 05 分`, `2 天 4 小时`. A number is taken as minutes."""
    if length is None:
        return NIGHTLY
    minutes = int(length.total_seconds() // 60 if isinstance(length, timedelta) else length)
    english = language() == "en"
    if minutes < 60:
        return f"{max(minutes, 0)} min" if english else f"{max(minutes, 0)} 分"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02}" if english else f"{hours} 小时 {minutes:02} 分"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if english else f"{days} 天 {hours} 小时"


def since(at: datetime | str | None) -> str:
    """How long ago that was."""
    at = read_moment(at)
    return span(now() - at) if at else NIGHTLY


def counted(count: int, noun: str) -> str:
    """`5 人`, `1 person`, `5 people`."""
    zh, one, many = COUNTED[noun]
    if language() == "en":
        return f"{count:,} {one if count == 1 else many}"
    return f"{count:,} {zh}"


def signed(count: int) -> str:
    """`+12`, `−5`, `0`."""
    return f"+{count:,}" if count > 0 else f"−{-count:,}" if count else "0"


def word(code: str | None, table: str) -> str:
    """What a code of the domain is called; a code without a word is shown as it is, never hidden."""
    if not code:
        return NIGHTLY
    zh, en = WORDS[table].get(code, (code, code))
    return en if language() == "en" else zh


def words(codes: list[str] | None, table: str) -> str:
    """Several codes, joined."""
    return listed(word(code, table) for code in codes or []) or NIGHTLY


def listed(said: Iterable) -> str:
    """Names, numbers or words in a row, with the comma of the language."""
    return (", " if language() == "en" else "、").join(map(str, said))


def masked_phone(phone: str | None) -> str:
    """`142****0001`."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) > 7 else NIGHTLY


def masked_numbers(text: str, whole: bool) -> str:
    """A list's own words, with the telephone numbers in them by their ends for those who read people masked (`whole` false)."""
    return text if whole else PHONE_IN_TEXT.sub(r"\1****\2", text)


def age_of(person: Person) -> str:
    """Whole years now."""
    age = age_at(person, local(now()))
    return NIGHTLY if age is None else str(age)


def needs_of(needs: list[dict] | None) -> str:
    """`轮椅、透析(周一三五)`."""
    said = [word(need["code"], "need") + (f"（{need['detail']}）" if need.get("detail") else "") for need in needs or []]
    return listed(said)


def area_choice(area: Area) -> tuple[str, str]:
    """An area as a choice of a filter."""
    return area.id, area.short


def choices_of(table: dict, name: str) -> list[tuple[str, str]]:
    """A table of words as the choices of a filter."""
    return [(code, word(code, name)) for code in table]


def weekdays(days: list[int]) -> str:
    """`周一、周三、周五`, from 1 to 7."""
    return words([str(one) for one in days], "weekday")


def conflict_word(code: str) -> str:
    """What an item of conflict is about; a refusal's code has its sentence."""
    return word(code, "conflict") if code in WORDS["conflict"] or code not in REFUSALS else sentence(code, language())


def refusal_word(code: str | None) -> str:
    """The sentence of a refusal's code."""
    return sentence(code, language()) if code in REFUSALS else code or NIGHTLY
