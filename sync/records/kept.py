"""Bodies that were made once, for whoever is given the same: in the memory of a worker, by record and revision.

A revision names all that a body shows (sync/README.md), so nothing here is ever out of date. Whether somebody may see a record is asked
each time all the same, of the facts that were kept with it.
"""

from dataclasses import dataclass, field

from server.store.json_text import as_bytes
from sync.records.view import View

BYTES_MOST = 48 * 1024 * 1024
BYTES_BESIDES = 500  # of a record, besides its bodies, about
BYTES_OF_A_ROW = 40_000  # with all that hangs on it

NOTHING = (None, 0)

Key = tuple[str, str, str]  # (epoch, type, id)


@dataclass(slots=True)
class Kept:
    """A record at one revision: what the gate asks of it, and its bodies as JSON, one for each side that is shown something else.

    `written` is the record as it was committed a moment ago, with the view that loaded what its bodies need: each is made when asked for.
    """

    revision: int
    facts: object
    bodies: dict[object, bytes] = field(default_factory=dict)
    written: tuple[object, View] | None = None

    def body(self, view: View) -> bytes | None:
        """The body for the user of this view, if it is here or can be made without asking the database."""
        side = view.side(self.facts)
        if side not in self.bodies and (written := self.written):
            row, around = written
            self.bodies[side] = as_bytes(around.body(row, side))
        return self.bodies.get(side)


class Shelf:
    """Records (and runs of them, sync/runs.py) of one worker. What nobody asked for while half of the room was filled makes way."""

    def __init__(self, bytes_most: int = BYTES_MOST):
        self._half = bytes_most // 2
        self._new: dict[tuple, object] = {}
        self._old: dict[tuple, object] = {}
        self._filled = 0
        self.epoch: str | None = None  # of the last reader
        self.sent: dict[tuple[str, str], None] = {}  # (epoch, id) of transfers of which is written that they are on a phone

    def find(self, key: Key, revision: int) -> Kept | None:
        """The record, if it is here at this revision."""
        kept = self.get(key)
        return kept if kept and kept.revision == revision else None

    def keep(self, key: Key, revision: int, facts: object, side: object, body: bytes) -> None:
        """Keep what was read in a snapshot: never what might still be rolled back, for its revision will be given again."""
        kept = self.find(key, revision)
        if kept is None:
            kept = Kept(revision, facts)
        kept.bodies[side] = body
        self.put(key, kept, len(body) + BYTES_BESIDES)

    def keep_row(self, key: Key, revision: int, facts: object, row: object, view: View) -> None:
        """Keep what has just been committed, and belongs to no session any more."""
        self.put(key, Kept(revision, facts, written=(row, view)), BYTES_OF_A_ROW)

    def clear(self) -> None:
        self._new, self._old, self._filled, self.sent = {}, {}, 0, {}

    def get(self, key: tuple) -> object | None:
        """What lies here under this key."""
        found, size = self._new.get(key) or self._old.get(key) or NOTHING
        if found is not None and key not in self._new:
            self.put(key, found, size)
        return found

    def put(self, key: tuple, what: object, size: int) -> None:
        """Lay something here, of about so many bytes."""
        if self._filled > self._half:
            self._old, self._new, self._filled, self.sent = self._new, {}, 0, {}
        if key not in self._new:
            self._filled += size
        self._new[key] = (what, size)
