"""The backtest in words: for the terminal in a line a day, for docs/forecast.md with every day's errors and hours."""

from collections.abc import Sequence

from server.demo.days.backtest import FIGURES, Compared, error_of
from server.demo.days.simulating import Ended

NAMES = {
    "arrivals": "People who came into rooms",
    "freed": "Rooms vacated",
    "ready_again": "Rooms made ready",
    "stock": "Rooms ready or held (mean of the hours)",
}
EVERY_HOURS = 3


def line_of(ended: Ended, seconds: float) -> str:
    """What a day came to."""
    return (
        f"{ended.day}: {ended.lines_listed:,} lines listed, {ended.operations:,} operations, "
        f"{ended.stopped} plans refused by a rule, {seconds:.0f} s"
    )


def errors_of(compared: Compared) -> str:
    """The errors of a day's forecast, for the terminal."""
    parts = []
    for figure in FIGURES:
        error = error_of(compared, figure)
        parts.append(f"{figure} {error.foreseen:.0f} foreseen, {error.real:.0f} real ({_percent(error.percent)})")
    return "  " + "; ".join(parts)


def document(results: Sequence[Compared], seed: int, seconds: float) -> str:
    """docs/forecast.md."""
    operations = sum(one.ended.operations for one in results)
    parts = [
        HEAD.format(seed=seed, days=len(results), operations=operations, seconds=seconds),
        "## The days\n",
        _table(["", *(f"{one.ended.day:%-d %b}" for one in results)], [
            ["lines on the units' lists", *(f"{one.ended.lines_listed:,}" for one in results)],
            ["new people a day, as assumed that morning", *(f"{one.new_a_day:,}" for one in results)],
            ["rooms the turnaround was measured on", *(f"{one.turned_over:,}" if one.turned_over else "– (targets)" for one in results)],
            ["operations", *(f"{one.ended.operations:,}" for one in results)],
        ]),
    ]  # fmt: skip
    for figure in FIGURES:
        parts += [f"\n## {NAMES[figure]}\n", _table(HEADS, [_row(one, figure) for one in results])]
    parts += ["\n## Hour by hour\n", *(_hours(one) for one in results)]
    return "\n".join(parts).rstrip() + "\n"


HEADS = ["day", "foreseen at 00:00", "real", "error", "error in percent", "mean error of an hour"]
HEAD = """# The forecast against what then happened

Written by `make forecast-docs`: `bihuan simulate-day` lets virtual drivers, receivers, desks and communities act out {days} of the
scenario's five days through the doors of people, from the ledgers of 2 April 2022, 24:00 (seed {seed}; {operations:,} operations,
{seconds:.0f} s of processor time). At 00:00 of each day the forecast of `/forecast` is made, from what the register knows then and from
nothing else; no assumption was set by hand. Rooms are counted over all open sites, partner cities too.

The simulated people know nothing of the forecast. What they do is invented: how long a drive takes, how many clean a site's rooms, when
coaches go home is drawn by lot. The errors say how the arithmetic holds against such a city, not how it would hold in a real one.

How to read the errors: arrivals rest on the assumption on new people, which is the count of the last 24 hours; before 3 April no list had
been sent, so the first morning assumes almost nobody. Foreseen arrivals are people who need a room, whether it is there or not: where
rooms or coaches were short, fewer came, and the rest waits into the next day. Freed rooms rest on how many can leave a day: on the first
morning nothing was measured, and all whose time was over were assumed to leave at once; from the second morning on it is the busiest day
of the last three. Rooms made ready follow the freed ones, and the stock of rooms follows all three.
"""


def _row(one: Compared, figure: str) -> list[str]:
    error = error_of(one, figure)
    return [
        f"{one.ended.day:%-d %b}",
        f"{error.foreseen:,.0f}",
        f"{error.real:,.0f}",
        f"{error.off:+,.0f}",
        _percent(error.percent),
        f"{error.an_hour:.1f}",
    ]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:+.0f} %"


def _hours(one: Compared) -> str:
    """Each three hours of a day: foreseen / real."""
    rows = []
    for first in range(0, 24, EVERY_HOURS):
        part = slice(first, first + EVERY_HOURS)
        cells = [f"{first:02}–{first + EVERY_HOURS:02}"]
        for figure in FIGURES:
            said, was = getattr(one.foreseen, figure)[:24][part], getattr(one.happened, figure)[part]
            pair = (said[-1], was[-1]) if figure == "stock" else (sum(said), sum(was))
            cells.append(f"{pair[0]:,.0f} / {pair[1]:,.0f}")
        rows.append(cells)
    heads = [f"{one.ended.day:%-d %b}, foreseen / real", "arrivals", "vacated", "made ready", "ready or held at the end"]
    return _table(heads, rows) + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
