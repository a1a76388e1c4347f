"""One judging of the same bytes at a time: whoever sends them again meanwhile waits, and gets what the first one made."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.store.database import db, transaction
from server.store.leases import Lease

log = structlog.get_logger()

KEPT = timedelta(minutes=2)  # by real time, since the lease was last kept: of a process that died it ends by itself
KEPT_EVERY_SECONDS = 30.0  # a large file takes longer than that to read
LOOK_AGAIN_SECONDS = 0.2


class Turn:
    """The right to judge a file, for as long as it is kept."""

    def __init__(self, sha256: str):
        self.name, self.holder = f"file:{sha256[:15]}", secrets.token_hex(8)

    def take(self) -> bool:
        """Take it, or keep it. False while somebody else has it."""
        now = datetime.now(UTC)
        mine = {"holder": self.holder, "until": now + KEPT}
        try:
            with transaction() as session:
                lease = session.scalar(select(Lease).where(Lease.name == self.name).with_for_update())
                if lease is None:
                    session.execute(insert(Lease).values(name=self.name, **mine))
                elif lease.holder != self.holder and lease.until > now:
                    return False
                else:
                    session.execute(update(Lease).where(Lease.name == self.name).values(**mine))
            return True
        except IntegrityError:  # of two that took it at once, the other one has it
            return False

    def give_back(self) -> None:
        with transaction() as session:
            session.execute(delete(Lease).where(Lease.name == self.name, Lease.holder == self.holder))


@contextmanager
def alone_with(sha256: str) -> Iterator[None]:
    """Wait for the turn of this file, keep it for as long as the work takes, and give it back at the end."""
    turn, done = Turn(sha256), Event()
    while not turn.take():
        time.sleep(LOOK_AGAIN_SECONDS)
    keeper = Thread(target=_keep, args=(current_app._get_current_object(), turn, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
        turn.give_back()


def is_being_read(sha256: str) -> bool:
    """Whether some process has the turn of this file now."""
    mine = Turn(sha256)
    return db.session.scalar(select(Lease.name).where(Lease.name == mine.name, Lease.until > datetime.now(UTC))) is not None


def _keep(app: Flask, turn: Turn, done: Event) -> None:
    while not done.wait(KEPT_EVERY_SECONDS):
        with app.app_context():
            try:
                turn.take()
            except DBAPIError:  # the database is busy: there is time for more tries before the turn ends
                log.warning("turn.not_kept", name=turn.name)
            finally:
                db.session.remove()
