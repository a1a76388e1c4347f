"""The one write path: every door's operations are judged here, in memory and in order, and written in one transaction.

A door opens a `Work`, judges its operations, and everything commits together: the raw operation, its verdict, its effect, the stamps
and the feed (sync/PROTOCOL.md §2). Verbs live in the files beside this one and are listed in operations.py.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import insert, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from server.domain.acts import CLOCK, TOOK_EFFECT, Act, Actor, Incoming, Verdict
from server.domain.following import Followed, Following, flag_missing, without_judging
from server.domain.operations import OPERATIONS
from server.domain.permissions import extent
from server.domain.said import Said
from server.domain.visibility import scopes_of
from server.problems import Refused
from server.store.change_log import LOG, Operation, RecordKey, head, known_scopes, take_stamps, write_scope_entries
from server.store.database import secret, settings, transaction
from server.store.loading import Loaded
from server.store.waiting import Waiting, followers, stop_waiting

log = structlog.get_logger()
Answer = TypeVar("Answer")

TRIES = 3
ID_LENGTH = 36
CLAMP_IS_UNCERTAIN_FROM = timedelta(minutes=5)
# What may change in the row of a held operation.
MOVES = (
    "id",
    "happened_at",
    "time_uncertain",
    "verdict",
    "code",
    "stamp",
    "conflict_id",
    "before",
    "attempts",
    "held_until",
    "withdrawn_by",
)
RETRIABLE_STATES = {"40001", "40P01", "23505", "23P01", "55P03"}


class Broken(Exception):
    """An operation cannot be judged in this transaction: everything is done again, with this verdict for it."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.id, verdict.code)
        self.verdict = verdict


class Busy(Exception):
    """The database did not take it: nothing was written and nothing is answered. The same may be sent again."""


