"""What held operations wait for, and which of them may be judged now (sync/PROTOCOL.md §2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, bindparam, delete, exists, or_, select, tuple_
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from server.store.change_log import IS_HELD, Operation
from server.store.database import Base

UNSETTLED = and_(IS_HELD, Operation.acknowledged_at.is_(None))  # nobody has dealt with it by hand


class Waiting(Base):
    """A held operation, and one that it follows. Gone when the held one moves."""

    __tablename__ = "waiting"
    after_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    operation_id: Mapped[str] = mapped_column(String(36), primary_key=True, index=True)


FOLLOWERS = (
    select(Waiting.operation_id, Waiting.after_id, Operation.author_id)
    .join(Operation, Operation.id == Waiting.operation_id)
    .where(Waiting.after_id.in_(bindparam("ids")))
)


class Past(NamedTuple):
    """An operation that another one follows: whose, what became of it, and when it happened."""

    author_id: str | None
    verdict: str
    happened_at: datetime


def pasts(session: Session, ids: Iterable[str]) -> dict[str, Past]:
    """What the log knows of these operations."""
    known = select(Operation.id, Operation.author_id, Operation.verdict, Operation.happened_at)
    return {id: Past(*rest) for id, *rest in session.execute(known.where(Operation.id.in_(list(ids))))}


def waited_for(session: Session, operation_id: str) -> list[str]:
    """What a held operation waits for."""
    return list(session.scalars(select(Waiting.after_id).where(Waiting.operation_id == operation_id)))


def followers(session: Session, authors: dict[str, str | None]) -> list[str]:
    """The held operations that wait for one of these (`{id: author}`) and are of the same author: nobody hears when another's comes."""
    found = session.connection().execute(FOLLOWERS, {"ids": list(authors)})
    return list(dict.fromkeys(id for id, after, author in found if authors[after] == author))


def stop_waiting(session: Session, ids: Iterable[str]) -> None:
    """These operations wait no longer."""
    session.execute(delete(Waiting).where(Waiting.operation_id.in_(list(ids))))


def take_held(session: Session, id: str) -> Operation | None:
    """The operation, locked, if it is still held: of two who take it, the second finds it moved."""
    return session.scalar(
        select(Operation).where(Operation.id == id, UNSETTLED).with_for_update().execution_options(populate_existing=True)
    )


def due(session: Session, at: datetime, readable: Iterable[tuple[str, int]], most: int) -> list[str]:
    """Held operations whose time has come, first those that came first: the deadline is over or somebody asked, this server knows
    their type and version by now, or all that they wait for was judged unnoticed (by another server at the same moment)."""
    known_now = and_(Operation.code == "newer", tuple_(Operation.type, Operation.v).in_(list(readable)))
    found = select(Operation.id).where(UNSETTLED, or_(Operation.held_until <= at, known_now, _waits_for_nothing()))
    return list(session.scalars(found.order_by(Operation.received_at, Operation.id).limit(most)))


def _waits_for_nothing() -> ColumnElement[bool]:
    before = aliased(Operation)
    judged = exists().where(before.id == Waiting.after_id, before.author_id == Operation.author_id, before.verdict != "held")
    return and_(Operation.code == "waits_for", ~exists().where(Waiting.operation_id == Operation.id, ~judged))
