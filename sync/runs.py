"""Long runs of records that many phones are given alike: put together and packed once, for whoever asks next.

The lines of the directory go to every phone, a site's rooms to all of its phones. A run is known by its records and their revisions, so
what it says is never out of date; whether this user may see it is asked each time, once for all records that are alike to the gate.
"""

import zlib
from dataclasses import dataclass

import orjson
from sqlalchemy.orm import Session

from server.store.json_text import as_bytes
from server.store.users import User
from sync.records import VIEWS, bodies, sees
from sync.records.kept import Shelf
from sync.stretches import BYTES_OF_AN_ENTRY, Entries, Entry

LEAST = 50  # shorter ones are quickly put together again
BEGINNING = b'{"changes":['
LEVEL = 6
WINDOW = 4 * 1024  # of the run, for what comes after it to point back into
HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # of gzip: no name, no time


@dataclass(frozen=True)
class Run:
    """The beginning of an answer, up to the last of these changes: as text, and packed so that more can follow."""

    text: bytes
    packed: bytes
    check: int
    facts: frozenset  # (type, what the gate asks)

    @classmethod
    def of(cls, changes: list[bytes], facts: frozenset) -> "Run":
        text, packing = BEGINNING + b",".join(changes), zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packing.compress(text) + packing.flush(zlib.Z_FULL_FLUSH)
        return cls(text, packed, zlib.crc32(text), facts)

    def gzip(self, rest: bytes) -> bytes:
        """One gzip member that holds the run and what follows it."""
        packing = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=self.text[-WINDOW:])
        size = (len(self.text) + len(rest)) & 0xFFFFFFFF
        ending = zlib.crc32(rest, self.check).to_bytes(4, "little") + size.to_bytes(4, "little")
        return b"".join((HEADER, self.packed, packing.compress(rest), packing.flush(), ending))


@dataclass(frozen=True)
class Taken:
    """The run among the entries of a page, and the entries that are left."""

    run: Run
    rest: list[Entry]


def take_run(session: Session, user: User, entries: Entries, epoch: str, shelf: Shelf) -> tuple[Run | None, list[Entry]]:
    """The run among these entries of the feed, if there is a long one that the user may see, and the entries that are left."""
    key = ("run", *entries.name) if entries.name else None
    taken = shelf.get(key) if key else None
    if taken is None:
        taken = _taken(session, user, entries.all, epoch, shelf)
        if taken and key:
            shelf.put(key, taken, BYTES_OF_AN_ENTRY * len(taken.rest))
    if taken is None or not all(sees(VIEWS[kind](session, user), kind, facts) for kind, facts in taken.run.facts):
        return None, entries.all
    return taken.run, taken.rest


def _taken(session: Session, user: User, entries: list[Entry], epoch: str, shelf: Shelf) -> Taken | None:
    alike = [entry for entry in entries if entry.present and VIEWS[entry.type].alike]
    if len(alike) < LEAST:
        return None
    records = {(entry.type, entry.id): entry.rev for entry in alike}
    rest = [entry for entry in entries if not (entry.present and VIEWS[entry.type].alike)] if len(alike) < len(entries) else []
    if len(records) < len(alike) or any((entry.type, entry.id) in records for entry in rest):
        return None
    key = (epoch, *((entry.type, entry.id, entry.scope, entry.rev) for entry in alike))
    run = shelf.get(key) or _made(session, user, alike, records, epoch, shelf)
    if run is None:
        return None
    shelf.put(key, run, len(run.text) + len(run.packed))
    return Taken(run, rest)


def _made(session: Session, user: User, alike: list, records: dict, epoch: str, shelf: Shelf) -> Run | None:
    """None when the user may not see all of it, or when it cannot be told what the gate would ask the next time."""
    found = bodies(session, user, records, epoch, shelf)
    kept = {key: shelf.find((epoch, *key), rev) for key, rev in records.items()}
    if len(found) < len(records) or not all(kept.values()):
        return None
    changes = [
        as_bytes({"op": "put", "type": entry.type, "id": entry.id, "rev": entry.rev, "scopes": [entry.scope],
                  "body": orjson.Fragment(found[entry.type, entry.id])})
        for entry in alike
    ]  # fmt: skip
    return Run.of(changes, frozenset((kind, one.facts) for (kind, _id), one in kept.items()))
