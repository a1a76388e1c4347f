"""The one log (operations), and the one feed (scope entries stamped by one counter)."""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    bindparam,
    event,
    func,
    insert,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.store.database import Base, UtcTime

RecordKey = tuple[str, str]  # (type, id)


class Operation(Base):
    """One call of a verb from any door, with the exact bytes a phone sent. Written with its effect, never changed but for a held one."""

    __tablename__ = "operation"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    door: Mapped[str] = mapped_column(String(8))  # phone, console, import, clock
    device_id: Mapped[str | None] = mapped_column(String(36))
    author_id: Mapped[str | None] = mapped_column(String(36), index=True)
    type: Mapped[str] = mapped_column(String(40))
    v: Mapped[int] = mapped_column(Integer, default=1)
    target: Mapped[str | None] = mapped_column(String(36), index=True)
    subject: Mapped[str | None] = mapped_column(String(36), index=True)  # the line, person or operation inside the target
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[object] = mapped_column(UtcTime, index=True)
    happened_at: Mapped[object] = mapped_column(UtcTime)
    time_uncertain: Mapped[bool] = mapped_column(Boolean, default=False)
    verdict: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(60))
    stamp: Mapped[int | None] = mapped_column(BigInteger)
    conflict_id: Mapped[str | None] = mapped_column(String(36))
    held_until: Mapped[object | None] = mapped_column(UtcTime)
    acknowledged_at: Mapped[object | None] = mapped_column(UtcTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(36))
    before: Mapped[list | None] = mapped_column(JSON)  # what it put in the place of what (undo.py)
    attempts: Mapped[int] = mapped_column(Integer, default=1)

    __table_args__ = (
        Index(
            "ix_operation_without_effect",
            "door",
            "received_at",
            sqlite_where=text("verdict IN ('refused', 'held') AND acknowledged_at IS NULL"),
            postgresql_where=text("verdict IN ('refused', 'held') AND acknowledged_at IS NULL"),
        ),
        Index("ix_operation_held", "held_until", sqlite_where=text("verdict = 'held'"), postgresql_where=text("verdict = 'held'")),
    )


# Written out, not bound: SQLite finds the index of the few among many only when the statement says the same words.
TOOK_NO_EFFECT = Operation.verdict.in_([literal_column("'refused'"), literal_column("'held'")])
IS_HELD = Operation.verdict == literal_column("'held'")


class Delivery(Base):
    """Which operation came as which number of which device. A known operation that comes by another device gets a row too."""

    __tablename__ = "delivery"
    device_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    operation_id: Mapped[str] = mapped_column(String(36), index=True)
    hash: Mapped[str] = mapped_column(String(64))


class ScopeEntry(Base):
    """Where a record stands in a scope's feed: one row a pair, moved forward at each change (PROTOCOL §3)."""

    __tablename__ = "scope_entry"
    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    present: Mapped[bool] = mapped_column(Boolean)
    first_entered: Mapped[int] = mapped_column(BigInteger)
    rev: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_scope_entry_feed", "scope", "seq"),
        Index("ix_scope_entry_record", "type", "id"),
        Index("ix_scope_entry_gone", "seq", sqlite_where=text("present IS false"), postgresql_where=text("present IS false")),
    )


class Membership(Base):
    """A site's scope that a user once had: what they bring late from there is believed (former_sites.py). The two numbers say nothing."""

    __tablename__ = "membership"
    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    from_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    to_seq: Mapped[int | None] = mapped_column(BigInteger)


