"""From a seed to what will happen: a list of steps, each of which means something by itself, so that any of them may be left out."""

import random

from tests.simulation.desk import VERBS
from tests.simulation.network import WEATHER

CREW_ACTS = ("verify", "verify", "call", "check", "route", "moment", "moment", "moment", "board", "board", "board", "board", "outcome",
    "extra", "care", "receive", "sign", "disinfect", "problem", "emergency", "withdraw", "acknowledge")  # fmt: skip
SITE_ACTS = ("dock", "receive", "receive", "receive", "receive", "sign", "room", "room", "room", "walkIn", "count", "waste", "test", "test",
    "health", "health", "release", "problem", "care", "withdraw", "withdraw", "acknowledge")  # fmt: skip
SHARED_ACTS = ("call", "moment", "board", "outcome", "extra", "care", "problem", "emergency", "receive", "walkIn", "count", "waste", "test",
    "health", "release")  # of which two may do one at once  # fmt: skip
PHONES = {0: "driver1", 1: "driver2", 2: "escort1", 3: "receiver1", 4: "receiver2", 5: "receiver3"}
TWIN = 9  # the phone onto which another one is carried
DAY_MS = 24 * 3600_000
YEARS_MS = 3650 * DAY_MS
WEEKS_MS = 11 * DAY_MS
LONG_EVERY = 10  # of so many seeds one is long
LATER_EVERY = 5  # of so many seeds one ends some days later
BY_EVENTS = ("kill_office", "meanwhile", "at_once")  # happen at the n-th event of the office's database, of which each engine has its own

Step = list


def plan_of(seed: int, operations: int) -> list[Step]:
    """About so many operations, and everything that goes wrong around them."""
    roll = random.Random(seed)
    crew, site = roll.sample([0, 1, 2], 2), roll.sample([3, 4, 5], 2)
    steps: list[Step] = [["begin", phone] for phone in sorted(crew + site)]
    roll.phones = [crew[0], crew[0], crew[1], site[0], site[0], site[1]]
    acts = 0
    episodes = EPISODES if seed % LONG_EVERY else LONG
    while acts < operations:
        episode = roll.choices(list(episodes), list(episodes.values()))[0](roll)
        acts += sum(step[0] in ("act", "desk") for step in episode)
        steps += episode
    if seed % LONG_EVERY == 0:
        steps += _weeks(roll)
    return steps if seed % LATER_EVERY else steps + _days(roll)


def without_events(steps: list[Step]) -> list[Step]:
    """The plan in which nothing happens in the midst of what the office does: on both engines it is the same, to the byte."""
    return [step for step in steps if step[0] not in BY_EVENTS]


def _rolls(roll: random.Random) -> list[int]:
    return [roll.randrange(1000) for _ in range(8)]


def _phone(roll: random.Random) -> int:
    return roll.choice(roll.phones)


def _act(roll: random.Random, phone: int, tab: int = 0, among: tuple[str, ...] = CREW_ACTS + SITE_ACTS) -> Step:
    own = CREW_ACTS if phone in (0, 1, 2, TWIN) else SITE_ACTS
    return ["act", phone, tab, roll.choice([act for act in own if act in among]), _rolls(roll)]


def _stairwell(roll: random.Random) -> list[Step]:
    """Out of reach, several things done, back again in whatever weather."""
    phone = _phone(roll)
    steps: list[Step] = [["dark", phone, True], *(_act(roll, phone) for _ in range(roll.randint(5, 13)))]
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
    return [*weather, *(_act(roll, phone) for _ in range(roll.randint(1, 2))), *_again(roll, phone)]


def _office(roll: random.Random) -> list[Step]:
    return [["desk", roll.choice(list(VERBS)), _rolls(roll)] for _ in range(roll.randint(1, 4))]


def _site_changes(roll: random.Random) -> list[Step]:
    """A site goes through some of its stages while somebody there goes on."""
    changes: list[Step] = [["desk", "change_site", _rolls(roll)] for _ in range(roll.randint(2, 4))]
    return [*changes, ["wait", 31_000, None], _act(roll, roll.choice([phone for phone in roll.phones if phone > 2]))]


def _goes_home(roll: random.Random) -> list[Step]:
    """Somebody is released and fetched at the site, for whom their community answers."""
    crew, site = ([phone for phone in roll.phones if (phone < 3) == is_crew] for is_crew in (True, False))
    phone, driver = roll.choice(site), roll.choice(crew)
    released: list[Step] = [["act", phone, 0, act, _rolls(roll)] for act in ("walkIn", "test", "release", "release")]
    planned: list[Step] = [["desk", verb, _rolls(roll)] for verb in ("on_stay", "return_home", "answer_return")]
    fetched: list[Step] = [_act(roll, driver, among=("board", "moment", "receive", "outcome")) for _ in range(roll.randint(1, 3))]
    return [*released, ["tap", phone, 0], *planned, ["tap", driver, 0], *fetched, *_again(roll, driver)]


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


