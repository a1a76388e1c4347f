"""Phones that come at the same time are judged in one transaction, and each has its own verdicts, whatever the others bring."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import event

from server.domain.batches import queue_of
from server.store import database
from server.store.database import db
from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, numbers_of

ENOUGH_S = 20


def boarding_phones(world, count: int) -> list[Phone]:
    """Phones of two drivers, each of which has one person aboard to tell of."""
    transfers = {driver: a_transfer(world, people=3, driver=driver) for driver in ("driver1", "driver2")}
    phones = []
    for n in range(count):
        driver = ("driver1", "driver2")[n % 2]
        phone = Phone(world, driver)
        phone.record("board_person", transfers[driver], line=lines_of(transfers[driver])[n // 2], identity=IDENTITY)
        phones.append(phone)
    db.session.commit()
    return phones


def at_the_same_time(phones: list[Phone]) -> list:
    """Their answers, all of which waited before the first was judged."""
    queue, answers = queue_of(db.engine), [None] * len(phones)

    def ask(place: int) -> None:
        answers[place] = phones[place].post(phones[place].message())

    threads = [Thread(target=ask, args=(place,)) for place in range(len(phones))]
    with queue.stopped():
        for thread in threads:
            thread.start()
        until = time.monotonic() + ENOUGH_S
        while len(queue) < len(phones) and time.monotonic() < until:
            time.sleep(0.01)
        assert len(queue) == len(phones)
    for thread in threads:
        thread.join(ENOUGH_S)
    return answers


@contextmanager
def counted_writes() -> Iterator[list]:
    """What the log was given, one entry a statement."""
    written = []

    def note(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO operation"):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield written
    event.remove(db.engine, "before_cursor_execute", note)


def verdicts(answer) -> list[str]:
    return [result["verdict"] for result in read(answer)["results"]]


def test_who_waits_is_judged_in_one_transaction(each_world):
    phones = boarding_phones(each_world, 6)
    with counted_writes() as written:
        answers = at_the_same_time(phones)
    assert [verdicts(answer) for answer in answers] == [["applied"]] * 6
    assert len(written) == 1
    assert {row.id for row in logged()} == {wire.id for phone in phones for wire in phone.outbox}


def test_each_finds_its_own_verdict_at_its_own_number(each_world):
    phones = boarding_phones(each_world, 4)
    unheard = phones[2].record("board_person", phones[0].device, line=phones[0].device, identity=IDENTITY)
    answers = at_the_same_time(phones)
    assert [verdicts(answer) for answer in answers] == [["applied"], ["applied"], ["applied", "refused"], ["applied"]]
    assert [read(answer)["expected_seq"] for answer in answers] == [2, 2, 3, 2]
    assert read(answers[2])["results"][1]["id"] == unheard.id


def test_a_copied_phone_among_them_is_refused_alone(each_world):
    phones = boarding_phones(each_world, 4)
    phones[1].deliver()
    phones[1].sign_in()
    phones[1].outbox[0].body += " "
    answers = at_the_same_time(phones)
    assert [answer.status_code for answer in answers] == [200, 409, 200, 200]
    assert [verdicts(answers[n]) for n in (0, 2, 3)] == [["applied"]] * 3


def test_one_that_breaks_among_them_is_held_alone(each_world, monkeypatch):
    from server.domain import operations

    phones = boarding_phones(each_world, 4)
    broken = phones[3].outbox[0].id
    kind = operations.OPERATIONS["board_person"]

    def breaks(act, **args):
        assert act.operation.id != broken, "a fault in the verb"
        return kind.verb(act, **args)

    monkeypatch.setitem(operations.OPERATIONS, "board_person", operations.Kind(kind.kind, kind.noun, kind.needs, breaks))
    answers = at_the_same_time(phones)
    assert [verdicts(answer) for answer in answers] == [["applied"], ["applied"], ["applied"], ["held"]]


def test_the_same_request_twice_at_once_is_one_delivery(each_world):
    [phone, other] = boarding_phones(each_world, 2)
    answers = at_the_same_time([phone, other, phone])
    assert [verdicts(answer) for answer in answers] == [["applied"]] * 3
    assert numbers_of(phone.device) == [1]
    assert len(logged()) == 2


def test_one_operation_from_two_phones_at_once_is_one_operation(each_world):
    [phone, copy] = boarding_phones(each_world, 2)[:1] + [Phone(each_world, "driver1")]
    copy.say(phone.outbox[0].body, id=phone.outbox[0].id)
    db.session.commit()
    answers = at_the_same_time([phone, copy])
    assert [verdicts(answer) for answer in answers] == [["applied"]] * 2
    assert (numbers_of(phone.device), numbers_of(copy.device)) == ([1], [1])
    assert len([row for row in logged() if row.id == phone.outbox[0].id]) == 1


def test_while_one_waits_for_another_process_to_write_others_are_given_what_changed(town, monkeypatch):
    """On SQLite one process writes at a time: who waits for that keeps nobody of this process from reading."""
    transfer, phone = town
    other = Phone(phone.world, "driver2")
    other.sync()
    phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    db.session.commit()
    answers, found_locked, is_locked = [], Event(), database._is_locked

    def look(connection) -> bool:
        locked = is_locked(connection)
        if locked:
            found_locked.set()
        return locked

    monkeypatch.setattr(database, "_is_locked", look)
    brings = Thread(target=lambda: answers.append(phone.post(phone.message())))
    with db.engine.connect().execution_options(writes=True) as another:
        another.begin()
        brings.start()
        assert found_locked.wait(ENOUGH_S)
        assert other.post(other.message()).status_code == 200
        assert not answers
        another.rollback()
    brings.join(ENOUGH_S)
    assert [answer.status_code for answer in answers] == [200]
