"""The short run: a history replays to the byte, and whatever goes wrong, nothing is lost, doubled, or seen by the wrong person."""

import json
import os
import subprocess
import sys

import pytest

from tests.simulation.bench import ROOT
from tests.simulation.known_mistakes import MISTAKES, Mistake
from tests.simulation.mistakes import a_copy_with, edited, fails_by, seeds_until_wrong

SEEDS, OPERATIONS = 210, 125


def simulation(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "tests.simulation", *words], capture_output=True, text=True, env=os.environ)


def outcomes(*words: str) -> list[dict]:
    ran = simulation(*words)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_replays_to_the_byte_also_in_another_process(seed):
    [once], [again] = (outcomes("worker", str(seed), "1", "1", "60") for _ in range(2))
    assert once["trace"] == again["trace"]
    assert once["operations"] > 30
    [other] = outcomes("worker", str(seed + 100), "1", "1", "60")
    assert other["trace"] != once["trace"]


def test_both_engines_tell_the_phones_the_same_to_the_byte():
    sqlite, postgres = (outcomes("worker", "1", "3", "1", "125", "--unbroken", *engine) for engine in ((), ("--postgres",)))
    assert [one["trace"] for one in sqlite] == [one["trace"] for one in postgres]
    assert sum(one["operations"] for one in sqlite) > 200


def test_whatever_goes_wrong_an_office_on_postgresql_loses_nothing_either():
    for outcome in outcomes("worker", "1", "6", "1", "125", "--postgres"):
        assert not outcome["wrong"], outcome


def test_phones_that_are_answered_by_two_servers_in_turn_lose_nothing_either():
    """Each server has memory of its own; in `make nightly` one of them is of an earlier commit."""
    for outcome in outcomes("worker", "1", "8", "1", "125", "--server", "HEAD"):
        assert not outcome["wrong"], outcome


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_known_mistake_can_still_be_made(mistake: Mistake):
    for name, was, now in mistake.edits:
        assert edited(name, was, now) != (ROOT / name).read_text()


def test_a_mistake_is_caught_and_not_the_copy_that_it_is_made_in():
    same = Mistake("none", "Nothing is wrong.", ("P3",), ())
    with a_copy_with(same) as folder:
        assert seeds_until_wrong(folder, 1, 60, same.seen_as, most=3) == (None, "nothing")
    shift = next(mistake for mistake in MISTAKES if mistake.name == "shift before acknowledgement")
    with a_copy_with(shift) as folder:
        assert seeds_until_wrong(folder, 1, 125, shift.seen_as, most=20)[0]


def test_a_mistake_is_caught_by_the_invariant_that_it_breaks_and_not_by_another_nor_by_a_run_that_ends():
    wrong = ["broken: Ended()", "phone 3: P9 board_person left the screen", "P15 phone 3 still has 2 unsent"]
    assert fails_by(wrong, ("P15", "P9")) == wrong[1]
    assert fails_by(wrong, ("P15",)) == wrong[2]
    assert fails_by(wrong, ("P1", "P5")) is None
    broken = Mistake("broken", "Nothing starts.", ("P3",), (("sync/feed.py", "def read_page(", "def read_no_page("),))
    with a_copy_with(broken) as folder, pytest.raises(RuntimeError, match="the run ended after 0 seeds"):
        seeds_until_wrong(folder, 1, 60, broken.seen_as, most=3)


@pytest.mark.timeout(2400)
def test_whatever_goes_wrong_nothing_is_lost_doubled_or_seen_by_the_wrong_person():
    ran = simulation("simulate", "--seeds", str(SEEDS), "--ops", str(OPERATIONS))
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
    assert f"{SEEDS} seeds" in ran.stdout
    assert int(ran.stdout.split(" seeds, ")[-1].split()[0]) >= 20_000
