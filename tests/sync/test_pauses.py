"""P1, P2, P4, P7 on PostgreSQL with a pause at every point of the write transaction at which another may come between."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from server.domain.visibility import scopes_of_user
from server.settings import read_settings
from server.store.change_log import ScopeEntry
from server.store.database import db, snapshot
from server.store.users import User
from tests.conftest import running
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, numbers_of, what_may_be_seen
from tests.world import World

ROUNDS = 8
PAUSE_S = 0.03
POINTS = {
    "after the operations were written": "INSERT INTO operation",
    "after the stamps were taken": "UPDATE counter",
    "after the feed was written": "INSERT INTO scope_entry",
    "after the device was locked": "SELECT device",
}


@pytest.fixture
def town_on_postgres(cluster, migrated_postgres, tmp_path) -> Iterator[World]:
    url = cluster.new_database(like=migrated_postgres)
    for app in running(read_settings({"DATA": str(tmp_path / "data"), "DATABASE_URL": url})):
        yield World(app)


def test_whatever_comes_between_two_steps_of_a_transaction_nothing_is_lost_doubled_or_skipped(town_on_postgres):
    world = town_on_postgres
    transfers = [a_transfer(world, people=2, driver=name) for name in ("driver1", "driver2") for _ in range(2)]
    lines = {transfer: lines_of(transfer) for transfer in transfers}
    phones = [Phone(world, name) for name in ("driver1", "driver1", "driver2", "receiver1")]
    reader = Phone(world, "head1", page=5)
    for phone in phones:
        phone.sync()
    with pauses(PAUSE_S) as passed:
        writers = [threading.Thread(target=works, args=(world, phone, lines, n)) for n, phone in enumerate(phones)]
        for writer in writers:
            writer.start()
        looks = 0
        while any(writer.is_alive() for writer in writers):
            reader.round()
            looks += 1
            if not reader.pages[-1]["more"]:
                assert skipped(world, reader) == []
        for writer in writers:
            writer.join()
    assert looks > 5 and set(passed) == {*POINTS, "before the commit", "after the commit, before the answer"}, passed

    made = {wire.id for phone in phones for wire, _result in phone.kept.values()}
    assert not any(phone.outbox for phone in phones)
    assert Counter(row.id for row in logged()) == Counter(made)
    for phone in phones:
        assert numbers_of(phone.device) == list(range(1, phone.seq + 1))
    for phone in (*phones, reader):
        phone.sync()
        seen = what_may_be_seen(phone.username, world)
        assert {key: record["body"] for key, record in phone.records.items()} == seen


def works(world: World, phone: Phone, lines: dict[str, list[str]], n: int) -> None:
    """A phone that records and sends, and every third time does not hear the answer."""
    chance = random.Random(n)
    with world.app.app_context():
        for turn in range(ROUNDS):
            transfer = chance.choice([id for id in lines if ("transfer", id) in phone.records])
            line = chance.choice(lines[transfer])
            phone.record("report_problem", transfer, step="move", reason="other", line=line, note=f"{n}.{turn}")
            phone.record("board_person", transfer, line=line, identity=IDENTITY)
            if turn % 3 == 0:
                phone.lose_answer()
            phone.sync()


@contextmanager
def pauses(longest_s: float) -> Iterator[Counter]:
    """Every thread waits by chance at each of the points; which were passed, and how often."""
    passed, chance, session = Counter(), random.Random(22), db.session.session_factory.class_

    def wait(point: str) -> None:
        passed[point] += 1
        time.sleep(chance.random() * longest_s)

    def after_statement(_connection, _cursor, statement, *_) -> None:
        for point, beginning in POINTS.items():
            if statement.startswith(beginning):
                wait(point)

    def before_commit(_session) -> None:
        wait("before the commit")

    def after_commit(_session) -> None:
        wait("after the commit, before the answer")

    event.listen(db.engine, "after_cursor_execute", after_statement)
    event.listen(session, "before_commit", before_commit)
    event.listen(session, "after_commit", after_commit)
    try:
        yield passed
    finally:
        event.remove(db.engine, "after_cursor_execute", after_statement)
        event.remove(session, "before_commit", before_commit)
        event.remove(session, "after_commit", after_commit)


def skipped(world: World, phone: Phone) -> list[tuple]:
    """P7: what stands in the phone's scopes at or below its `high`, and it has not, or has older."""
    with snapshot() as session:
        scopes = scopes_of_user(session.get(User, world.users[phone.username]))
        below = select(ScopeEntry).where(ScopeEntry.scope.in_(scopes), ScopeEntry.seq <= phone.high, ScopeEntry.present)
        rows = session.scalars(below).all()
        return [(row.type, row.id) for row in rows if phone.records.get((row.type, row.id), {"rev": -1})["rev"] < row.rev]
