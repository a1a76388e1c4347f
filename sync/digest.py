"""What a phone should hold, in a few bytes: now and then it compares, and fetches anew what it lost without a trace (PROTOCOL §3, F14)."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from server.store.change_log import ScopeEntry

EVERY_SECONDS = 3600
HEX = 16


_entry = ScopeEntry.__table__.c
HELD = select(_entry.type, _entry.id, _entry.rev).where(_entry.scope.in_(bindparam("scopes", expanding=True)), _entry.present)


def digests(session: Session, scopes: list[str]) -> dict[str, str]:
    """{record type: digest of the ids and revisions of all that these scopes hold}, from the index alone."""
    # A record that several of them hold has the same revision in each, so it gives the same line.
    lines = defaultdict(set)
    for kind, id, rev in session.connection().execute(HELD, {"scopes": scopes}).all():
        lines[kind].add(f"{id} {rev}\n")
    return {kind: digest_of(found) for kind, found in lines.items()}


def digest_of(lines: Iterable[str]) -> str:
    """Of one type: SHA-256 of its lines in order, cut."""
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()[:HEX]