def _two_windows(roll: random.Random) -> list[Step]:
    """The app is open twice, and both send."""
    phone = _phone(roll)
    steps = [["tap", phone, 1], ["weather", phone, ["slow_answer"]]] if roll.random() < 0.6 else []
    steps += [_act(roll, phone, roll.randint(0, 1)) for _ in range(roll.randint(2, 4))]
    return [*steps, ["tap", phone, 0], ["tap", phone, 1], ["arrive"], *([["close_tab", phone, 1]] if roll.random() < 0.7 else [])]


def _full(roll: random.Random) -> list[Step]:
    phone = _phone(roll)
    return [["full", phone, True], _act(roll, phone), _act(roll, phone), ["full", phone, False], _act(roll, phone)]


def _wrong_clock(roll: random.Random) -> list[Step]:
    return [["skew", _phone(roll), roll.choice([YEARS_MS, -YEARS_MS, 3600_000, -600_000, 0])]]


def _storage_gone(roll: random.Random) -> list[Step]:
    phone = _phone(roll)
    unsent = [["dark", phone, True], _act(roll, phone), ["dark", phone, False]] if roll.random() < 0.5 else []
    return [*unsent, ["wipe", phone]]


def _carried_over(roll: random.Random) -> list[Step]:
    """Two phones with one identity go on side by side."""
    phone = roll.choice([0, 1, 2])
    steps: list[Step] = [
        ["dark", phone, True],
        _act(roll, phone),
        ["clone", phone, TWIN],
        _act(roll, TWIN),
        _act(roll, phone),
        ["dark", phone, False],
    ]
    return [*steps, ["tap", phone, 0], ["tap", TWIN, 0], _act(roll, phone), _act(roll, TWIN)]


def _carried_by_hand(roll: random.Random) -> list[Step]:
    """A copy of unsent work is read in, also twice; then the phone is lost, or brings it all itself."""
    phone = _phone(roll)
    dark: list[Step] = [["dark", phone, True], *(_act(roll, phone) for _ in range(roll.randint(1, 5))), ["copy", phone]]
    more: list[Step] = [_act(roll, phone)] * roll.randint(0, 1) + [["read_in", -1]] * roll.randint(1, 2)
    return [*dark, *more, roll.choice([["wipe", phone], ["tap", phone, 0]]), ["dark", phone, False], ["read_in", roll.randrange(1000)]]


def _carried_into_the_past(roll: random.Random) -> list[Step]:
    """What a copy holds follows what the office had, and has lost: it waits there until the phone brings that again."""
    phone = _phone(roll)
    lost: list[Step] = [["tap", phone, 0], ["back_up"], _act(roll, phone), _act(roll, phone), ["tap", phone, 0], ["dark", phone, True]]
    taken_back: list[Step] = [["act", phone, 0, "withdraw", _rolls(roll)], _act(roll, phone), ["copy", phone]]
    judged: list[Step] = [["desk", "on_quarantined", _rolls(roll)]] * roll.randint(0, 1)
    return [*lost, *taken_back, ["restore", -1], ["read_in", -1], *judged, *_all_look(roll), ["dark", phone, False], *_again(roll, phone)]


def _shift(roll: random.Random) -> list[Step]:
    """Somebody else takes the phone; what the first one did is perhaps not sent."""
    phone = _phone(roll)
    names = ["driver1", "driver2", "driver3", "escort1"] if phone < 3 else ["receiver1", "receiver2", "receiver3"]
    dark: list[Step] = [["dark", phone, True], _act(roll, phone), _act(roll, phone)]
    leaves: list[Step] = [["sign_out", phone], ["dark", phone, False]] if roll.random() < 0.5 else [["dark", phone, False]]
    return [*dark, *leaves, ["shift", phone, roll.choice(names)], _act(roll, phone), ["wait", 31_000, [phone]]]


def _switched_off(roll: random.Random) -> list[Step]:
    """A phone, its person's account or password is switched off, perhaps with work unsent: until it is on again it is told nothing."""
    phone = _phone(roll)
    dark: list[Step] = [["dark", phone, True], _act(roll, phone), _act(roll, phone)]
    off = ["switch_off", phone, roll.choice(["account", "phone", "password"])]
    dark = [*dark, off, ["dark", phone, False]] if roll.random() < 0.5 else [off]
    on: list[Step] = [["switch_all_on"], *([["sign_in", phone]] * roll.randint(0, 1)), ["tap", phone, 0]]
    return [*dark, ["tap", phone, 0], *_office(roll), ["sign_in", phone], _act(roll, phone), ["wait", 31_000, None], *on]


