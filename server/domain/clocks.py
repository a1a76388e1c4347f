"""The clock of a stay: from what it counts, which tests it owes, and what its release still lacks. Pure; `rules/clocks.ts` on the phone
says the same, and both read `tests/contract/clocks.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.domain.terms import Term

DAY = timedelta(days=1)
CT_RELEASES_FROM = 35


@dataclass(frozen=True)
class Clock:
    """What a release is judged by. `due_on` is the day on which the days are over; None where release is by tests alone."""

    release: str
    due_on: date | None
    tests_due: tuple[tuple[int, date], ...] = ()
    samples: int = 1
    environment: bool = False
    index_tests: bool = False
    earlier: bool = False


@dataclass(frozen=True)
class Sample:
    """One test of a person, or of the room around them (`kind`), on the local day `on`. `ct` is the lower of its genes."""

    at: datetime
    on: date
    result: str  # negative, positive, invalid
    kind: str = "person"  # person, environment
    ct: float | None = None
    samples: int = 1

    @property
    def is_positive(self) -> bool:
        return self.result == "positive" and not self.releases

    @property
    def releases(self) -> bool:
        """Negative, or so little that it counts as negative where a positive is released."""
        return self.result == "negative" or (self.ct or 0) >= CT_RELEASES_FROM


@dataclass(frozen=True)
class Lack:
    """One thing that a release lacks: `days` until `on`, a `test` (of day `day`, due `on`), a `pair` of samples, `environment`,
    `index_tests`, two `negatives`, the `word` of somebody who may, or it cannot be: `positive`."""

    code: str
    on: date | None = None
    day: int | None = None


def clock_of(term: Term, clock_from: date | None, due_on: date | None, checked_in: date) -> Clock:
    """The clock of somebody whose days count from `clock_from` and end on `due_on` (an extension may have moved it)."""
    due = tests_due(term, clock_from, due_on, checked_in)
    return Clock(term.release, due_on, due, term.samples, term.environment, term.index_tests, term.earlier)


def due_on(term: Term, clock_from: date | None) -> date | None:
    """The day on which isolation ends; None where release is by tests alone. Day 0 is the day it counts from."""
    return None if clock_from is None or term.days is None else clock_from + timedelta(days=term.days)


def tests_due(term: Term, clock_from: date | None, due: date | None, checked_in: date) -> tuple[tuple[int, date], ...]:
    """(day, date) of each test that this stay owes: those from the check-in on, and the last one on the last day, when it was moved too."""
    if clock_from is None or not term.tests:
        return ()
    days = [day for day in term.tests if due is None or clock_from + timedelta(days=day) < due]
    last = (due - clock_from).days if due else None
    every = [*days, *([last] if last is not None else [])]
    return tuple((day, clock_from + timedelta(days=day)) for day in every if clock_from + timedelta(days=day) >= checked_in)


def lacking(clock: Clock, taken: Iterable[Sample], today: date, index_negative: bool = False) -> list[Lack]:
    """What a release today would lack, the gravest first. Samples from before the clock began must be left out by whoever asks."""
    taken = sorted(taken, key=lambda sample: sample.at)
    own = [sample for sample in taken if sample.kind == "person"]
    if is_positive(clock, own):
        return [Lack("positive")]
    days = [Lack("days", on=clock.due_on)] if clock.due_on and today < clock.due_on else []
    lacks = [*days, *_LACKING[clock.release](clock, own)]
    if clock.environment and not any(sample.kind == "environment" and sample.result == "negative" for sample in taken):
        lacks.append(Lack("environment"))
    if clock.index_tests and not index_negative:
        lacks.append(Lack("index_tests"))
    return lacks


def is_positive(clock: Clock, own: list[Sample]) -> bool:
    """Whether the newest readable test of a contact is positive. Of somebody who is isolated because of it, that is nothing new."""
    read = [sample for sample in own if sample.result != "invalid"]
    return clock.release not in ("ct_twice", "negative_twice", "by_word") and bool(read) and read[-1].is_positive


def test_of(clock: Clock, place: int, own: Iterable[Sample]) -> Sample | None:
    """The newest readable sample for the test at this place of the list: taken from the day before it on, until the next one's."""
    begins = clock.tests_due[place][1] - DAY
    ends = clock.tests_due[place + 1][1] - DAY if place + 1 < len(clock.tests_due) else date.max
    fits = [sample for sample in own if sample.kind == "person" and sample.result != "invalid" and begins <= sample.on < ends]
    return max(fits, key=lambda sample: sample.at, default=None)


def _last_test(clock: Clock, own: list[Sample]) -> list[Lack]:
    if not clock.tests_due:
        return []
    day, on = clock.tests_due[-1]
    sample = test_of(clock, len(clock.tests_due) - 1, own)
    if sample is None or not sample.releases:
        return [Lack("test", on, day)]
    return [Lack("pair", on, day)] if sample.samples < clock.samples else []


def _all_tests(clock: Clock, own: list[Sample]) -> list[Lack]:
    found = [(due, test_of(clock, place, own)) for place, due in enumerate(clock.tests_due)]
    return [Lack("test", on, day) for (day, on), sample in found if sample is None or not sample.releases]


def _twice(clock: Clock, own: list[Sample]) -> list[Lack]:
    """The newest two that were read, and 24 hours between them; one that does not release begins the count anew."""
    read = [sample for sample in own if sample.result != "invalid"]
    since = next((place for place in range(len(read), 0, -1) if not _counts(clock, read[place - 1])), 0)
    good = read[since:]
    return [] if good and good[-1].at - good[0].at >= DAY else [Lack("negatives", good[0].on + DAY if good else None)]


def _counts(clock: Clock, sample: Sample) -> bool:
    return sample.releases if clock.release == "ct_twice" else sample.result == "negative"


_LACKING = {
    "days": lambda _clock, _own: [],
    "last_test": _last_test,
    "all_tests": _all_tests,
    "negative_twice": _twice,
    "ct_twice": _twice,
    "by_word": lambda _clock, _own: [Lack("word")],
}
