"""What a phone should hold, in a few bytes: now and then it compares, and fetches anew what it lost without a trace (PROTOCOL §3, F14)."""

import hashlib
from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.store.change_log import ScopeEntry

EVERY_SECONDS = 3600
HEX = 16


def digests(session: Session, scopes: list[str]) -> dict[str, str]:
    """{record type: digest of the ids and revisions of all that these scopes hold}, from the index alone."""
    held = select(ScopeEntry.type, ScopeEntry.id, func.max(ScopeEntry.rev)).where(ScopeEntry.scope.in_(scopes), ScopeEntry.present)
    lines = defaultdict(list)
    for kind, id, rev in session.execute(held.group_by(ScopeEntry.type, ScopeEntry.id)):
        lines[kind].append(f"{id} {rev}\n")
    return {kind: digest_of(found) for kind, found in lines.items()}


def digest_of(lines: list[str]) -> str:
    """Of one type: SHA-256 of its lines in order, cut."""
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()[:HEX]
