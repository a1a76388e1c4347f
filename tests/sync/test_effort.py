"""A batch is loaded in a few queries, judged in memory and written in bulk: how many statements it takes does not grow with it."""

from sqlalchemy import event

from server.store.database import db
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, VERIFIED, a_transfer, lines_of


def test_a_longer_outbox_takes_no_more_statements(world):
    """Twice a day's work: with two people aboard, and with six."""
    assert statements_for(world, people=6) <= statements_for(world, people=2) + 1


def test_a_larger_page_takes_no_more_statements(world):
    phone = Phone(world, "receiver1")
    phone.sync()
    a_transfer(world, people=1, verified=False)
    few = counted(phone.round)
    for _ in range(5):
        a_transfer(world, people=1, verified=False)
    assert counted(phone.round) == few


def statements_for(world, people: int) -> int:
    transfer = a_transfer(world, people=people, verified=False)
    phone = Phone(world, "driver1")
    phone.sync()
    for line in lines_of(transfer):
        phone.record("verify_person", transfer, line=line, **VERIFIED)
    for moment in ("en_route", "at_pickup", "people_called", "left_pickup"):
        phone.record("record_moment", transfer, moment=moment)
    for line in lines_of(transfer):
        phone.record("board_person", transfer, line=line, identity=IDENTITY)
        phone.record("report_problem", transfer, step="move", reason="other", line=line)
    for line in lines_of(transfer):
        phone.record("receive_person", transfer, line=line, outcome="received")
    return counted(phone.ask)


def counted(work) -> int:
    """How many statements the database was given meanwhile."""
    given = []

    def count(_connection, _cursor, statement, *_):
        given.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(given)
