"""What a door hands in (Incoming), what a verb is given (Act), and what comes back (Verdict)."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from uuid_utils import uuid7

from server.store.change_log import RecordKey
from server.store.conflicts import Conflict
from server.store.loading import Loaded
from server.store.undo import name_of, set_noted

if TYPE_CHECKING:
    from server.domain.write_path import Work


def new_id() -> str:
    """A new id: UUID version 7, so that rows written together lie together."""
    return str(uuid7())


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in user, or the clock (`id` None)."""

    id: str | None
    role: str
    name: str
    area_id: str | None = None
    site_id: str | None = None


CLOCK = Actor(None, "clock", "系统")


@dataclass(frozen=True)
class Waited:
    """What the log says of a held operation that is judged now: since when it is there, how often that was tried, and whether it
    waits for nothing any more (its deadline is over, or somebody asked)."""

    received_at: datetime
    attempts: int
    overdue: bool


@dataclass(frozen=True)
class Incoming:
    """An operation as a door hands it in: shapes are checked, nothing is judged."""

    type: str
    author: Actor
    args: dict
    target: str | None = None
    door: str = "console"
    id: str = field(default_factory=lambda: str(uuid7()))
    device_id: str | None = None
    v: int = 1
    body: str = ""
    hash: str = ""
    occurred_at: datetime | None = None
    clock_offset_ms: int | None = None
    after: tuple[str, ...] = ()  # ids of operations that it follows
    fault: str | None = None  # set by a door that could not read it: the verdict is `refused` with this code
    held: str | None = None  # set by a door that does not want it judged yet: the verdict is `held` with this code
    waited: Waited | None = None  # set when it is in the log already, held

    def as_text(self) -> str:
        """The exact text to keep: what a phone sent, or what a desk did (of an ID number only its tail)."""
        said = {"type": self.type, "v": self.v, "author": self.author.id, "target": self.target, "args": without_secrets(self.args)}
        return self.body or json.dumps(said, ensure_ascii=False, default=str)


HIDDEN = ("id_number", "password_hash", "invitation_hash")


def without_secrets(args: dict) -> dict:
    """The same, however deep, with what the log must not hold hidden."""
    return {
        name: hidden(value) if name in HIDDEN else without_secrets(value) if isinstance(value, dict) else value
        for name, value in args.items()
    }


def hidden(value: object) -> str | None:
    """What the log keeps of a value that it must not hold."""
    return value and f"…{str(value)[-4:]}"


TOOK_EFFECT = ("applied", "flagged")  # it changed what it says, alone or with an item for people


@dataclass(frozen=True)
class Verdict:
    """The answer to one operation. `made` is what the verb gave back (an id), for the door that asked."""

    id: str
    verdict: str
    code: str | None = None
    stamp: int | None = None
    conflict: str | None = None
    values: dict = field(default_factory=dict)
    made: object = None

    @property
    def took_effect(self) -> bool:
        return self.verdict in TOOK_EFFECT


class Act:
    """One operation being judged: what a verb is given besides its arguments."""

    def __init__(self, work: "Work", operation: Incoming, at: datetime, uncertain: bool):
        self.work, self.operation, self.actor, self.at, self.time_uncertain = (
            work,
            operation,
            operation.author,
            at,
            uncertain,
        )
        self.touched: set[RecordKey] = set()
        self._added = False
        self.conflicts: list[Conflict] = []
        self.code: str | None = None
        self.before: list[dict] = []  # what it put in the place of what, so that it can be taken back (withdrawing.py)

    @property
    def loaded(self) -> Loaded:
        """What this batch has loaded and locked."""
        return self.work.loaded

    def touch(self, *rows) -> None:
        """Say that these rows change: their records are stamped at the end, and reach every phone that may see them."""
        for row in rows:
            self.touched.update(row.record_keys())
        self.work.stamped.update(self.touched)

    def change(self, row, **values) -> None:
        """Set columns of a row, and note what stood there, so that a wrong tap can be taken back."""
        for column, value in values.items():
            self.put(row, column, None, value)

    def put(self, row, field: str, key: str | None, value) -> None:
        """Set one entry of a JSON column: a name in a dictionary, or the entry with this id in a list; without a key the column."""
        note = set_noted(row, field, value, key)
        if note is None:
            return
        self.before.append(note)
        if hasattr(row, "record_keys"):
            self.touch(row)

    def make(self, row):
        """A new row that ends when the operation is taken back (a stay, a line)."""
        self.before.append({**name_of(row), "made": True})
        return self.add(row)

    def add(self, row):
        """A new row, written with this operation."""
        self.work.session.add(row)
        self._added = True
        if hasattr(row, "record_keys"):
            self.touch(row)
        return row

    def remove(self, row) -> None:
        """This row is no more: its records leave every phone."""
        self.touch(row)
        self.work.session.delete(row)
        self.work.gone.update(row.record_keys())

    def forget(self, row) -> None:
        """Erase a row that a withdrawn operation made; written at once, because the next may stand in its place."""
        self.work.session.flush()
        self.work.session.delete(row)
        self.work.session.flush()

    def flag(self, code: str, says: list | None = None, **where) -> Conflict:
        """Open a conflict item: the fact is kept, and people see that a rule failed or that two people disagree.

        `where` names transfer_id, line_id, room_id, person_id, site_id, area_id as far as they apply.
        """
        conflict = Conflict(
            id=new_id(),
            code=code,
            author_id=self.actor.id,
            operation_id=self.operation.id,
            values=says or [],
            raised_at=self.work.at,
            state="open",
            **where,
        )
        self.conflicts.append(conflict)
        self.code = self.code or code
        return conflict

    def keep_conflicts(self) -> None:
        """Write the items of an operation that took effect: one that is refused after all leaves none."""
        for conflict in self.conflicts:
            self.add(conflict)

    @property
    def changed(self) -> bool:
        """Whether this operation has changed anything yet."""
        return self._added or bool(self.touched)
