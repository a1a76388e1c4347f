"""Each known mistake is made in a copy of the product, to be caught there.

A mistake that no seed catches is a property that nobody checks. `make mistakes` says how many seeds each one takes.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from tests.simulation.bench import MEMORY, ROOT
from tests.simulation.known_mistakes import Mistake

SEEDS_MAX = 500
STARTS = (1, 100_001, 200_001, 300_001, 400_001)
INVARIANT = re.compile(r"\bP\d+\b")
COPIED = ("server", "sync", "templates", "tests", "static/app")


def catch(mistake: Mistake, starts: tuple[int, ...], operations: int, tell: Callable[[str], None]) -> list[int | None]:
    """From each start, how many seeds until one fails as it should; None when none of 500 does."""
    with a_copy_with(mistake) as folder:
        found = [seeds_until_wrong(folder, start, operations, mistake.seen_as) for start in starts]
    seeds = [count for count, _what in found]
    tell(f"{mistake.name}: {median_of(seeds)} (from {len(starts)} starts: {seeds}), e.g. {found[0][1]}")
    return seeds


def median_of(seeds: list[int | None]) -> str:
    return "not caught" if None in seeds else f"{statistics.median(seeds):g}"


def seeds_until_wrong(folder: Path, start: int, operations: int, seen_as: tuple[str, ...], most: int = SEEDS_MAX) -> tuple[int | None, str]:
    """How many seeds from here until one fails by one of these invariants, and what was wrong then. Raises RuntimeError when the run
    itself came to an end: that is no catch."""
    words = ["worker", str(start), str(most), "1", str(operations), *(word for name in seen_as for word in ("--until", name))]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "tests.simulation", *words]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        try:
            told, complaint = ran.communicate()
        except BaseException:  # asked to stop it ends its seed and clears up; killed it would leave its folder in memory
            ran.terminate()
            ran.communicate()
            raise
    outcomes = [json.loads(line) for line in told.splitlines()]
    seen = outcomes and fails_by(outcomes[-1]["wrong"], seen_as)
    if ran.returncode or not seen and len(outcomes) < most:
        raise RuntimeError(f"the run ended after {len(outcomes)} seeds: {complaint[-1000:]}")
    return (len(outcomes), seen) if seen else (None, "nothing")


def fails_by(wrong: list[str], invariants: tuple[str, ...]) -> str | None:
    """What of this is wrong by one of these invariants, each named as P7 is."""
    return next((what for what in wrong if (named := INVARIANT.search(what)) and named[0] in invariants), None)


@contextmanager
def a_copy_with(mistake: Mistake):
    """A copy of the product in which this one thing is wrong."""
    folder = Path(tempfile.mkdtemp(prefix="mistake", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    try:
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "journeys"))
        for file in [*filter(Path.is_file, ROOT.glob("static/*.*")), ROOT / "pyproject.toml"]:
            shutil.copy(file, folder / file.relative_to(ROOT))
        for linked in ("static/node_modules", "static/build", ".tools"):
            (folder / linked).symlink_to(ROOT / linked)
        for name, was, now in mistake.edits:
            (folder / name).write_text(edited(name, was, now, folder))
        yield folder
    finally:
        shutil.rmtree(folder)


def edited(name: str, was: str, now: str, root: Path = ROOT) -> str:
    """The file with the mistake in it. What is to be wrong must stand there exactly once."""
    text = (root / name).read_text()
    if text.count(was) != 1:
        raise ValueError(f"{name} has changed: {was!r} stands there {text.count(was)} times. Say the mistake anew in mistakes.py.")
    return text.replace(was, now)
