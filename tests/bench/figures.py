"""What a bench gives: named figures with median and spread, beside the aim and beside a floor measured in the same run."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

AT_MOST, AT_LEAST = "<", "≥"


@dataclass(frozen=True)
class Aim:
    """What the figure should be: its median or its p95, below or above a limit, in the figure's unit."""

    of: str  # median, p95
    sign: str
    limit: float

    def __str__(self) -> str:
        return f"{'' if self.of == 'median' else self.of + ' '}{self.sign} {plain(self.limit)}"

    def is_met_by(self, figure: "Figure") -> bool:
        value = getattr(figure, self.of)
        return value < self.limit if self.sign == AT_MOST else value >= self.limit


@dataclass(frozen=True)
class Figure:
    """One thing measured: all its samples, in `unit`. `floor` is what cannot be beaten, measured in the same run: (name, samples)."""

    what: str
    unit: str
    samples: list[float]
    aim: Aim | None = None
    floor: tuple[str, list[float]] | None = None
    note: str = ""

    @property
    def median(self) -> float:
        return median(self.samples)

    @property
    def p95(self) -> float:
        """The smallest sample that 95 % of them do not exceed (nearest rank)."""
        return sorted(self.samples)[math.ceil(0.95 * len(self.samples)) - 1]

    @property
    def spread(self) -> str:
        """From the least to the greatest; with twenty samples or more the p95 too."""
        if len(self.samples) == 1:
            return "one run"
        tail = f", p95 {plain(self.p95)}" if len(self.samples) >= 20 else ""
        return f"{plain(min(self.samples))}–{plain(max(self.samples))}{tail}"

    @property
    def ratio(self) -> str:
        """How many times the floor this takes."""
        return f"{plain(self.median / median(self.floor[1]))} × {self.floor[0]}" if self.floor else ""

    @property
    def verdict(self) -> str:
        return "" if self.aim is None else "met" if self.aim.is_met_by(self) else "MISSED"


@dataclass(frozen=True)
class Effort:
    """How much is done: all of it for the figures, next to nothing for the test that each bench still runs."""

    share: float = 1.0

    def times(self, whole: int, least: int = 1) -> int:
        return max(least, round(whole * self.share))


WHOLE, A_TASTE = Effort(), Effort(0.001)
Bench = Callable[[Effort], list[Figure]]


def milliseconds(work: Callable[[], object]) -> float:
    """How long this took."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def plain(value: float) -> str:
    """Three figures that count, thousands apart: 3,412 · 41.2 · 0.38."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