class Work:
    """Everything one transaction has loaded and will write."""

    def __init__(self, session: Session, at: datetime, settled: dict[str, Verdict] | None = None, one_by_one: bool = False):
        self.session, self.at = session, at
        self.secret, self.settings = secret(), settings()
        self.loaded = Loaded(session)
        self.following = Following(session)
        self.known: dict[tuple, object] = {}  # what verbs have looked up in this transaction, and what they made
        self.freed: list[str] = []  # held operations that waited for one judged here: to be judged in a transaction of their own
        self.stamped: set[RecordKey] = set()  # what the guard of the store lets through: it will get a stamp
        self.gone: set[RecordKey] = set()  # records whose row was removed: they are in no scope any more
        self.stamps: dict[RecordKey, int] = {}  # the new revision of each record that changed, from `finish` on
        self._settled, self._one_by_one = settled or {}, one_by_one
        self._judged: list[tuple[Act, Verdict]] = []
        self._rows: dict[type, list[dict]] = {}
        self._queued = 0
        self._touched: dict[RecordKey, None] = {}
        self._marks: dict[str, dict] = {}  # what later operations wrote on earlier ones of this transaction

    def load(self, operations: Iterable[Incoming]) -> None:
        """Load, and lock in id order, what these operations are about, in a few queries; and what they follow."""
        wanted: dict[str, set[str]] = {}
        operations = list(operations)
        self.following.load(operations)
        for operation in operations:
            kind = OPERATIONS.get(operation.type)
            if kind and kind.noun and operation.target:
                wanted.setdefault(kind.noun, set()).add(operation.target)
            if rooms := rooms_named(operation.args):
                wanted.setdefault("room", set()).update(rooms)
        self.loaded.load(wanted)

    def insert(self, table: type, row: dict) -> None:
        """Queue a row of a table that is no record; each table is written once, at the end."""
        self._rows.setdefault(table, []).append(row)
        self._queued += 1

    def judge(self, operation: Incoming) -> Verdict:
        """Judge one operation. Its stamp is known when `finish` gives the verdicts again."""
        followed = self.following.of(operation)
        received_at = operation.waited.received_at if operation.waited else self.at
        at, uncertain = happened_at(operation, received_at, followed.not_before)
        act = Act(self, operation, at, uncertain)
        verdict = self._settled.get(operation.id) or self._verdict(act, followed)
        self.following.note(operation, verdict, at, followed.unjudged)
        if operation.door == "phone" and (verdict.verdict != "applied" or operation.waited):
            act.touched.add(("receipt", operation.id))
        self._touched.update(dict.fromkeys(sorted(act.touched)))
        self._judged.append((act, verdict))
        return verdict

    def said(self, operation_id: str) -> Said | None:
        """An operation of this transaction or of the log."""
        for act, verdict in self._judged:
            if act.operation.id == operation_id:
                return Said.just_now(act, verdict, self._marks.get(operation_id, {}))
        return Said.before_now(self.session, operation_id)

    def said_since(self, said: Said) -> list[Said]:
        """What was said of the same type about the same target after that, in the log and in this transaction, and took effect."""
        alike = [(act, verdict) for act, verdict in self._judged if (act.operation.type, act.operation.target) == (said.type, said.target)]
        here = [Said.just_now(act, verdict, self._marks.get(act.operation.id, {})) for act, verdict in alike]
        ids = [one.id for one in here]
        later = here[ids.index(said.id) + 1 :] if said.id in ids else [*Said.since(self.session, said), *here]
        return [one for one in later if one.verdict in TOOK_EFFECT and not one.withdrawn_by]

    def mark(self, operation_id: str, **columns) -> None:
        """Write on the row of an earlier operation: `withdrawn_by`, `acknowledged_at`."""
        if any(act.operation.id == operation_id for act, _verdict in self._judged):
            self._marks.setdefault(operation_id, {}).update(columns)
            return
        row = self.session.get(Operation, operation_id)
        for column, value in columns.items():
            setattr(row, column, value)

    def finish(self) -> list[Verdict]:
        """Write everything: rows, then the stamps (the counter is taken last), then the log and the feed. Gives the verdicts in order."""
        self._write_rows()
        self.freed = self._freed()
        stamps = self.stamps = self._stamp()
        newest = max(stamps.values(), default=None)
        self._judged = [(act, self._with_stamp(act, verdict, stamps, newest)) for act, verdict in self._judged]
        self._write_log()
        return [verdict for _act, verdict in self._judged]

    def take_freed(self) -> list[str]:
        """What came free, for whoever takes it on: of several batches in one transaction the first that asks."""
        taken, self.freed = self.freed, []
        return taken

    def _freed(self) -> list[str]:
        of_phones = [(act, verdict) for act, verdict in self._judged if verdict.verdict != "held" and act.operation.door == "phone"]
        judged = {verdict.id: act.actor.id for act, verdict in of_phones}
        return [*self.following.waiting_for(judged), *followers(self.session, judged)] if judged else []

    def _verdict(self, act: Act, followed: Followed) -> Verdict:
        """Run the verb. What it raises besides a refusal is its own fault, and holds this operation alone."""
        operation, queued = act.operation, self._queued
        kind = OPERATIONS.get(operation.type)
        if verdict := without_judging(operation, kind and kind.kind, followed):
            return verdict
        try:
            require(act, kind.needs)
            if followed.unjudged:
                flag_missing(act)
            made = kind.verb(act, **operation.args)
            act.keep_conflicts()
            if self._one_by_one:
                self._write_rows()
        except Refused as refusal:
            refused = Verdict(operation.id, "refused", refusal.code, values=refusal.values)
            if act.changed or self._queued > queued:
                log.error("verb.refused_after_change", type=operation.type, code=refusal.code)
                raise Broken(refused) from refusal
            return refused
        except Exception as fault:
            if not is_its_own_fault(fault, self._one_by_one):
                raise
            log.exception("verb.broke", type=operation.type, operation=operation.id)
            raise Broken(Verdict(operation.id, "held", "internal")) from fault
        conflict = act.conflicts[0].id if act.conflicts else None
        return Verdict(operation.id, "flagged" if act.code else "applied", act.code, conflict=conflict, made=made)

    def _write_rows(self) -> None:
        self.session.flush()
        for table, rows in self._rows.items():
            self.session.execute(insert(table.__table__), rows)
        self._rows.clear()

    def _stamp(self) -> dict[RecordKey, int]:
        if not self._touched:
            return {}
        authors = {act.operation.id: act.actor.id for act, _verdict in self._judged}
        scopes = scopes_of(self.session, self.loaded, self._touched, authors) | {key: set() for key in self.gone}
        known = known_scopes(self.session, self._touched)
        first = take_stamps(self.session, len(self._touched))
        stamps = {key: first + place for place, key in enumerate(self._touched)}
        write_scope_entries(self.session, stamps, scopes, known)
        return stamps

    def _with_stamp(self, act: Act, verdict: Verdict, stamps: dict[RecordKey, int], newest: int | None) -> Verdict:
        """The verdict with the stamp that covers its effect. What only repeats waits for what it repeats: that is committed, or here."""
        if not verdict.took_effect:
            return verdict
        effect = [stamps[key] for key in act.touched]
        if not effect and act.operation.door == "phone":
            effect = [newest or head(self.session)]
        return replace(verdict, stamp=max(effect, default=None))

    def _write_log(self) -> None:
        """A row for each new operation; a held one that is judged again keeps its row and its bytes, and moves."""
        new = [self._row(act, verdict) for act, verdict in self._judged if not act.operation.waited]
        moved = [self._row(act, verdict) for act, verdict in self._judged if act.operation.waited]
        waits = [verdict.id for _act, verdict in self._judged if verdict.code == "waits_for"]
        if new:
            self.session.connection().execute(LOG, new)
        if moved:
            stop_waiting(self.session, [row["id"] for row in moved])
            self.session.execute(update(Operation), [{name: row[name] for name in MOVES} for row in moved])
        if waits:
            self.session.execute(
                insert(Waiting), [{"operation_id": id, "after_id": one} for id in waits for one in self.following.waits(id)]
            )

    def _row(self, act: Act, verdict: Verdict) -> dict:
        operation = act.operation
        body = operation.as_text()
        received_at = operation.waited.received_at if operation.waited else self.at
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
            "received_at": received_at,
            "happened_at": act.at,
            "time_uncertain": act.time_uncertain,
            "verdict": verdict.verdict,
            "code": verdict.code,
            "stamp": verdict.stamp,
            "conflict_id": verdict.conflict,
            "before": act.before or None,
            "attempts": operation.waited.attempts if operation.waited else 1,
            "held_until": received_at + timedelta(hours=self.settings.held_hours) if verdict.code == "waits_for" else None,
            "withdrawn_by": None,
            "acknowledged_at": None,
            **self._marks.get(operation.id, {}),
        }


