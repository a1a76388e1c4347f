"""How a phone sees records: for each type, how its rows are loaded and what stands in its body. One file per noun."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from server.domain.visibility import may_see
from server.store.users import User
from sync.records import conflicts, places, rooms, transfers

VIEWS = {**transfers.VIEWS, **rooms.VIEWS, **conflicts.VIEWS, **places.VIEWS}

Key = tuple[str, str]


def bodies(session: Session, user: User, keys: Iterable[Key]) -> dict[Key, dict]:
    """The bodies of those of these records that the user may see now, by (type, id)."""
    wanted: dict[str, list[str]] = {}
    for kind, id in keys:
        wanted.setdefault(kind, []).append(id)
    found = {}
    for kind, ids in wanted.items():
        view = VIEWS[kind](session, user)
        for row in view.load(ids):
            if may_see(user, kind, row, view.holds_people(row)):
                found[kind, row.id] = view.body(row)
    return found
