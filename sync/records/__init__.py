"""How a phone sees records: for each type, how its rows are loaded and what stands in its body. One file per noun."""

from sqlalchemy.orm import Session

from server.domain.visibility import may_see
from server.store.change_log import RecordKey
from server.store.json_text import as_bytes
from server.store.transfers import Transfer
from server.store.users import User
from sync.records import conflicts, places, rooms, stays, transfers
from sync.records.kept import Shelf
from sync.records.view import View

SHAPE = 1  # of all bodies: counted up when one says something else than before. What phones hold they then fetch anew (PROTOCOL §3)
VIEWS = {**transfers.VIEWS, **rooms.VIEWS, **stays.VIEWS, **conflicts.VIEWS, **places.VIEWS}


def bodies(session: Session, user: User, revisions: dict[RecordKey, int], epoch: str, shelf: Shelf) -> dict[RecordKey, bytes]:
    """The bodies, as JSON, of those of these records that the user may see now. What is on the shelf at its revision is not made again."""
    shelf.epoch = epoch
    wanted: dict[str, list[str]] = {}
    for kind, id in revisions:
        wanted.setdefault(kind, []).append(id)
    found = {}
    for kind, ids in wanted.items():
        view = VIEWS[kind](session, user)
        missing = []
        for id in ids:
            kept = shelf.find((epoch, kind, id), revisions[kind, id]) if view.lasts else None
            if kept is None:
                missing.append(id)
            elif sees(view, kind, kept.facts):
                body = kept.body(view)
                if body is None:
                    missing.append(id)
                else:
                    found[kind, id] = body
        for row in view.load(missing):
            facts = view.facts(row)
            if sees(view, kind, facts):
                body = found[kind, row.id] = as_bytes(view.body(row))
                if view.lasts:
                    shelf.keep((epoch, kind, row.id), revisions[kind, row.id], facts, view.side(facts), body)
    return found


def keep_written(session: Session, rows: list[Transfer], stamps: dict[RecordKey, int], shelf: Shelf) -> None:
    """Keep the transfers that were committed a moment ago, for the phones that will ask for them now: they need not be read again."""
    if not rows or not shelf.epoch:
        return
    view = transfers.TransferView(session, None)
    view.look_around(rows)
    for part in {part for row in rows for part in view.parts(row)}:
        session.expunge(part)  # else the session would forget them, and whoever asks for a body would read them again
    for row in rows:
        shelf.keep_row((shelf.epoch, "transfer", row.id), stamps["transfer", row.id], view.facts(row), row, view)


def sees(view: View, kind: str, facts: object) -> bool:
    """The gate, asked for every body that is given away."""
    return may_see(view.user, kind, facts, view.holds_people(facts))