@contextmanager
def working(at: datetime, settled: dict[str, Verdict] | None = None, one_by_one: bool = False) -> Iterator[Work]:
    """One write transaction of the write path. Everything judged inside commits at its end, or nothing does.

    `settled` gives verdicts that are not to be judged again; `one_by_one` writes after each operation, to find the one that cannot be.
    """
    with transaction() as session:
        work = Work(session, at, settled, one_by_one)
        session.info["stamped"] = work.stamped
        try:
            yield work
        finally:
            del session.info["stamped"]


def in_one_transaction(at: datetime, run: Callable[[Work], Answer]) -> Answer:
    """Run `run(work)` in one transaction; again when the database says so (three times), or with a broken operation held.

    `run` must end with `work.finish()`. Raises Busy when the database did not let it through.
    """
    attempts = Attempts()
    while True:
        try:
            with working(at, attempts.settled, attempts.one_by_one) as work:
                return run(work)
        except Refused:
            raise
        except Exception as fault:
            attempts.learn(fault)


class Attempts:
    """What the tries of one transaction have taught until now."""

    def __init__(self):
        self.settled: dict[str, Verdict] = {}
        self.one_by_one = False
        self._busy = 0

    def learn(self, fault: Exception) -> None:
        """Say how to try again. Raises Busy, or the fault itself, when another try would be no better."""
        if isinstance(fault, Broken):
            self.settled[fault.verdict.id] = fault.verdict
            return
        if is_retriable(fault) and self._busy + 1 < TRIES:
            self._busy += 1
            return
        if is_its_own_fault(fault, one_by_one=True) and not self.one_by_one:
            log.error("batch.searched", fault=str(fault))
            self.one_by_one = True  # some operation's writes cannot be taken: write one by one, and hold that one alone
            return
        if isinstance(fault, DBAPIError):
            log.error("database.refused", fault=str(fault))
            raise Busy from fault
        raise fault


