"""A full server says so at once, promises turns one after another, and takes nothing of what it sends away."""

import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest

from server.domain.fair_lock import FairLock
from server.problems import Refused
from server.store.database import aside
from sync.admission import (
    A_REQUEST,
    A_SECOND,
    BURST,
    CALM_LINE_S,
    FIRST_GUESS_S,
    LINE_S,
    LOOK_S,
    RETRY_S_MOST,
    SPARE_THREADS,
    TOGETHER,
    Bucket,
    Line,
)
from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged

TOO_LONG = int(CALM_LINE_S / FIRST_GUESS_S) + 1
A_SECOND_OF_WORK = int(1 / FIRST_GUESS_S) - A_REQUEST


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_request_that_would_wait_too_long_is_sent_away_before_anything_of_it_is_judged(each_world):
    line = each_world.app.extensions["waiting_line"]
    transfer = a_transfer(each_world)
    phone = Phone(each_world, "driver1")
    phone.sync()
    wire = phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    with line.turn(100 * TOO_LONG):  # it has learned by now that work is quick here
        answer = phone.post(phone.message())
    assert (answer.status_code, read(answer)["code"], logged()) == (503, "server.busy", [])
    assert 1 <= int(answer.headers["Retry-After"]) <= RETRY_S_MOST
    phone.sync()
    assert phone.verdict(wire)["verdict"] == "applied"


def test_a_full_server_does_not_even_read_what_is_brought(world):
    line = world.app.extensions["waiting_line"]
    unreadable = {"data": b"{", "content_type": "application/json", "headers": {"X-Bihuan": "1"}}
    with line.turn(100 * TOO_LONG):
        assert world.app.test_client().post("/api/v1/sync", **unreadable).status_code == 503
    assert world.app.test_client().post("/api/v1/sync", **unreadable).status_code == 400


def test_who_only_looks_for_news_is_sent_away_sooner_than_who_brings_operations():
    line = Line(72, now=Watch())
    with line.turn(int((LINE_S + LOOK_S) / 2 / FIRST_GUESS_S)), aside.get()(False):
        assert is_let_in(line, 1)
        assert sent_away(line, 0) >= 1


def test_a_line_that_has_sent_nobody_away_may_be_longer_than_one_that_has():
    watch = Watch()
    line = Line(72, now=watch)
    with line.turn(int((CALM_LINE_S + LINE_S) / 2 / FIRST_GUESS_S)), aside.get()(False):
        assert is_let_in(line, 1)
        assert sent_away(line, TOO_LONG) >= 1
        assert not is_let_in(line, 1)
        watch.seconds += RETRY_S_MOST  # nobody has been sent away for long
        assert is_let_in(line, 1)


def test_whoever_comes_into_an_empty_house_is_let_in_however_much_they_bring():
    line = Line(threads=1)
    with line.turn(100_000):
        assert not is_let_in(line, 0)
    assert is_let_in(line, 0)


def test_a_crowd_is_told_to_come_back_one_after_another():
    line = Line(72, now=Watch())
    with line.turn(TOO_LONG):
        promised = [sent_away(line, A_SECOND_OF_WORK) for _ in range(40)]
    assert promised == sorted(promised)
    assert promised[39] - promised[0] == pytest.approx(39 * TOGETHER, abs=1)


def test_no_promise_is_further_away_than_two_minutes():
    line = Line(72, now=Watch())
    with line.turn(TOO_LONG):
        assert max(sent_away(line, 5_000) for _ in range(100)) <= RETRY_S_MOST


def test_the_line_learns_how_long_work_takes_here():
    watch = Watch()
    line = Line(72, now=watch)
    for _ in range(60):
        with line.turn(100 - A_REQUEST):
            watch.seconds += 1.0  # a slow disk: ten milliseconds an operation
    with line.turn(250):
        assert sent_away(line, 100) >= 1
    with line.turn(40), aside.get()(False):
        assert is_let_in(line, 40)  # a second at that pace


def test_those_who_are_judged_together_are_not_taken_for_slow_ones():
    watch = Watch()
    line = Line(72, now=watch)
    for _ in range(20):
        with ExitStack() as others:
            for _ in range(32):
                others.enter_context(line.turn(60))
                others.enter_context(aside.get()(False))
            watch.seconds += 1.0  # for all of them
        with line.turn(31 * 60), aside.get()(False):
            assert is_let_in(line, 60)  # as many again would be through in a second


