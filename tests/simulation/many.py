"""Many seeds on several cores, and what they add up to."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread

REPORT_EVERY = 100


@dataclass
class Total:
    """What so many seeds came to."""

    seeds: int = 0
    operations: int = 0
    saved: int = 0
    requests: int = 0
    seconds: float = 0
    failed: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def take(self, outcome: dict) -> None:
        self.seeds += 1
        for name in ("operations", "saved", "requests"):
            setattr(self, name, getattr(self, name) + outcome[name])
        if outcome["wrong"]:
            self.failed.append(outcome["seed"])
            self.wrong.append(f"seed {outcome['seed']}: {outcome['wrong'][0]}")

    def sentence(self) -> str:
        return (
            f"{self.seeds} seeds, {self.operations} operations ({self.saved} saved on phones), {self.requests} requests in "
            f"{self.seconds:.0f} s; {len(self.failed)} seeds failed"
        )


def simulate_many(seeds: range, operations: int, workers: int, minutes: int = 0, tell: Callable[[str], None] = print) -> Total:
    """Run these seeds, `workers` at once, or as many as `minutes` allow. `tell` hears of each failure and of every 100 seeds."""
    total, began = Total(), time.monotonic()

    def listen(place: int) -> None:
        words = ["worker", str(seeds.start + place), str(len(seeds) - place), str(workers), str(operations), "--minutes", str(minutes)]
        with subprocess.Popen([sys.executable, "-m", "tests.simulation", *words], stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                total.take(outcome := json.loads(line))
                if outcome["wrong"]:
                    tell(f"seed {outcome['seed']} FAILED: {outcome['wrong'][0]}")
                if total.seeds % REPORT_EVERY == 0:
                    total.seconds = time.monotonic() - began
                    tell(total.sentence())
        if process.returncode:
            total.wrong.append(f"a worker ended with {process.returncode}")
            total.failed.append(0)

    threads = [Thread(target=listen, args=(place,)) for place in range(min(workers, len(seeds)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total.seconds = time.monotonic() - began
    total.failed.sort()
    return total
