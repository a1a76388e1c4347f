"""Changes out: one page of what a phone has not seen, read in one snapshot (PROTOCOL §3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain.visibility import DRAIN_ORDER, scopes_of_user
from server.store.change_log import ScopeEntry, current_epoch, head
from server.store.users import User
from sync.cursor import Cursor, read_cursor, write_cursor
from sync.records import bodies


@dataclass
class Page:
    """One page of changes and how the phone goes on."""

    changes: list[dict] = field(default_factory=list)
    cursor: str | None = None
    more: bool = False
    promote: bool = True
    reset: str | None = None
    high: int = 0


def read_page(session: Session, user: User, token: str | None, size: int, secret: str) -> Page:
    """The next page for this user's phone. `session` must be one snapshot."""
    epoch, top = current_epoch(session), head(session)
    cursor, reset = _opened(token, user, epoch, top, secret)
    entries = _lost_scopes(session, cursor, user)
    page = Page(reset=reset)
    page.more, page.promote = _fill(session, cursor, entries, top, size)
    page.changes = _changes(session, user, entries)
    page.cursor, page.high = write_cursor(cursor, secret), cursor.high
    return page


def _opened(token: str | None, user: User, epoch: str, top: int, secret: str) -> tuple[Cursor, str | None]:
    """The phone's cursor, or a new one (everything from the beginning) with the reason."""
    cursor = read_cursor(token, secret) if token else None
    reset = None
    if token and (cursor is None or cursor.user != user.id):
        reset = "cursor"
    elif cursor and (cursor.epoch != epoch or cursor.high > top):
        reset = "epoch"
    scopes = scopes_of_user(user)
    if cursor is None or reset:
        return Cursor(epoch, user.id, top, dict.fromkeys(scopes, 0), scopes), reset
    cursor.behind.update({scope: 0 for scope in scopes if scope not in cursor.scopes})
    return cursor, None


@dataclass
class Entry:
    """A row of the feed, with the position of the scope it was read in."""

    type: str
    id: str
    rev: int
    present: bool
    first_entered: int
    scope: str
    position: int


def _lost_scopes(session: Session, cursor: Cursor, user: User) -> list[Entry]:
    """What the phone may hold from scopes that are no longer the user's: it goes, unless another scope still shows it."""
    now = scopes_of_user(user)
    gone: list[Entry] = []
    for scope in [scope for scope in cursor.scopes if scope not in now]:
        position = cursor.position(scope)
        rows = session.scalars(
            select(ScopeEntry).where(ScopeEntry.scope == scope, ScopeEntry.first_entered <= position)
        )
        gone += [_entry(row, position, present=False) for row in rows]
        cursor.behind.pop(scope, None)
    cursor.scopes = now
    return gone


def _fill(session: Session, cursor: Cursor, entries: list[Entry], top: int, size: int) -> tuple[bool, bool]:
    """Read entries into `entries` and move the cursor. Gives (more, promote)."""
    for scope in sorted(cursor.behind, key=_drain_rank):
        rows = _rows(session, [scope], cursor.behind[scope], size)
        entries += [_entry(row, cursor.behind[scope]) for row in rows]
        if len(rows) == size:
            cursor.behind[scope] = rows[-1].seq
            return True, False
        del cursor.behind[scope]
        if rows and cursor.behind:
            return True, True
    room = size - len(entries)
    if room <= 0:
        return True, True
    rows = _rows(session, cursor.scopes, cursor.high, room)
    entries += [_entry(row, cursor.high) for row in rows]
    if len(rows) == room:
        cursor.high = rows[-1].seq
        return True, False
    cursor.high = top
    return False, True


def _rows(session: Session, scopes: list[str], after: int, limit: int) -> list[ScopeEntry]:
    query = select(ScopeEntry).where(ScopeEntry.scope.in_(scopes), ScopeEntry.seq > after)
    return list(session.scalars(query.order_by(ScopeEntry.seq, ScopeEntry.scope).limit(limit)))


def _entry(row: ScopeEntry, position: int, present: bool | None = None) -> Entry:
    return Entry(
        row.type, row.id, row.rev, row.present if present is None else present, row.first_entered, row.scope, position
    )


def _drain_rank(scope: str) -> int:
    return DRAIN_ORDER.index(scope.split(":")[0])


def _changes(session: Session, user: User, entries: Iterable[Entry]) -> list[dict]:
    """Each record once: its body where the user may see it now, else a drop, unless the phone has never had it."""
    by_record: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        by_record.setdefault((entry.type, entry.id), []).append(entry)
    seen = bodies(session, user, by_record)
    changes = []
    for (kind, id), found in by_record.items():
        body = seen.get((kind, id))
        if body is not None:
            scopes = sorted({entry.scope for entry in found if entry.present})
            rev = max(entry.rev for entry in found)
            changes.append({"op": "put", "type": kind, "id": id, "rev": rev, "scopes": scopes, "body": body})
        elif any(entry.first_entered <= entry.position for entry in found):
            changes.append({"op": "drop", "type": kind, "id": id})
    return changes