class Counter(Base):
    """The one number that orders all changes. Its row is taken last in a transaction, so its order is commit order."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Epoch(Base):
    """The random name of this history of the database; a restore makes a new one."""

    __tablename__ = "epoch"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    began_at: Mapped[object] = mapped_column(UtcTime)
    ended_at: Mapped[object | None] = mapped_column(UtcTime)
    restored_to: Mapped[object | None] = mapped_column(UtcTime)  # the moment of the backup it began with; None for the first


class CustodyEvent(Base):
    """Each move of a person from one holder to the next."""

    __tablename__ = "custody_event"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    holder: Mapped[str] = mapped_column(String(8))
    holder_id: Mapped[str | None] = mapped_column(String(36))
    transfer_id: Mapped[str | None] = mapped_column(String(36))
    operation_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[object] = mapped_column(UtcTime)


class UnstampedChange(Exception):
    """A record was about to change outside the write path: no phone would ever learn of it."""


# Built once: to build a statement costs as much as to ask it.
_value = Counter.__table__.c.value
TAKE = update(Counter.__table__).where(Counter.__table__.c.name == "change").values(value=_value + bindparam("count")).returning(_value)
_entry = ScopeEntry.__table__.c
KNOWN = select(_entry.type, _entry.id, _entry.scope, _entry.present).where(tuple_(_entry.type, _entry.id).in_(bindparam("keys")))
MOVE = update(ScopeEntry.__table__).where(
    _entry.scope == bindparam("of_scope"), _entry.type == bindparam("of_type"), _entry.id == bindparam("of_id")
)
LOG = insert(Operation.__table__)
HEAD = select(_value).where(Counter.__table__.c.name == "change")
EPOCH = select(Epoch.__table__.c.id).where(Epoch.__table__.c.ended_at.is_(None))


def take_stamps(session: Session, count: int) -> int:
    """Move the counter by `count` and give the first of the new numbers. Locks the counter until commit."""
    return session.connection().execute(TAKE, {"count": count}).scalar_one() - count + 1


class Standing(NamedTuple):
    """Where the feed stands: the name of this history, its newest stamp, and the floor (compaction.py)."""

    epoch: str
    head: int
    floor: int


STANDING = (
    select(Epoch.id).where(Epoch.ended_at.is_(None)).scalar_subquery().label("epoch"),
    select(Counter.value).where(Counter.name == "change").scalar_subquery().label("head"),
    func.coalesce(select(Counter.value).where(Counter.name == "floor").scalar_subquery(), 0).label("floor"),
)


def standing(session: Session) -> Standing:
    """Where the feed stands for this reader."""
    return Standing(*session.connection().execute(select(*STANDING)).one())


def head(session: Session) -> int:
    """The newest stamp this reader can see."""
    return session.connection().execute(HEAD).scalar_one()


def current_epoch(session: Session) -> str:
    """The random name of this history of the database."""
    return session.connection().execute(EPOCH).scalar_one()


def revisions(session: Session, keys: Iterable[RecordKey]) -> dict[RecordKey, int]:
    """The newest stamp of each of these records, in whatever scope: a scope that a record has left keeps an old one."""
    found: dict[RecordKey, int] = {}
    newest = select(ScopeEntry.type, ScopeEntry.id, func.max(ScopeEntry.rev)).group_by(ScopeEntry.type, ScopeEntry.id)
    for part in _parts(list(keys), 400):
        rows = session.execute(newest.where(tuple_(ScopeEntry.type, ScopeEntry.id).in_(part)))
        found.update({(kind, id): rev for kind, id, rev in rows})
    return found


def begin_history(session: Session, at) -> None:
    """Give an empty database its counter and its epoch."""
    session.execute(insert(Counter).values(name="change", value=0))
    session.execute(insert(Epoch).values(id=secrets.token_hex(16), began_at=at))


def begin_epoch(session: Session, at, restored_to) -> None:
    """From here on it is another history: phones swap their records and offer again what they have kept."""
    session.execute(update(Epoch).where(Epoch.ended_at.is_(None)).values(ended_at=at))
    session.execute(insert(Epoch).values(id=secrets.token_hex(16), began_at=at, restored_to=restored_to))


def known_scopes(session: Session, keys: Iterable[RecordKey]) -> dict[RecordKey, dict[str, bool]]:
    """In which scopes each of these records has ever been, and whether it still is. Read before the counter is taken."""
    known: dict[RecordKey, dict[str, bool]] = defaultdict(dict)
    for part in _parts(list(keys), 400):
        for kind, id, scope, present in session.connection().execute(KNOWN, {"keys": part}):
            known[kind, id][scope] = present
    return known


def write_scope_entries(
    session: Session,
    stamped: dict[RecordKey, int],
    scopes: dict[RecordKey, set[str]],
    known: dict[RecordKey, dict[str, bool]],
) -> None:
    """Move each stamped record forward in every scope it is in, and mark the scopes it has left.

    `stamped` gives each record its new revision, `scopes` where it is to be seen from now on, `known` where it was before.
    """
    new, moved = [], []
    for key, stamp in stamped.items():
        kind, id = key
        for scope in scopes[key] | {scope for scope, present in known[key].items() if present}:
            now = {"seq": stamp, "present": scope in scopes[key], "rev": stamp}
            if scope in known[key]:
                moved.append({"of_scope": scope, "of_type": kind, "of_id": id, **now})
            else:
                new.append({"scope": scope, "type": kind, "id": id, "first_entered": stamp, **now})
    if new:
        session.execute(insert(ScopeEntry.__table__), new)
    if moved:
        session.connection().execute(MOVE, moved)


def _parts(items: list, size: int) -> Iterable[list]:
    return (items[start : start + size] for start in range(0, len(items), size))


@event.listens_for(Session, "before_flush")
def refuse_unstamped(session: Session, _context, _instances) -> None:
    """Fail the commit of a changed record that the write path did not stamp."""
    stamped = session.info.get("stamped", frozenset())
    for row in (*session.new, *session.dirty, *session.deleted):
        if hasattr(row, "record_keys") and not stamped.issuperset(row.record_keys()) and _is_changed(session, row):
            raise UnstampedChange(f"{type(row).__name__} {row.id} was changed, but no operation touched it")


def _is_changed(session: Session, row) -> bool:
    """A row may count as dirty though it is set to what it was."""
    return row in session.new or row in session.deleted or session.is_modified(row)


@event.listens_for(Session, "do_orm_execute")
def refuse_in_bulk(state) -> None:
    """Fail a bulk insert, update or delete of records: a bulk write cannot say which records it changes.

    A column that no phone sees may be written with `execution_options(no_phone_sees=True)`.
    """
    if not (state.is_insert or state.is_update or state.is_delete) or state.execution_options.get("no_phone_sees"):
        return
    if state.statement.table in _record_tables():
        raise UnstampedChange(f"{state.statement.table.name} was written in bulk")


@cache
def _record_tables() -> frozenset:
    return frozenset(mapper.local_table for mapper in Base.registry.mappers if hasattr(mapper.class_, "record_keys"))
