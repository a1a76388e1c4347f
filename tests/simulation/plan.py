"""From a seed to what will happen: a list of steps, each of which means something by itself, so that any of them may be left out."""

import random

from tests.simulation.desk import VERBS
from tests.simulation.network import WEATHER

CREW_ACTS = ("verify", "verify", "call", "check", "route", "moment", "moment", "moment", "board", "board", "board", "board", "outcome",
    "extra", "care", "sign", "disinfect", "problem", "emergency", "withdraw", "acknowledge")  # fmt: skip
SITE_ACTS = (
    "dock",
    "receive",
    "receive",
    "receive",
    "receive",
    "sign",
    "room",
    "room",
    "room",
    "problem",
    "care",
    "withdraw",
    "acknowledge",
)
PHONES = {0: "driver1", 1: "driver2", 2: "escort1", 3: "receiver1", 4: "receiver2", 5: "receiver3"}
TWIN = 9  # the phone onto which another one is carried
YEARS_MS = 3650 * 24 * 3600_000

Step = list


def plan_of(seed: int, operations: int) -> list[Step]:
    """About so many operations, and everything that goes wrong around them."""
    roll = random.Random(seed)
    steps: list[Step] = []
    acts = 0
    while acts < operations:
        episode = roll.choices(EPISODES, WEIGHTS)[0](roll)
        acts += sum(step[0] in ("act", "desk") for step in episode)
        steps += episode
    return steps


def _rolls(roll: random.Random) -> list[int]:
    return [roll.randrange(1000) for _ in range(8)]


def _phone(roll: random.Random) -> int:
    return roll.choice([0, 0, 1, 2, 3, 3, 4, 5])


def _act(roll: random.Random, phone: int, tab: int = 0) -> Step:
    return ["act", phone, tab, roll.choice(CREW_ACTS if phone in (0, 1, 2, TWIN) else SITE_ACTS), _rolls(roll)]


def _stairwell(roll: random.Random) -> list[Step]:
    """Out of reach, several things done, back again in whatever weather."""
    phone = _phone(roll)
    steps: list[Step] = [["dark", phone, True], *(_act(roll, phone) for _ in range(roll.randint(3, 9)))]
    if roll.random() < 0.2:
        steps.insert(roll.randint(1, len(steps)), ["wait", roll.choice([30_000, 600_000]), [phone]])
    weather = [["weather", phone, [roll.choice(WEATHER) for _ in range(roll.randint(1, 3))]]] if roll.random() < 0.6 else []
    return [*steps, *weather, ["dark", phone, False], ["tap", phone, 0], *_again(roll, phone)]


def _again(roll: random.Random, phone: int) -> list[Step]:
    """The loop tries by itself after a while, or the person taps."""
    return [["wait", roll.choice([3_000, 40_000]), [phone]] for _ in range(roll.randint(0, 2))] + [["arrive"]] * roll.randint(0, 1)


def _in_sight(roll: random.Random) -> list[Step]:
    """With a signal: each act goes up by itself."""
    phone = _phone(roll)
    weather = [["weather", phone, [roll.choice(WEATHER)]]] if roll.random() < 0.5 else []
    return [*weather, *(_act(roll, phone) for _ in range(roll.randint(1, 3))), *_again(roll, phone)]


def _office(roll: random.Random) -> list[Step]:
    return [["desk", roll.choice(list(VERBS)), _rolls(roll)] for _ in range(roll.randint(1, 4))]


def _all_look(roll: random.Random) -> list[Step]:
    return [["wait", roll.choice([31_000, 31_000, 3600_000, 26 * 3600_000]), None], *([["tick"]] if roll.random() < 0.5 else [])]


def _power_goes(roll: random.Random) -> list[Step]:
    """The phone ends at some event of its store, in the middle of whatever it does next."""
    phone = _phone(roll)
    doing = [_act(roll, phone), ["tap", phone, 0]]
    roll.shuffle(doing)
    return [
        ["dark", phone, roll.random() < 0.3],
        _act(roll, phone),
        ["cut_at", phone, roll.randint(1, 80)],
        *doing,
        ["dark", phone, False],
        ["tap", phone, 0],
    ]


EPISODES = [_stairwell, _in_sight, _office, _all_look, _power_goes]
WEIGHTS = [10, 4, 3, 1, 3]
