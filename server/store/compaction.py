"""The feed is as long as there are records: what left a scope long ago is forgotten, and the floor says up to where."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from server.store.change_log import Counter, Operation, ScopeEntry
from server.store.transfers import Transfer

KEPT = timedelta(days=30)  # a phone that was silent for longer begins anew
EVERY_STAMPS = 10_000
# Where a transfer went elsewhere from: nothing else says that its phones had it, and who is there is heard however late (former_sites.py).
_ends = [func.coalesce(literal("site:").concat(end), "") for end in (Transfer.site_id, Transfer.origin_site_id)]
_elsewhere = exists().where(Transfer.id == ScopeEntry.id, ScopeEntry.scope.not_in(_ends))
DIVERTED = and_(ScopeEntry.type == "transfer", ScopeEntry.scope.startswith("site:"), _elsewhere)


def floor_of(session: Session) -> int:
    """Up to this stamp it is forgotten which records left which scope. A phone that stands lower must begin anew."""
    return session.scalar(select(Counter.value).where(Counter.name == "floor")) or 0


def due_floor(session: Session, at: datetime) -> int | None:
    """The stamp that the feed had reached a month ago, when enough has gathered below it; None when not."""
    old = select(Operation.stamp).where(Operation.received_at < at - KEPT, Operation.stamp.is_not(None))
    last = old.order_by(Operation.received_at.desc()).limit(100)  # several: a clock that was set back has mixed them
    reached = max(session.scalars(last), default=0)
    return reached if reached >= floor_of(session) + EVERY_STAMPS else None


def forget_departed(session: Session, floor: int) -> None:
    """Forget who left which scope at `floor` or before. A floor never falls."""
    if floor <= floor_of(session):
        return
    gone = delete(ScopeEntry).where(ScopeEntry.present.is_(False), ScopeEntry.seq <= floor, ~DIVERTED)
    session.execute(gone, execution_options={"synchronize_session": False})
    if session.execute(update(Counter).where(Counter.name == "floor").values(value=floor)).rowcount == 0:
        session.execute(insert(Counter).values(name="floor", value=floor))
