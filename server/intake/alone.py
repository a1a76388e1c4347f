"""One judging of the same bytes at a time: whoever sends them again meanwhile waits, and gets what the first one made."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.store.database import transaction
from server.store.leases import Lease

KEPT = timedelta(minutes=2)  # by real time, since the lease was last kept: of a process that died it ends by itself
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
def alone_with(sha256: str) -> Iterator[Turn]:
    """Wait for the turn of this file, and give it back at the end."""
    turn = Turn(sha256)
    while not turn.take():
        time.sleep(LOOK_AGAIN_SECONDS)
    try:
        yield turn
    finally:
        turn.give_back()