def test_a_refusal_inside_teaches_nothing_about_work():
    line = Line(72, now=Watch())
    for _ in range(100):
        with pytest.raises(Refused), line.turn(1):
            raise Refused("session.sign_in")
    with line.turn(TOO_LONG):
        assert sent_away(line, 100) >= 1


def test_a_phone_with_more_to_bring_is_asked_to_pause_only_while_others_are_kept_waiting():
    watch = Watch()
    line = Line(72, now=watch)
    assert line.pause_ms(100) is None
    with line.turn(TOO_LONG):
        told = sent_away(line, 90)
        assert line.pause_ms(90) >= told * 1000
    watch.seconds += RETRY_S_MOST
    assert line.pause_ms(100) is None


def test_some_threads_are_kept_for_the_console_and_one_works_at_a_time():
    """As many as there are places come; the next are sent away at once."""
    line, at_work, most, go_on = Line(threads=30), [], [], threading.Event()

    def comes() -> None:
        with line.turn(0):
            at_work.append(1)
            most.append(len(at_work))
            go_on.wait(20)
            at_work.pop()

    places = 30 - SPARE_THREADS
    crowd = [threading.Thread(target=comes) for _ in range(places)]
    for one in crowd:
        one.start()
    while line._inside < places:
        sleep(0.01)
    assert sent_away(line, 0) >= 1
    go_on.set()
    for one in crowd:
        one.join()
    assert (len(most), max(most)) == (places, 1)


def test_who_brings_operations_puts_them_down_before_others_work_who_came_before():
    line, seen = Line(threads=30), []

    def comes(name: str, operations: int) -> None:
        with line.turn(operations):
            if operations:
                seen.append(f"{name} puts down")
                with aside.get()(False):
                    pass
            seen.append(f"{name} works")

    with line.turn(0):
        crowd = [threading.Thread(target=comes, args=who) for who in [("a", 0), ("b", 1), ("c", 0), ("d", 1)]]
        for number, one in enumerate(crowd, 1):
            one.start()
            while len(line._at_work) < number:
                sleep(0.001)
    for one in crowd:
        one.join()
    assert seen == ["b puts down", "d puts down", "a works", "b works", "c works", "d works"]


def test_a_place_is_handed_to_whoever_waits_longest():
    place, seen = FairLock(), []

    def comes(name: str) -> None:
        with place:
            seen.append(name)

    with place:
        crowd = [threading.Thread(target=comes, args=name) for name in "abcdef"]
        for number, one in enumerate(crowd, 1):
            one.start()
            while len(place) < number:
                sleep(0.001)
    with place:  # comes last, and does not push in
        assert seen == list("abcdef")


def test_a_phone_that_runs_wild_is_asked_to_wait_and_the_next_one_is_not(world):
    wild, calm = Phone(world, "driver1"), Phone(world, "driver2")
    at = world.clock.now()
    for _ in range(BURST):
        world.app.extensions["phone_requests"].count(wild.device, at + timedelta(seconds=60))
    answer = wild.post(wild.message())
    assert (answer.status_code, read(answer)["code"]) == (429, "sync.too_often")
    assert int(answer.headers["Retry-After"]) >= 1
    calm.sync()
    world.pass_time(seconds=90)
    wild.sync()


def test_a_phone_that_keeps_to_the_pace_is_never_stopped_and_one_that_does_not_gets_no_more_than_that():
    bucket, at = Bucket(), datetime(2022, 4, 3, 12, tzinfo=UTC)
    for n in range(5_000):
        bucket.count("steady", at + timedelta(seconds=n / A_SECOND))
    taken = 0
    for n in range(60 * 20):
        try:
            bucket.count("wild", at + timedelta(seconds=n / 20))
            taken += 1
        except Refused:
            pass
    assert taken == pytest.approx(BURST + 60 * A_SECOND, rel=0.02)


def is_let_in(line: Line, operations: int) -> bool:
    """Whether somebody who brings so many operations gets a turn; it is over at once."""
    try:
        with line.turn(operations):
            return True
    except Refused:
        return False


def sent_away(line: Line, operations: int) -> int:
    """The promise to somebody who is not let in, s."""
    with pytest.raises(Refused) as refusal, line.turn(operations):
        raise AssertionError("was let in")
    assert refusal.value.code == "server.busy"
    return refusal.value.values["retry_after_s"]
