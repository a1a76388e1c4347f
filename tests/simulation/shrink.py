"""From a history that fails to a short one that fails in the same way: steps are left out as long as it goes on failing."""

import time

from tests.simulation.bench import Bench
from tests.simulation.plan import Step
from tests.simulation.run import Outcome


def shortest(bench: Bench, seed: int, steps: list[Step], outcome: Outcome, seconds: float) -> tuple[list[Step], Outcome]:
    """Leave out halves, quarters, … single steps, for at most so long. The seed stays: what is left happens with the same chance."""
    until, part = time.monotonic() + seconds, max(1, len(steps) // 2)
    while time.monotonic() < until:
        smaller = False
        for start in range(0, len(steps), part):
            fewer = steps[:start] + steps[start + part :]
            found = bench.play(seed, fewer) if fewer != steps else None
            if found and same_fault(found, outcome):
                steps, outcome, smaller = fewer, found, True
                break
            if time.monotonic() >= until:
                break
        if not smaller:
            if part == 1:
                break
            part = max(1, part // 2)
    return steps, outcome


def same_fault(one: Outcome, other: Outcome) -> bool:
    """Whether both are wrong in the same way: the invariant, not the ids."""
    return bool(one.wrong) and kind_of(one) == kind_of(other)


def kind_of(outcome: Outcome) -> str:
    return outcome.wrong[0].split(":")[0].split(" ")[0]
