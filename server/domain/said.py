"""What somebody said before: an operation of this transaction, or one of the log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from server.domain.acts import TOOK_EFFECT, Act, Verdict
from server.store.change_log import Operation
from server.store.conflicts import Conflict, opened_by
from server.store.json_text import parse


@dataclass(frozen=True)
class Said:
    """An operation that was judged, with what it changed (`before`, see store/undo.py) and the items it opened."""

    id: str
    type: str
    author_id: str | None
    target: str | None
    args: dict  # {} of one that did not take effect: its text may be anything
    received_at: datetime
    happened_at: datetime
    verdict: str
    before: list[dict]
    withdrawn_by: str | None
    items: list[Conflict]

    @classmethod
    def just_now(cls, act: Act, verdict: Verdict, marks: dict) -> "Said":
        """Of an operation of the same batch, whose row is not written yet."""
        operation, withdrawn_by = act.operation, marks.get("withdrawn_by")
        return cls(
            operation.id, operation.type, act.actor.id, operation.target, operation.args, act.work.at, act.at, verdict.verdict, act.before,
            withdrawn_by, act.conflicts,
        )  # fmt: skip

    @classmethod
    def before_now(cls, session, id: str) -> "Said | None":
        """Of the log; None when this operation never came."""
        row = session.get(Operation, id)
        return row and cls._of(row, opened_by(session, id, row.author_id) if row.conflict_id else [])

    @classmethod
    def since(cls, session, said: "Said") -> "list[Said]":
        """What the log has of the same type about the same target from then on, each without its items."""
        alike = (Operation.target == said.target, Operation.type == said.type, Operation.received_at >= said.received_at)
        found = [cls._of(row, []) for row in session.scalars(select(Operation).where(*alike, Operation.id != said.id))]
        return [one for one in found if (one.received_at, one.happened_at) >= (said.received_at, said.happened_at)]

    @classmethod
    def _of(cls, row: Operation, items: list[Conflict]) -> "Said":
        args = parse(row.body).get("args", {}) if row.verdict in TOOK_EFFECT else {}
        return cls(
            row.id, row.type, row.author_id, row.target, args, row.received_at, row.happened_at, row.verdict, row.before or [],
            row.withdrawn_by, items,
        )  # fmt: skip
