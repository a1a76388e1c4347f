"""Short runs of the crashes; `make crashes N=1000` runs long ones, their last result is docs/reliability.md."""

import os
import signal
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path
from socket import create_connection
from urllib.request import urlopen

from server.domain.acts import new_id
from tests.crashes.kills import fill, kill_server
from tests.crashes.power import cut_power, fill_disk
from tests.journeys.office import Office
from tests.journeys.relay import waits_until

WORKERS = 2


def test_a_power_cut_loses_nothing_that_was_answered_and_doubles_nothing(tmp_path):
    told = cut_power(tmp_path, cuts=12)
    assert (told.lost, told.doubled, told.damaged) == ([], [], [])
    assert told.answered > 0


def test_the_power_cut_would_find_a_server_that_answers_before_the_disk_has_it(tmp_path):
    assert cut_power(tmp_path, cuts=12, synchronous="NORMAL").lost


def test_a_full_disk_is_refused_as_a_whole_and_goes_on_when_there_is_room_again(tmp_path):
    told = fill_disk(tmp_path, times=8)
    assert (told.lost, told.doubled, told.damaged) == ([], [], [])


def test_p1_a_killed_server_loses_nothing_that_was_answered_and_doubles_nothing(tmp_path):
    told = kill_server(tmp_path, kills=4)
    assert (told.lost, told.doubled) == ([], [])
    assert told.answered == told.recorded > 0


def test_a_run_that_is_stopped_leaves_nothing_behind(tmp_path):
    run = subprocess.Popen([sys.executable, "-m", "tests.crashes", "kills", "--times", "1000"], env={**os.environ, "TMPDIR": str(tmp_path)})
    try:
        waits_until(lambda: any(tmp_path.glob("bihuan-crashes-*/server.log")), "no server began", 60)
        run.terminate()
        assert run.wait(60) == 128 + signal.SIGTERM
    finally:
        run.kill()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_worker_is_replaced_and_the_server_answers_all_the_while(tmp_path):
    fill(tmp_path)
    office = Office(tmp_path).start()
    try:
        waits_until(lambda: len(office.workers()) == WORKERS, "not all workers began")  # the first answers before the second is there
        before = office.workers()
        os.kill(min(before), signal.SIGKILL)
        while not office.workers() - before:
            assert urlopen(f"{office.address}/api/v1/hello", timeout=20).status == 200
        assert len(office.workers() | before) == len(before) + 1
    finally:
        office.stop()


def test_a_phone_that_vanishes_in_the_middle_of_a_request_is_asked_for_by_the_kernel(tmp_path):
    """Else it keeps a thread for ever. Whether a vanished phone is noticed cannot be tried without taking a cable out: whether the
    question is due can be read where the kernel keeps its connections."""
    fill(tmp_path)
    office = Office(tmp_path).start()
    try:
        port = int(office.address.rsplit(":", 1)[1])
        with create_connection(("127.0.0.1", port)) as phone:
            phone.sendall(b"PUT /api/v1/blobs/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf")
            ours = phone.getsockname()[1]
            waits_until(lambda: timer_of(port, ours) == KEEPALIVE, "no question is due")
    finally:
        office.stop()


KEEPALIVE = "02"  # what proc(5) writes of a connection whose next timer is that of keepalive


def timer_of(local: int, remote: int) -> str | None:
    """The timer of the server's side of a connection between these ports."""
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, _, _, timer, *_ = row.split()
        if (here[-4:], there[-4:]) == (f"{local:04X}", f"{remote:04X}"):
            return timer[:2]
    return None


def test_no_two_workers_make_the_same_id():
    """They are forked from one process, and with it from its random numbers."""
    new_id()
    with get_context("fork").Pool(1) as one, get_context("fork").Pool(1) as other:
        made = one.apply(ids, [1_000]) + other.apply(ids, [1_000])
    assert len(set(made)) == 2_000


def ids(many: int) -> list[str]:
    return [new_id() for _ in range(many)]
