"""Drawings of figures: numbers become places on a drawing, templates/components/charts.html draws them. No script, no style attribute."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT = 480, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 18, 26


@dataclass(frozen=True)
class Bars:
    """What stands over one name: as many bars side by side as there are values."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Frame:
    """Where numbers lie on the drawing: from `low` to `high` upwards, from 0 to `last` to the right."""

    low: float
    high: float
    last: float
    width: int = WIDTH
    height: int = HEIGHT

    def x(self, value: float) -> float:
        return round(LEFT + (self.width - LEFT - RIGHT) * value / (self.last or 1), 1)

    def y(self, value: float) -> float:
        return round(self.height - BOTTOM - (self.height - TOP - BOTTOM) * (value - self.low) / ((self.high - self.low) or 1), 1)

    @property
    def left(self) -> int:
        return LEFT

    @property
    def right(self) -> int:
        return self.width - RIGHT

    @property
    def foot(self) -> int:
        return self.height - 8

    @property
    def ticks(self) -> list[tuple[str, float]]:
        """(what it says, how high) of the lines across: round numbers, four to six of them."""
        step = round_step((self.high - self.low) / 4)
        first = floor(self.low / step) * step
        values = [first + step * number for number in range(8)]
        return [(f"{value:,.0f}".replace("-", "−"), self.y(value)) for value in values if self.low <= value <= self.high]


@dataclass(frozen=True)
class BarChart:
    """The bars with their places: (name, middle, [(which, left, top, width, height, value)])."""

    frame: Frame
    groups: list[tuple[str, float, list[tuple[int, float, float, float, float, float]]]]


def round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, no less than a whole one."""
    if rough <= 1:
        return 1
    power = 10 ** floor(log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough)


def frame_of(values: Sequence[float], last: float) -> Frame:
    """A frame that holds these values and zero, with round ends."""
    low, high = min(0.0, *values), max(1.0, *values)
    step = round_step((high - low) / 4)
    return Frame(low=floor(low / step) * step, high=-floor(-high / step) * step, last=last)


def bars_of(groups: list[Bars]) -> BarChart:
    """Bars side by side over each name."""
    frame = frame_of([value for one in groups for value in one.values] or [0], last=len(groups))
    drawn = []
    for number, one in enumerate(groups):
        room = frame.x(number + 1) - frame.x(number)
        wide = min(room * 0.7 / len(one.values), 36)
        middle = frame.x(number) + room / 2
        begins = middle - wide * len(one.values) / 2
        drawn.append(
            (
                one.name,
                round(middle, 1),
                [
                    (
                        which,
                        round(begins + wide * which, 1),
                        frame.y(value),
                        round(wide - 1, 1),
                        round(frame.y(0) - frame.y(value), 1),
                        value,
                    )
                    for which, value in enumerate(one.values)
                ],
            )
        )
    return BarChart(frame, drawn)


@dataclass(frozen=True)
class LineChart:
    """One line over hours: its points, the ground of what lies below zero, and where days begin (place, name)."""

    frame: Frame
    line: str
    below: str
    days: list[tuple[float, str]]
    worst: tuple[float, float, float] | None


def line_of(values: Sequence[float], days: Sequence[tuple[int, str]]) -> LineChart:
    """A line through one value an hour; `days` are the hours at which a day begins, with its name. What lies below zero is missing."""
    frame = frame_of(list(values) or [0], last=max(len(values) - 1, 1))
    points = [(frame.x(hour), frame.y(value)) for hour, value in enumerate(values)]
    missing = [(frame.x(hour), frame.y(min(value, 0))) for hour, value in enumerate(values)]
    ground = [(frame.x(0), frame.y(0)), *missing, (frame.x(len(values) - 1), frame.y(0))]
    hour = min(range(len(values)), key=lambda one: values[one]) if values else 0
    worst = (*points[hour], values[hour]) if values and values[hour] <= -1 else None
    return LineChart(frame, _joined(points), _joined(ground), [(frame.x(at), name) for at, name in days], worst)


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
