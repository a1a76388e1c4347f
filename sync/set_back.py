"""A phone that has seen more than the database holds: it was set back (another epoch begins), or is a standby that lags (wait)."""

from datetime import datetime

import structlog
from sqlalchemy import func, select

from server.domain.acts import CLOCK
from server.domain.write_path import Busy, perform_one
from server.store.change_log import Operation
from server.store.database import db, is_standby

log = structlog.get_logger()


def begin_another_epoch(instead_of: str, at: datetime) -> None:
    """Somebody put back an older database by hand, or a crash took what was committed: phones refill it, and the office is told.

    Raises Busy on a standby: there nothing was lost, and the phone asks again in a moment.
    """
    if is_standby():
        raise Busy
    newest = db.session.scalar(select(func.max(Operation.received_at))) or at
    log.error("epoch.set_back", epoch=instead_of, newest=newest.isoformat())
    perform_one("begin_epoch", author=CLOCK, at=at, restored_to=newest.isoformat(), instead_of=instead_of)
