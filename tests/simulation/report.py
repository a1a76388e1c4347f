"""What long runs came to, put into docs/reliability.md."""

from tests.bench.table import RELIABILITY, keep_part
from tests.simulation.bench import Setup
from tests.simulation.many import Total


def keep_total(total: Total, operations: int, setup: Setup) -> None:
    """Write the part of a long simulation; each setup has one of its own."""
    rows = [
        ("seeds", f"{total.seeds:,}"),
        ("operations judged", f"{total.operations:,}"),
        ("called saved on a phone", f"{total.saved:,}"),
        ("requests", f"{total.requests:,}"),
        ("seconds", f"{total.seconds:,.0f}{', then stopped by hand' if total.stopped else ''}"),
        ("seconds of a core", f"{total.cpu_seconds:,.0f}"),
        *((name, f"{times:,}") for name, times in sorted(total.reached.items())),
        ("seeds that failed: something lost, doubled, diverged, or seen by the wrong person", f"{len(total.failed):,}"),
    ]
    table = "".join(f"| {name} | {value} |\n" for name, value in rows)
    failed = "".join(f"* {what}\n" for what in total.wrong[:20])
    more = f' ARGS="{" ".join(setup.words())}"' if setup.words() else ""
    keep_part(
        setup.name, f"`make simulate SEEDS={total.seeds} OPS={operations}{more}`\n\n| | |\n| --- | --- |\n{table}\n{failed}", RELIABILITY
    )


def keep_mistakes(rows: list[tuple[str, str, str, int | None]], of: int, starts: int) -> None:
    """Write the part of the known mistakes: what each is, how many seeds it took, and at most. `of` so many that are known."""
    table = "".join(f"| {name} | {says} | {median} | {most or 'not caught'} |\n" for name, says, median, most in rows)
    head = f"`make mistakes`: {len(rows)} of {of} looked for, each from {starts} places\n\n| | | Seeds until caught (median) | At most |\n"
    keep_part("known mistakes", f"{head}| --- | --- | --- | --- |\n{table}", RELIABILITY)