def perform(operations: list[Incoming], *, at: datetime) -> list[Verdict]:
    """Judge these operations of one door in one transaction, and give their verdicts in the same order."""

    def run(work: Work) -> list[Verdict]:
        work.load(operations)
        for operation in operations:
            work.judge(operation)
        return work.finish()

    return in_one_transaction(at, run)


def perform_one(type: str, /, *, author: Actor, at: datetime, target: str | None = None, **args) -> Verdict:
    """Judge one operation of a desk; a refusal is raised, so that a page can show its sentence."""
    [verdict] = perform([Incoming(type=type, author=author, target=target, args=args)], at=at)
    if verdict.verdict == "refused":
        raise Refused(verdict.code, **verdict.values)
    if verdict.verdict == "held":
        raise Refused("server.failed")
    return verdict


def require(act: Act, permission: str | None) -> None:
    """Refuse what the role may not do at all. How much of the register it reaches is the verb's question (domain/reach.py)."""
    if permission and act.actor is not CLOCK and extent(act.actor.role, permission) is None:
        raise Refused("access.denied")


def happened_at(operation: Incoming, received_at: datetime, not_before: datetime | None = None) -> tuple[datetime, bool]:
    """When it happened: the phone's claim corrected by its known offset, never later than received, never earlier than what it
    follows (`not_before`). And whether that is uncertain."""
    if operation.occurred_at is None:
        return received_at, False
    try:
        corrected = operation.occurred_at.astimezone(UTC) + timedelta(milliseconds=operation.clock_offset_ms or 0)
    except OverflowError:  # a claim beyond all calendars
        return max(received_at, not_before or received_at), True
    clamped = min(corrected, received_at)
    lifted = max(clamped, not_before or clamped)
    moved = max(corrected - clamped, lifted - clamped)
    return lifted, operation.clock_offset_ms is None or moved > CLAMP_IS_UNCERTAIN_FROM


def is_its_own_fault(fault: Exception, one_by_one: bool) -> bool:
    """Whether a fault is that of the operation just judged. The database's are nobody's, but for a value or a constraint
    that it refuses again while operations are written one by one."""
    if isinstance(fault, DBAPIError):
        return one_by_one and isinstance(fault, DataError | IntegrityError)
    return not isinstance(fault, Broken)


def is_retriable(fault: Exception) -> bool:
    """Whether the database asks for the whole transaction again: a busy SQLite, a deadlock, a lost race for a constraint."""
    if not isinstance(fault, OperationalError | IntegrityError):
        return False
    state = getattr(fault.orig, "sqlstate", None)
    return state in RETRIABLE_STATES if state else isinstance(fault, IntegrityError) or "locked" in str(fault.orig)


def rooms_named(args: dict) -> set[str]:
    """The rooms that an operation names, so that a batch's are loaded together."""
    named = args.get("rooms") if isinstance(args.get("rooms"), dict) else {}
    rooms = {args.get("room"), *named.values()}
    return {room for room in rooms if isinstance(room, str) and len(room) == ID_LENGTH}


def subject_of(args: dict) -> str | None:
    """The line, operation or person inside the target that an operation is about."""
    found = args.get("line") or args.get("operation") or args.get("person")
    return found if isinstance(found, str) and len(found) <= 36 else None
