"""P16 for the server itself: what kills the process that judges it is found, held unjudged, and stops nobody else."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from http.client import HTTPException
from json import dumps, loads

import pytest

from server.domain.operations import OPERATIONS
from server.store.database import db
from server.ticker import pass_time
from sync.tries import Tries
from tests.served import free_port
from tests.structure.source import ROOT
from tests.sync.phone import Phone
from tests.sync.test_failures import becomes
from tests.sync.town import IDENTITY, lines_of, logged

PHONE_ID = "0190c000-0000-7000-8000-0000000000a1"
A_START_S = 30


@contextmanager
def poisonous_server(settings):
    """The poisonous server, two workers, on the data of this test."""
    port = free_port()
    environment = {**os.environ, "DATA": str(settings.data), "DATABASE_URL": settings.database_url, "PORT": str(port), "THREADS": "16"}
    command = [sys.executable, "-m", "tests.sync.poisonous"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(A_START_S)


def deliver(address: str, phone: Phone) -> dict | None:
    """The outbox by the upload token; None when the server died over it."""
    headers = {"X-Bihuan": "1", "Content-Type": "application/json", "Authorization": f"Bearer {phone.token}"}
    request = urllib.request.Request(f"{address}/api/v1/sync", dumps(phone.message()).encode(), headers)
    until = time.monotonic() + A_START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(request, timeout=A_START_S) as answer:
                return loads(answer.read())
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:  # nobody listens yet
            time.sleep(0.1)
        except (HTTPException, ConnectionError):
            return None
    raise AssertionError("no server came up")


def test_p16_an_operation_that_kills_the_server_three_times_is_held_and_everything_else_goes_through(town, settings):
    transfer, phone = town
    others = Phone(phone.world, "receiver1")
    first, second = lines_of(transfer)
    wires = [
        phone.record("board_person", transfer, line=first, identity=IDENTITY),
        phone.record("report_problem", transfer, step="move", reason="other", note="poison"),
        phone.record("board_person", transfer, line=second, identity=IDENTITY),
    ]
    other = others.record("report_problem", transfer, step="dock", reason="other", note=None)
    db.session.remove()
    db.engine.dispose()
    with poisonous_server(settings) as address:
        deaths = 0
        while (answer := deliver(address, phone)) is None:
            deaths += 1
            assert deaths < 8, "the server is killed for ever"
            assert deliver(address, others)["results"][0]["id"] == other.id
        assert 3 <= deaths <= 4  # a sibling that has not heard of the first death may die of the whole batch once more
    assert [(one["verdict"], one["code"]) for one in answer["results"]] == [("applied", None), ("held", "internal"), ("applied", None)]
    assert [row.verdict for row in logged(*(wire.id for wire in wires))].count("held") == 1
    assert logged(wires[1].id)[0].body == wires[1].body


def test_what_was_judged_beside_the_poison_is_judged_by_itself_and_not_held(tmp_path):
    """It was in the file of a process that died, three times, but never alone."""
    for _ in range(3):
        died(tmp_path, (PHONE_ID, 1, 60))
    tries = Tries(tmp_path)
    assert len(tries.deaths(PHONE_ID, 7, 7)) == 3
    assert not tries.is_deadly(PHONE_ID, 7)
    died(tmp_path, (PHONE_ID, 8, 8))
    assert tries.is_deadly(PHONE_ID, 8) and not tries.is_deadly(PHONE_ID, 7)
    assert tries.deaths(PHONE_ID, 61, 70) == tries.deaths("another", 1, 60) == []


def test_a_process_that_lives_or_ended_well_is_blamed_for_nothing(tmp_path):
    living, done = Tries(tmp_path), Tries(tmp_path)
    with living.trying(PHONE_ID, 1, 5), living.trying("another", 1, 1):
        with done.trying(PHONE_ID, 6, 9):
            pass
        os.close(done._file)
        assert Tries(tmp_path).deaths(PHONE_ID, 1, 9) == []
    with suppress(ZeroDivisionError), living.trying(PHONE_ID, 1, 5):
        raise ZeroDivisionError
    os.close(living._file)
    assert Tries(tmp_path).deaths(PHONE_ID, 1, 9) == []


def died(folder, *judging: tuple[str, int, int]) -> None:
    """A process that is gone, and was judging this."""
    program = f"""
import os, pathlib, sys
from contextlib import ExitStack
from sync.tries import Tries
with ExitStack() as stack:
    for one in {judging!r}:
        stack.enter_context(Tries(pathlib.Path({str(folder)!r})).trying(*one))
    os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == -9


@pytest.mark.parametrize("asked", [1, 2])
def test_one_that_kills_while_it_is_judged_again_is_not_tried_for_ever(each_town, monkeypatch, asked):
    transfer, phone = each_town
    sound, killed = OPERATIONS["report_problem"].verb, []

    def breaks(_act, **_args):
        raise ZeroDivisionError("a bug")

    def kills(act, **_args):
        killed.append(act)
        raise KeyboardInterrupt

    becomes(monkeypatch, "report_problem", breaks)
    wire = phone.record("report_problem", transfer, step="move", reason="other")
    phone.sync()
    becomes(monkeypatch, "report_problem", kills)
    for _ in range(asked):
        phone.world.do("judge_again", by="dispatcher", operation=wire.id)
        for _ in range(12):
            phone.world.pass_time(minutes=5)
            with suppress(KeyboardInterrupt):
                pass_time(phone.world.clock.now())
    assert len(killed) == 3 * asked
    becomes(monkeypatch, "report_problem", sound)
    assert [(row.verdict, row.code) for row in logged(wire.id)] == [("held", "internal")]
    phone.world.do("judge_again", by="dispatcher", operation=wire.id)
    pass_time(phone.world.clock.now())
    db.session.expire_all()
    assert [row.verdict for row in logged(wire.id)] == ["applied"]
