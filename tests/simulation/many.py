"""Many seeds on several cores, and what they add up to."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.simulation.bench import Setup
from tests.simulation.network import WEATHER

REPORT_EVERY = 100
ENOUGH_TO_REACH_ALL = 200
FROM_PHONES = ("admit_walk_in", "count_rooms", "record_health", "record_test_result", "record_waste", "release_stay", "withdraw")
AT_THE_DESK = (
    "accept_invitation",
    "accept_return",
    "check_site",
    "choose_pack",
    "decline_return",
    "hospital make_transfer",
    "judge_again",
    "open_site",
    "override_readiness",
    "pause_site",
    "reach_stage",
    "reset_password",
    "return make_transfer",
    "settle_quarantined",
    "site_to_site make_transfer",
    "solve_problem",
    "tell_settings",
)
TO_REACH = (
    *(f"at the desk: {name}" for name in AT_THE_DESK),
    "copies read in",
    "deaths of the office",
    "forks",
    *(f"from phones: {type}" for type in FROM_PHONES),
    "interruptions",
    "operations held",
    "packed runs",
    "pages before the last",
    "pages kept aside",
    "patches",
    "phones that died",
    "resets for epoch",
    "resets for floor",
    *(f"weather: {weather}" for weather in WEATHER),
)


@dataclass
class Total:
    """What so many seeds came to."""

    seeds: int = 0
    operations: int = 0
    saved: int = 0
    requests: int = 0
    reached: Counter = field(default_factory=Counter)
    seconds: float = 0
    cpu_seconds: float = 0
    stopped: bool = False
    failed: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def take(self, outcome: dict) -> None:
        """Add a seed; or, of an earlier sitting, the time that it took."""
        if "seed" not in outcome:
            self.seconds += outcome["seconds"]
            self.cpu_seconds += outcome["cpu_seconds"]
            return
        self.seeds += 1
        for name in ("operations", "saved", "requests"):
            setattr(self, name, getattr(self, name) + outcome[name])
        self.reached.update(outcome["reached"])
        if outcome["wrong"]:
            self.failed.append(outcome["seed"])
            self.wrong.append(f"seed {outcome['seed']}: {outcome['wrong'][0]}")

    def sentence(self) -> str:
        return (
            f"{self.seeds} seeds, {self.operations} operations ({self.saved} saved on phones), {self.requests} requests in "
            f"{self.seconds:.0f} s{' (stopped by hand)' if self.stopped else ''}; {len(self.failed)} seeds failed"
        )

    def reached_words(self) -> str:
        """How often what is rare was tried."""
        return "Reached: " + ", ".join(f"{name} {self.reached[name]}" for name in sorted({*TO_REACH, *self.reached}))

    def never_reached(self) -> list[str]:
        """What so many seeds ought to have tried, and did not: a proof of less than it says."""
        return [name for name in TO_REACH if not self.reached[name]] if self.seeds >= ENOUGH_TO_REACH_ALL else []


class Stop:
    """Set by SIGINT or SIGTERM: no further seed is begun, those under way are finished, and all that was run is told."""

    asked = False

    def __init__(self):
        self.workers: list[subprocess.Popen] = []

    def ask(self, *_signal) -> None:
        self.asked = True
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)


@contextmanager
def stop_by_hand() -> Iterator[Stop]:
    """While this lasts a signal stops nothing at once. SIGSTOP and SIGCONT to the process group pause it."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def simulate_many(
    seeds: range,
    operations: int,
    workers: int,
    setup: Setup,
    minutes: int = 0,
    tell: Callable[[str], None] = print,
    kept: Path | None = None,
) -> Total:
    """Run these seeds, `workers` at once, or as many as `minutes` allow, or until somebody stops it.

    `tell` hears of each failure and of every 100 seeds. What each seed came to is added to the file `kept`; seeds that stand there
    already count as run, so that a run of hours may have several sittings.
    """
    total, began, cpu_before = Total(), time.monotonic(), _cpu_seconds()
    for line in lines_of(kept):
        total.take(line)
    before = total.seconds, total.cpu_seconds

    def listen(process: subprocess.Popen) -> None:
        for line in process.stdout:
            total.take(outcome := json.loads(line))
            _keep(kept, outcome)
            if outcome["wrong"]:
                tell(f"seed {outcome['seed']} FAILED: {outcome['wrong'][0]}")
            if total.seeds % REPORT_EVERY == 0:
                total.seconds = before[0] + time.monotonic() - began
                tell(total.sentence())
        if process.wait() and not (stop.asked and process.returncode == -signal.SIGTERM):  # told so before it had begun
            total.wrong.append(f"a worker ended with {process.returncode}")
            total.failed.append(0)

    with stop_by_hand() as stop:
        for place in range(min(workers, len(seeds))):
            words = ["worker", str(seeds.start + place), str(len(seeds) - place), str(workers), str(operations), "--minutes", str(minutes)]
            more = [*(["--kept", str(kept)] if kept else []), *setup.words()]
            command = [sys.executable, "-m", "tests.simulation", *words, *more]
            stop.workers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        threads = [Thread(target=listen, args=(process,)) for process in stop.workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sitting = {"seconds": time.monotonic() - began, "cpu_seconds": _cpu_seconds() - cpu_before}
    total.stopped, total.seconds, total.cpu_seconds = stop.asked, before[0] + sitting["seconds"], before[1] + sitting["cpu_seconds"]
    _keep(kept, sitting)
    total.failed.sort()
    return total


def lines_of(kept: Path | None) -> list[dict]:
    """What was kept by earlier sittings: an outcome a seed, and what each sitting took."""
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept and kept.exists() else []


def _keep(kept: Path | None, line: dict) -> None:
    if kept:
        with kept.open("a") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _cpu_seconds() -> float:
    """Of all processes that were started from here and have ended, with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
