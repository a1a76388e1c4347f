"""What follows what (`after`): an operation is not judged before those it follows, nor said to have happened before them.

Only operations of the same author count: whether another person's exists is nobody's business, so it is waited for like one that
never comes (PROTOCOL P17).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.domain.acts import Act, Incoming, Verdict
from server.domain.site_facts import about_target
from server.domain.told import told_by
from server.store.waiting import Past, pasts, waited_for


@dataclass(frozen=True)
class Followed:
    """How it stands with what an operation follows: what is not judged yet, whether any was refused, when the latest happened."""

    unjudged: tuple[str, ...] = ()
    refused: bool = False
    not_before: datetime | None = None


FREE = Followed()


class Following:
    """What one transaction knows of the operations that others follow."""

    def __init__(self, session: Session):
        self._session = session
        self._past: dict[str, Past] = {}
        self._waits: dict[str, tuple[str, ...]] = {}

    def load(self, operations: Iterable[Incoming]) -> None:
        """Look up, in one query and only when any is named, what these operations follow."""
        named = {id for operation in operations for id in operation.after} - self._past.keys()
        if named:
            self._past |= pasts(self._session, named)

    def note(self, operation: Incoming, verdict: Verdict, at: datetime, unjudged: tuple[str, ...] = ()) -> None:
        """Remember what became of an operation of this transaction."""
        self._past[operation.id] = Past(operation.author.id, verdict.verdict, at)
        if verdict.code == "waits_for":
            self._waits[operation.id] = unjudged

    def waits(self, operation_id: str) -> tuple[str, ...]:
        """What an operation of this transaction waits for."""
        return self._waits.get(operation_id, ())

    def waiting_for(self, authors: dict[str, str | None]) -> list[str]:
        """The operations of this transaction that wait for one of these (`{id: author}`) of the same author, which came after them."""
        mine = {id: self._past[id].author_id for id in self._waits}
        return [id for id, waits in self._waits.items() if any(one in authors and authors[one] == mine[id] for one in waits)]

    def of(self, operation: Incoming) -> Followed:
        """How it stands with what this operation follows. What follows itself, in a circle too, waits for nothing."""
        if not operation.after:
            return FREE
        known = {id: self._past.get(id) for id in dict.fromkeys(operation.after) if id != operation.id}
        own = {id: past for id, past in known.items() if past and past.author_id == operation.author.id}
        judged = [past for past in own.values() if past.verdict != "held"]
        return Followed(
            unjudged=tuple(id for id in known if (id not in own or own[id].verdict == "held") and not self._leads_to(id, operation.id)),
            refused=any(past.verdict == "refused" for past in judged),
            not_before=max((past.happened_at for past in own.values()), default=None),
        )

    def _leads_to(self, start: str, goal: str) -> bool:
        """Whether one operation waits, over however many others, for the other."""
        seen, ahead = set(), [start]
        while ahead:
            id = ahead.pop()
            if id == goal:
                return True
            if id not in seen:
                seen.add(id)
                ahead += self._waits.get(id) or waited_for(self._session, id)
        return False


def without_judging(operation: Incoming, kind: str | None, followed: Followed) -> Verdict | None:
    """The verdict of what is not judged, or not yet: unreadable, held by its door, unknown, or before what it follows.

    A fact that has waited long enough is judged all the same. A decision that rests on what never came, or was refused, is refused.
    """
    if operation.fault:
        return Verdict(operation.id, "refused", operation.fault)
    if operation.held:
        return Verdict(operation.id, "held", operation.held)
    if followed.unjudged and not (operation.waited and operation.waited.overdue):
        return Verdict(operation.id, "held", "waits_for")
    if kind is None:
        return Verdict(operation.id, "refused", "operation.unknown_type")
    if kind == "decision" and (followed.unjudged or followed.refused):
        return Verdict(operation.id, "refused", "predecessor.missing" if followed.unjudged else "predecessor.refused")
    return None


def flag_missing(act: Act) -> None:
    """What it follows never came: it is judged without that, and people are shown so."""
    act.flag("predecessor.missing", [{**told_by(act), "says": act.operation.type}], **about_target(act))
