"""What many phones read of one scope: each stretch of it is read once for all of them, and is good until the scope moves.

Whatever changes in a scope gives it a newer newest stamp, in the order of commits (PROTOCOL §3); what is forgotten moves the floor. So a
scope is known by these two, within an epoch, and nothing here is ever out of date. Who may see what is asked each time all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from server.store.change_log import ScopeEntry, Standing
from sync.records.kept import Shelf

SHARED = ("site", "ref")  # the kinds of scopes that more than one phone reads
BYTES_OF_AN_ENTRY = 300  # about

_entry = ScopeEntry.__table__.c
NEWEST = select(func.max(_entry.seq)).where(_entry.scope == bindparam("scope"))


@dataclass(slots=True)
class Entry:
    """A row of the feed, and whether the phone may have had the record by it: the row entered its scope before the phone's position."""

    type: str
    id: str
    scope: str
    present: bool
    known: bool
    rev: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of a scope after a position, and the stamp of the last. `name` says which they are, where they are kept."""

    entries: list[Entry]
    last: int
    name: tuple | None = None


Read = Callable[[Session, str, int, int], Stretch]


class Entries:
    """What a page is made of. `name` tells it from all others when every part of it is kept; None when one is not."""

    def __init__(self):
        self.all: list[Entry] = []
        self.name: tuple | None = ()

    def __len__(self) -> int:
        return len(self.all)

    def add(self, stretch: Stretch) -> None:
        if stretch.entries:
            self.all += stretch.entries
            self.name = None if stretch.name is None or self.name is None else (*self.name, stretch.name)


def is_shared(scope: str) -> bool:
    return scope.split(":")[0] in SHARED


def state_of(session: Session, scope: str, now: Standing) -> tuple:
    """What a scope holds in this snapshot, as a name."""
    return now.epoch, now.floor, scope, session.connection().scalar(NEWEST, {"scope": scope})


def kept_stretch(session: Session, scope: str, after: int, size: int, now: Standing, shelf: Shelf, read: Read) -> Stretch:
    """The next rows of this scope, read now or as somebody has read them before."""
    if not is_shared(scope):
        return read(session, scope, after, size)
    name = (*state_of(session, scope, now), after, size)
    stretch = shelf.get(("stretch", *name))
    if stretch is None:
        found = read(session, scope, after, size)
        stretch = Stretch(found.entries, found.last, name)
        shelf.put(("stretch", *name), stretch, BYTES_OF_AN_ENTRY * len(found.entries))
    return stretch
