"""Figures as people read them: lines on the terminal, and one part a bench in docs/bench.md with the machine and the day."""

import os
import platform
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Figure, plain

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "bench.md"
BEGINNING = """# Figures

Written by `make bench-docs` (one part alone: `make bench-docs ARGS=lists`), Lighthouse's part by `make lighthouse`.
Each part says when, on what machine and beside what load it was measured. A figure is the median of its runs, the spread runs from the
least to the greatest; a ratio compares with a floor that was measured in the same run.
"""
RELIABILITY = ROOT / "docs" / "reliability.md"
BEGINNINGS = {
    PAGE: BEGINNING,
    RELIABILITY: """# What was tried to lose something, and what came of it

Written by `make nightly`, part by part: when, on what machine, and the sentence that each command printed.
What stands under "Remarks" is written by hand, and stays when its part is written anew.
""",
}
REMARKS = "### Remarks\n"
COLUMNS = "| | Median | Spread | Runs | Aim | | Beside |\n| --- | --- | --- | --- | --- | --- | --- |\n"


def clear_up_when_stopped() -> None:
    """Let SIGTERM end this process as an error does: with its servers ended and its temporary folders gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def as_lines(figures: list[Figure]) -> list[str]:
    """One line a figure, for the terminal."""
    width = max(len(figure.what) for figure in figures)
    return [_line(figure, width) for figure in figures]


def _line(figure: Figure, width: int) -> str:
    said = f"{figure.what:<{width}}  {plain(figure.median):>8} {figure.unit:<12} {figure.spread}, n {len(figure.samples)}"
    aim = f"aim {figure.aim}: {figure.verdict}" if figure.aim else ""
    return "  ".join(part for part in (said, aim, figure.ratio, figure.note) if part)


def keep_in_docs(name: str, figures: list[Figure]) -> None:
    """Put this bench's part into docs/bench.md, in the place of the one before."""
    rows = "".join(f"| {' | '.join(_cells(figure))} |\n" for figure in figures)
    keep_part(name, COLUMNS + rows)


def keep_part(name: str, body: str, page: Path = PAGE) -> None:
    """Write one part of docs/bench.md, or of docs/reliability.md: its heading, when and where it was measured, its body.

    The remarks at the end of the part before are somebody's own words, and stay.
    """
    text = page.read_text(encoding="utf-8") if page.exists() else BEGINNINGS[page]
    part = f"## {name}\n\n{machine()}\n\n{body}"
    before = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if found := before.search(text):
        _measured, heading, remarks = found[0].partition(REMARKS)
        kept = f"{part.rstrip()}\n\n{heading}{remarks}" if heading else f"{part}\n"
        text = text[: found.start()] + kept + text[found.end() :]
    else:
        text = f"{text.rstrip()}\n\n{part}\n"
    page.write_text(text.rstrip() + "\n", encoding="utf-8")


def _cells(figure: Figure) -> list[str]:
    aim = str(figure.aim) if figure.aim else ""
    beside = " · ".join(filter(None, (figure.ratio, figure.note)))
    return [figure.what, f"{plain(figure.median)} {figure.unit}", figure.spread, str(len(figure.samples)), aim, figure.verdict, beside]


def machine() -> str:
    """Day, commit, machine, and how busy it is already (the load of the last minute)."""
    git = ["git", "-c", "safe.directory=*", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip() or "no commit"
    now = datetime.now(UTC)
    load = os.getloadavg()[0]
    place = f"{_processor()}, {os.cpu_count()} cores · Python {platform.python_version()}"
    return f"{now:%Y-%m-%d %H:%M} UTC · {commit} · {place} · load {load:.1f}"


def _processor() -> str:
    try:
        named = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        named = None
    return named[1] if named else platform.machine()
