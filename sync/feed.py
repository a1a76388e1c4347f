"""Changes out: one page of what a phone has not seen, read in one snapshot (PROTOCOL §3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from server.domain.visibility import DRAIN_ORDER, scopes_of_user
from server.store.change_log import RecordKey, ScopeEntry, Standing, revisions, standing
from server.store.users import User
from sync import digest
from sync.cursor import Cursor, read_cursor, write_cursor
from sync.patches import Patches
from sync.records import SHAPE, bodies
from sync.records.kept import Shelf
from sync.runs import Run, take_run
from sync.stretches import Entries, Entry, Stretch, kept_stretch

# Built once: to build a statement costs as much as to ask it.
_entry = ScopeEntry.__table__.c
IN_SCOPES = (
    select(_entry.type, _entry.id, _entry.scope, _entry.present, _entry.seq, _entry.rev, _entry.first_entered)
    .where(_entry.scope.in_(bindparam("scopes", expanding=True)))
    .order_by(_entry.seq, _entry.scope)
)
AFTER = IN_SCOPES.where(_entry.seq > bindparam("after")).limit(bindparam("limit"))
AT = IN_SCOPES.where(_entry.seq == bindparam("at"))


class Ahead(Exception):
    """The phone has seen more in this epoch than this database holds."""

    def __init__(self, epoch: str):
        super().__init__(epoch)
        self.epoch = epoch


@dataclass
class Page:
    """One page of changes and how the phone goes on. `run` are the first of its changes, when they are many (runs.py)."""

    changes: list[dict] = field(default_factory=list)
    cursor: str | None = None
    more: bool = False
    promote: bool = True
    reset: str | None = None
    digests: dict[str, str] | None = None  # now and then, at the end of a round: what the phone should hold
    epoch: str | None = None  # the history that it is a page of
    high: int = 0  # at the end of a round the phone has seen everything up to here
    run: Run | None = None


def read_page(
    session: Session,
    user: User,
    token: str | None,
    size: int,
    secret: str,
    at: datetime | None = None,
    repaired: bool = False,
    shelf: Shelf | None = None,
    now: Standing | None = None,
    patches: Patches | None = None,
) -> Page:
    """The next page for this user's phone, of about `size` entries: a page never ends inside a stamp. `session` must be one snapshot.

    With `at`, the last page of a round brings digests when the phone has not compared for an hour. One that says it is `repaired` has
    just compared: a fault in its version or in ours must not make it begin anew without end. `shelf` holds bodies that were made before,
    `now` where the feed stands in this snapshot, if that is known. With `patches`, bodies that the phone holds are not sent whole again.
    Raises Ahead when the phone has seen more than this database holds.
    """
    now = now or standing(session)
    cursor, reset = _opened(now, token, user, secret)
    if repaired and at is not None:
        cursor.checked = int(at.timestamp())
    shelf, entries = shelf or Shelf(), Entries()
    entries.add(_lost_scopes(session, cursor, user))
    page = Page(reset=reset, epoch=now.epoch)
    page.more, page.promote = _fill(session, cursor, entries, now, size, shelf)
    page.run, others = take_run(session, user, entries, now.epoch, shelf)
    page.changes = _changes(session, user, others, now.epoch, shelf, patches)
    if page.changes or page.run:  # a newer server beside this one makes other bodies, and is to see that these are not its own
        cursor.shape = min(cursor.shape, SHAPE)
    if at is not None and not page.more and at.timestamp() - cursor.checked >= digest.EVERY_SECONDS:
        page.digests, cursor.checked = digest.digests(session, cursor.scopes, now, shelf), int(at.timestamp())
    page.cursor, page.high = write_cursor(cursor, secret), cursor.high
    return page


def _opened(now: Standing, token: str | None, user: User, secret: str) -> tuple[Cursor, str | None]:
    """The phone's cursor, or a new one (everything from the beginning) with the reason."""
    cursor = read_cursor(token, user.id, secret) if token else None
    reset = None
    if token and cursor is None:
        reset = "cursor"
    elif cursor and not cursor.is_of_epoch(now.epoch):
        reset = "epoch"
    elif cursor and cursor.furthest() > now.head:
        raise Ahead(now.epoch)
    elif cursor and stands_below(cursor, now.floor):
        reset = "floor"
    elif cursor and cursor.shape < SHAPE:
        reset = "shape"
    scopes = scopes_of_user(user)
    if cursor is None or reset:
        return Cursor(now.epoch, user.id, now.head, dict.fromkeys(scopes, 0), scopes, floor=now.floor, shape=SHAPE), reset
    cursor.floor = now.floor
    cursor.behind.update({scope: 0 for scope in scopes if scope not in cursor.scopes})
    return cursor, None


