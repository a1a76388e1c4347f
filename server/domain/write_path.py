"""The one write path: every door's operations are judged here, in memory and in order, and written in one transaction.

A door opens a `Work`, judges its operations, and everything commits together: the raw operation, its verdict, its effect, the stamps
and the feed (sync/PROTOCOL.md §2). Verbs live in the files beside this one and are listed in operations.py.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from server.domain.acts import CLOCK, Act, Actor, Incoming, Verdict
from server.domain.operations import OPERATIONS
from server.domain.permissions import extent
from server.domain.visibility import scopes_of
from server.problems import Refused
from server.store.change_log import Operation, RecordKey, take_stamps, write_scope_entries
from server.store.database import secret, settings, transaction
from server.store.loading import Loaded

log = structlog.get_logger()
Answer = TypeVar("Answer")

TRIES = 3
CLAMP_IS_UNCERTAIN_FROM = timedelta(minutes=5)
RETRIABLE_STATES = {"40001", "40P01", "23505", "23P01", "55P03"}


class Broken(Exception):
    """A verb raised something that is not a refusal: the transaction is done again with that operation held."""

    def __init__(self, operation_id: str):
        super().__init__(operation_id)
        self.operation_id = operation_id


class Busy(Exception):
    """The database refused three times: nothing was written and nothing is answered."""


class Work:
    """Everything one transaction has loaded and will write."""

    def __init__(self, session: Session, at: datetime, broken: frozenset[str] = frozenset()):
        self.session, self.at, self._broken = session, at, broken
        self.secret, self.settings = secret(), settings()
        self.loaded = Loaded(session)
        self._judged: list[tuple[Act | None, Incoming, Verdict]] = []
        self._rows: dict[type, list[dict]] = {}
        self._touched: dict[RecordKey, None] = {}
        self.stamped: set[RecordKey] = set()  # what the guard of the store lets through: it will get a stamp

    def load(self, operations: Iterable[Incoming]) -> None:
        """Load, and lock in id order, what these operations are about, in a few queries."""
        wanted: dict[str, set[str]] = {}
        for operation in operations:
            kind = OPERATIONS.get(operation.type)
            if kind and kind.noun and operation.target:
                wanted.setdefault(kind.noun, set()).add(operation.target)
        self.loaded.load(wanted)

    def insert(self, table: type, row: dict) -> None:
        """Queue a row of a table that is no record; each table is written once, at the end."""
        self._rows.setdefault(table, []).append(row)

    def judge(self, operation: Incoming) -> Verdict:
        """Judge one operation. Its stamp is known after `finish`; ask `verdicts()` then."""
        at, uncertain = happened_at(operation, self.at)
        act = Act(self, operation, at, uncertain)
        verdict = self._verdict(act)
        if verdict.verdict != "applied" and operation.door == "phone":
            act.touched.add(("receipt", operation.id))
        self._touched.update(dict.fromkeys(act.touched))
        self._judged.append((act, operation, verdict))
        return verdict

    def _verdict(self, act: Act) -> Verdict:
        operation = act.operation
        if operation.id in self._broken:
            return Verdict(operation.id, "held", "internal")
        kind = OPERATIONS.get(operation.type)
        if operation.fault or kind is None:
            return Verdict(operation.id, "refused", operation.fault or "operation.unknown_type")
        try:
            require(act, kind.needs)
            made = kind.verb(act, **operation.args)
        except Refused as refusal:
            act.forget_conflicts()
            if act.touched:
                log.error("verb.refused_after_change", type=operation.type, code=refusal.code)
                raise Broken(operation.id) from refusal
            return Verdict(operation.id, "refused", refusal.code, values=refusal.values)
        except (DBAPIError, Broken):
            raise
        except Exception as fault:
            log.exception("verb.broke", type=operation.type, operation=operation.id)
            raise Broken(operation.id) from fault
        conflict = act.conflicts[0].id if act.conflicts else None
        return Verdict(operation.id, "flagged" if act.code else "applied", act.code, conflict=conflict, made=made)

    def finish(self) -> list[Verdict]:
        """Write everything: rows, then the stamps (the counter is taken last), then the log and the feed."""
        session = self.session
        session.flush()
        for table, rows in self._rows.items():
            session.execute(insert(table), rows)
        stamps = self._stamp()
        verdicts = [self._stamped(act, verdict, stamps) for act, _operation, verdict in self._judged]
        if verdicts:
            rows = [self._row(*judged) for judged in zip(self._judged, verdicts, strict=True)]
            session.execute(insert(Operation), rows)
        return verdicts

    def _stamp(self) -> dict[RecordKey, int]:
        if not self._touched:
            return {}
        scopes = scopes_of(
            self.session, self.loaded, self._touched, {op.id: op.author.id for _a, op, _v in self._judged}
        )
        first = take_stamps(self.session, len(self._touched))
        stamps = {key: first + place for place, key in enumerate(self._touched)}
        write_scope_entries(self.session, stamps, scopes)
        return stamps

    @staticmethod
    def _stamped(act: Act, verdict: Verdict, stamps: dict[RecordKey, int]) -> Verdict:
        effect = [stamps[key] for key in act.touched if key[0] != "receipt"] if verdict.took_effect else []
        return Verdict(**{**verdict.__dict__, "stamp": max(effect, default=None)})

    def _row(self, judged: tuple[Act, Incoming, Verdict], verdict: Verdict) -> dict:
        act, operation, _unstamped = judged
        body = operation.as_text()
        return {
            "id": operation.id,
            "door": operation.door,
            "device_id": operation.device_id,
            "author_id": operation.author.id,
            "type": operation.type,
            "v": operation.v,
            "target": operation.target,
            "subject": subject_of(operation.args),
            "body": body,
            "hash": operation.hash or hashlib.sha256(body.encode()).hexdigest(),
            "received_at": self.at,
            "happened_at": act.at,
            "time_uncertain": act.time_uncertain,
            "verdict": verdict.verdict,
            "code": verdict.code,
            "stamp": verdict.stamp,
            "conflict_id": verdict.conflict,
            "attempts": 1,
        }


@contextmanager
def working(at: datetime, broken: frozenset[str] = frozenset()) -> Iterator[Work]:
    """One write transaction of the write path. Everything judged inside commits at its end, or nothing does."""
    with transaction() as session:
        work = Work(session, at, broken)
        session.info["stamped"] = work.stamped
        try:
            yield work
        finally:
            del session.info["stamped"]


def in_one_transaction(at: datetime, run: Callable[[Work], Answer]) -> Answer:
    """Run `run(work)` in one transaction; again when the database says so (three times), or with a broken operation held.

    `run` must end with `work.finish()`. Raises Busy when the database did not let it through.
    """
    broken: frozenset[str] = frozenset()
    refusals = 0
    while True:
        try:
            with working(at, broken) as work:
                return run(work)
        except Broken as fault:
            broken |= {fault.operation_id}
        except (OperationalError, IntegrityError) as fault:
            if not is_retriable(fault):
                raise
            refusals += 1
            if refusals == TRIES:
                raise Busy from fault


def perform(operations: list[Incoming], *, at: datetime) -> list[Verdict]:
    """Judge these operations of one door in one transaction, and give their verdicts in the same order."""

    def run(work: Work) -> list[Verdict]:
        work.load(operations)
        for operation in operations:
            work.judge(operation)
        return work.finish()

    return in_one_transaction(at, run)


def perform_one(
    type: str, *, author: Actor, at: datetime, target: str | None = None, door: str = "console", **args
) -> Verdict:
    """Judge one operation; a refusal is raised, so that a page can show its sentence."""
    [verdict] = perform([Incoming(type=type, author=author, target=target, args=args, door=door)], at=at)
    if verdict.verdict == "refused":
        raise Refused(verdict.code, **verdict.values)
    if verdict.verdict == "held":
        raise Refused("server.failed")
    return verdict


def require(act: Act, permission: str | None) -> None:
    """Refuse what the role may not do at all. How much of the register it reaches is the verb's question (domain/reach.py)."""
    if permission and act.actor is not CLOCK and extent(act.actor.role, permission) is None:
        raise Refused("access.denied")


def happened_at(operation: Incoming, received_at: datetime) -> tuple[datetime, bool]:
    """When it happened: the phone's claim corrected by its known offset, never later than received. And whether that is uncertain."""
    if operation.occurred_at is None:
        return received_at, False
    corrected = operation.occurred_at + timedelta(milliseconds=operation.clock_offset_ms or 0)
    clamped = min(corrected, received_at)
    uncertain = operation.clock_offset_ms is None or corrected - clamped > CLAMP_IS_UNCERTAIN_FROM
    return clamped, uncertain


def is_retriable(fault: DBAPIError) -> bool:
    """Whether the database asks for the whole transaction again: a busy SQLite, a deadlock, a lost race for a constraint."""
    state = getattr(fault.orig, "sqlstate", None)
    return state in RETRIABLE_STATES if state else isinstance(fault, IntegrityError) or "locked" in str(fault.orig)


def subject_of(args: dict) -> str | None:
    """The line, operation or person inside the target that an operation is about."""
    found = args.get("line") or args.get("operation") or args.get("person")
    return found if isinstance(found, str) else None
