"""What a phone should hold, in a few bytes: now and then it compares, and fetches anew what it lost without a trace (PROTOCOL §3, F14)."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from server.store.change_log import ScopeEntry, Standing
from sync.records.kept import Shelf
from sync.stretches import is_shared, state_of
from sync.sums import sum_of

EVERY_SECONDS = 3600
BYTES_OF_A_LINE = 120


_entry = ScopeEntry.__table__.c
HELD = select(_entry.type, _entry.id, _entry.rev).where(_entry.scope.in_(bindparam("scopes", expanding=True)), _entry.present)

Held = dict[str, tuple[frozenset[str], str]]  # of each record type: the lines, and their digest


def digests(session: Session, scopes: list[str], now: Standing, shelf: Shelf) -> dict[str, str]:
    """{record type: digest of the ids and revisions of all that these scopes hold}, from the index alone.

    What a scope holds that many phones read is put in order once for all of them.
    """
    own = [scope for scope in scopes if not is_shared(scope)]
    held = [_read(session, own), *(_kept(session, scope, now, shelf) for scope in scopes if is_shared(scope))]
    kinds = {kind: [part[kind] for part in held if kind in part] for kind in sorted({*chain(*held)})}
    return {
        kind: found[0][1] if len(found) == 1 else digest_of(chain(*(lines for lines, _digest in found))) for kind, found in kinds.items()
    }


def _kept(session: Session, scope: str, now: Standing, shelf: Shelf) -> Held:
    key = ("held", *state_of(session, scope, now))
    held = shelf.get(key)
    if held is None:
        held = _read(session, [scope])
        shelf.put(key, held, BYTES_OF_A_LINE * sum(len(lines) for lines, _digest in held.values()))
    return held


def _read(session: Session, scopes: list[str]) -> Held:
    lines = defaultdict(set)
    for kind, id, rev in session.connection().execute(HELD, {"scopes": scopes}).all():
        lines[kind].add(f"{id} {rev}\n")
    return {kind: (frozenset(found), digest_of(found)) for kind, found in lines.items()}


def digest_of(lines: Iterable[str]) -> str:
    """Of one type: the sum of its lines in order, each once. A record that several scopes hold has one revision, so one line."""
    return sum_of("".join(sorted(set(lines))).encode())