def stands_below(cursor: Cursor, floor: int) -> bool:
    """Whether the phone may hold something of which it is forgotten that it left. At 0 it holds nothing yet."""
    return floor > cursor.floor and any(0 < position < floor for position in (cursor.high, *cursor.behind.values()))


def _lost_scopes(session: Session, cursor: Cursor, user: User) -> Stretch:
    """What the phone may hold from scopes that are no longer the user's: it goes, unless another scope still shows it."""
    now = scopes_of_user(user)
    gone: list[Entry] = []
    for scope in [scope for scope in cursor.scopes if scope not in now]:
        position = cursor.position(scope)
        entered = select(ScopeEntry).where(ScopeEntry.scope == scope, ScopeEntry.first_entered <= position)
        gone += [Entry(row.type, row.id, scope, present=False, known=True) for row in session.scalars(entered)]
        cursor.behind.pop(scope, None)
    cursor.scopes = now
    return Stretch(gone, 0)


def _fill(session: Session, cursor: Cursor, entries: Entries, now: Standing, size: int, shelf: Shelf) -> tuple[bool, bool]:
    """Read into `entries` and move the cursor: first the scopes that lie behind, one a page, then all. Gives (more, promote)."""
    top = now.head
    for scope in sorted(cursor.behind, key=_drain_rank):
        after = cursor.behind[scope]
        stretch = kept_stretch(session, scope, after, size, now, shelf, read=_behind)
        entries.add(stretch)
        if len(stretch.entries) >= size:
            cursor.behind[scope] = stretch.last
            return True, False
        del cursor.behind[scope]
        cursor.ahead[scope] = top  # what entered it since `high` is on the phone now: when it leaves, that must be said
        if stretch.entries and cursor.behind:
            return True, True
    room = size - len(entries)
    if room <= 0:
        return True, False
    rows = _rows(session, cursor.scopes, cursor.high, room)
    entries.add(Stretch([_entry_of(row, cursor.position(row.scope)) for row in rows], 0))
    if len(rows) >= room:
        cursor.high = rows[-1].seq
        return True, False
    cursor.high, cursor.ahead = top, {}
    return False, True


def _behind(session: Session, scope: str, after: int, size: int) -> Stretch:
    rows = _rows(session, [scope], after, size)
    return Stretch([_entry_of(row, after) for row in rows], rows[-1].seq if rows else after)


def _rows(session: Session, scopes: list[str], after: int, limit: int) -> list[Row]:
    """The next rows of these scopes; all of the last stamp, so that a record that moved in two scopes at once stays together."""
    connection = session.connection()
    rows = connection.execute(AFTER, {"scopes": scopes, "after": after, "limit": limit}).all()
    if len(rows) < limit or len(scopes) == 1:
        return rows
    last = rows[-1].seq
    return [row for row in rows if row.seq < last] + connection.execute(AT, {"scopes": scopes, "at": last}).all()


def _entry_of(row: Row, position: int) -> Entry:
    return Entry(row.type, row.id, row.scope, row.present, row.first_entered <= position, row.rev)


def _drain_rank(scope: str) -> int:
    return DRAIN_ORDER.index(scope.split(":")[0])


def _changes(session: Session, user: User, entries: Iterable[Entry], epoch: str, shelf: Shelf, patches: Patches | None) -> list[dict]:
    """Each record once: its body where the user may see it now, else a drop, unless the phone has never had it."""
    by_record: dict[RecordKey, list[Entry]] = {}
    for entry in entries:
        by_record.setdefault((entry.type, entry.id), []).append(entry)
    revision = _revisions(session, by_record)
    seen = bodies(session, user, revision, epoch, shelf)
    changes = []
    for (kind, id), found in by_record.items():
        if (kind, id) in seen:
            scopes = sorted({entry.scope for entry in found if entry.present})
            put = {"op": "put", "type": kind, "id": id, "rev": revision[kind, id], "scopes": scopes}
            body = seen[kind, id]
            changes.append(patches.change(put, body) if patches else {**put, "body": orjson.Fragment(body)})
        elif any(entry.known for entry in found):
            changes.append({"op": "drop", "type": kind, "id": id})
    return changes


def _revisions(session: Session, by_record: dict[RecordKey, list[Entry]]) -> dict[RecordKey, int]:
    """The revision of each record. A record has it in every scope that it is in; one that it has left keeps an old one."""
    known = {key: max((entry.rev for entry in found if entry.present), default=0) for key, found in by_record.items()}
    left = [key for key, revision in known.items() if not revision]
    return known | revisions(session, left) if left else known
