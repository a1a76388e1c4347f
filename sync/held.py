"""Held operations are judged again, each in a transaction of its own: when what they follow has come, when their time is over, when
somebody asks, and after an upgrade (PROTOCOL §2)."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from server.access import as_actor
from server.domain.acts import Incoming, Waited
from server.domain.write_path import Busy, Work, in_one_transaction
from server.store.change_log import Operation
from server.store.database import db, transaction
from server.store.users import User
from server.store.waiting import due, take_held
from sync.operations import READABLE, read_operation

log = structlog.get_logger()

TRIES = 3
AGAIN_AFTER = timedelta(minutes=10)
AT_ONCE = 500


def judge_due(at: datetime) -> int:
    """Judge what is due at this moment, and give how many operations that were: for the passing of time, and so after each start."""
    ids = due(db.session, at, READABLE, AT_ONCE)
    db.session.commit()
    for id in ids:
        judge_held(_judge(id, at, overdue=_try(id, at)), at)
    return len(ids)


def judge_held(ids: Iterable[str], at: datetime) -> None:
    """Judge these, and then those that waited for them. What the database does not take now is taken when time passes."""
    ahead = deque(ids)
    try:
        while ahead:
            ahead.extend(_judge(ahead.popleft(), at))
    except Busy:
        log.warning("held.busy", left=len(ahead) + 1)


def _try(id: str, at: datetime) -> bool:
    """Count the try before it is made, so that what kills the server while it is judged is not tried for ever. Whether it was overdue."""
    with transaction() as session:
        row = take_held(session, id)
        if row is None:
            return False
        overdue = row.held_until is not None and row.held_until <= at
        row.attempts, row.held_until = row.attempts + 1, at + AGAIN_AFTER
        return overdue


def _judge(id: str, at: datetime, overdue: bool = False) -> list[str]:
    """Judge one held operation, unless somebody else has. Gives those that waited for it."""

    def run(work: Work) -> list[str]:
        row = take_held(work.session, id)
        if row is None:
            return []
        operation = _read_again(work.session, row, overdue)
        work.load([operation])
        work.judge(operation)
        work.finish()
        return work.freed

    return in_one_transaction(at, run)


def _read_again(session: Session, row: Operation, overdue: bool) -> Incoming:
    """The operation as its bytes say, under today's shapes. One that killed the server three times is not judged again unasked."""
    author = as_actor(session.get(User, row.author_id))
    operation = read_operation({"id": row.id, "body": row.body}, author, row.device_id)
    waited = Waited(row.received_at, row.attempts, overdue)
    return replace(operation, waited=waited, held="internal" if row.attempts > TRIES + 1 else operation.held)