def _office_dies(roll: random.Random) -> list[Step]:
    phone = _phone(roll)
    dark: list[Step] = [["dark", phone, True], *(_act(roll, phone) for _ in range(roll.randint(1, 4))), ["dark", phone, False]]
    after = ["tap", phone, 0] if roll.random() < 0.8 else ["desk", roll.choice(list(VERBS)), _rolls(roll)]
    return [*dark, ["kill_office", roll.choice([roll.randint(1, 40), roll.randint(1, 90), 999])], after, *_again(roll, phone)]


def _in_between(roll: random.Random) -> list[Step]:
    """A desk's change is committed in the middle of a phone's request; half the time of one that only reads: few statements, each of
    which may be the last before it."""
    phone = _phone(roll)
    if roll.random() < 0.5:
        verb = roll.choice(["change_card", "change_card", "reassign"])
        return [["tap", phone, 0], ["meanwhile", roll.randint(1, 16), verb, _rolls(roll)], ["tap", phone, 0]]
    busy = ["reassign", "relieve", "cancel", "divert", "verify", "resolve", "change_user", "change_card", "change_card", "change_site"]
    return [["meanwhile", roll.randint(1, 45), roll.choice(busy), _rolls(roll)], _act(roll, phone), ["wait", 31_000, [phone]]]


def _at_once(roll: random.Random) -> list[Step]:
    """Two phones that have done something bring it at the same moment, to two servers."""
    phone, other = roll.sample(sorted(set(roll.phones)), 2)
    acts = [_act(roll, phone, among=SHARED_ACTS), _act(roll, other, among=SHARED_ACTS)]
    acts += [_act(roll, roll.choice([phone, other]), among=SHARED_ACTS) for _ in range(roll.randint(0, 2))]
    dark: list[Step] = [["dark", phone, True], ["dark", other, True], *acts]
    return [*dark, ["at_once", other, phone, roll.randint(1, 45)], ["wait", 31_000, [phone, other]]]


def _backed_up(roll: random.Random) -> list[Step]:
    return [["back_up"]]


def _set_back(roll: random.Random) -> list[Step]:
    """The database was lost: the office goes on from an earlier copy, perhaps twice from the same."""
    return [["restore", roll.randrange(1000)], ["wait", 31_000, None]] if roll.random() < 0.5 else [["restore", 0], ["wait", 31_000, None]]


def _set_back_twice(roll: random.Random) -> list[Step]:
    """Twice to the same copy. In between one phone was answered; afterwards others bring the counter past where that one stands."""
    phone, other = roll.sample(sorted(set(roll.phones)), 2)
    first: list[Step] = [["back_up"], ["restore", -1], ["wait", 31_000, None], _act(roll, phone), ["tap", phone, 0]]
    again: list[Step] = [["restore", -1], ["dark", phone, True], *(_act(roll, other) for _ in range(5)), ["tap", other, 0]]
    return [*first, *again, ["dark", phone, False], ["wait", 31_000, None]]


def _days(roll: random.Random) -> list[Step]:
    """So long that what ended leaves phones: a crew's after a day, a site's after three. All of it is less than phones keep their work."""
    phone = _phone(roll)
    return [["wait", roll.choice([2, 4, 4]) * DAY_MS, None], ["tick"], ["sign_in", phone], _act(roll, phone), ["wait", 31_000, None]]


def _weeks(roll: random.Random) -> list[Step]:
    """More than a month goes by. One phone lies in a drawer; what left its lists meanwhile is forgotten by then (P11)."""
    drawer, *others = roll.sample(sorted(set(roll.phones)), len(set(roll.phones)))
    steps: list[Step] = [["dark", drawer, True], *([_act(roll, drawer)] * roll.randint(0, 1))]
    for _ in range(4):
        steps += [
            ["wait", WEEKS_MS, None],
            ["tick"],
            ["sign_in", others[0]],
            _act(roll, others[0]),
            *_office(roll),
            ["wait", 31_000, others],
        ]
    return [*steps, ["dark", drawer, False], ["sign_in", drawer], ["tap", drawer, 0]]


EPISODES = {
    _stairwell: 20, _in_sight: 6, _office: 8, _site_changes: 2, _goes_home: 2, _all_look: 2, _power_goes: 5, _two_windows: 3, _full: 1,
    _wrong_clock: 2, _storage_gone: 1, _carried_over: 1, _carried_by_hand: 2, _carried_into_the_past: 1, _shift: 2, _switched_off: 1,
    _office_dies: 4, _in_between: 4, _at_once: 4, _backed_up: 2, _set_back: 1, _set_back_twice: 1,
}  # fmt: skip
WITH_RESTORES = (_carried_into_the_past, _set_back, _set_back_twice)  # in no long seed: phones keep their work for 14 days, no longer
LONG = {episode: weight for episode, weight in EPISODES.items() if episode not in WITH_RESTORES} | {_days: 6, _weeks: 3}
