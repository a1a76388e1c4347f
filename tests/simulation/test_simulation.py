"""The short run: a history replays to the byte, and whatever goes wrong, nothing is lost, doubled, or seen by the wrong person."""

import json
import os
import subprocess
import sys

import pytest

SEEDS, OPERATIONS = 220, 115


def simulation(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "tests.simulation", *words], capture_output=True, text=True, env=os.environ)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_replays_to_the_byte_also_in_another_process(seed):
    once, again = (json.loads(simulation("worker", str(seed), "1", "1", "60").stdout) for _ in range(2))
    assert once["trace"] == again["trace"]
    assert once["operations"] > 30
    other = json.loads(simulation("worker", str(seed + 100), "1", "1", "60").stdout)
    assert other["trace"] != once["trace"]


@pytest.mark.timeout(900)
def test_whatever_goes_wrong_nothing_is_lost_doubled_or_seen_by_the_wrong_person():
    ran = simulation("simulate", "--seeds", str(SEEDS), "--ops", str(OPERATIONS))
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
    assert f"{SEEDS} seeds" in ran.stdout
    assert int(ran.stdout.split(" seeds, ")[-1].split()[0]) >= 20_000
