"""Which scopes a record is in, and whether a user may see it. The scope index is for speed, `may_see` is the gate (PROTOCOL §3)."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from server.store.change_log import Operation, RecordKey
from server.store.conflicts import Conflict
from server.store.loading import Loaded
from server.store.rooms import Room, Stay
from server.store.transfers import Transfer
from server.store.users import User

REFERENCE = {"site_card", "hospital", "area", "contact", "setting"}
PHONE_ROLES_OF_SITES = {"receiver", "site_head"}
DRAIN_ORDER = ("driver", "author", "site", "ref")


def scopes_of_user(user: User) -> list[str]:
    """The scopes a user's phone reads, in the order in which they are drained."""
    scopes = [f"driver:{user.id}", f"author:{user.id}"]
    if user.role in PHONE_ROLES_OF_SITES and user.site_id:
        scopes.append(f"site:{user.site_id}")
    return [*scopes, "ref"]


def scopes_of(session: Session, loaded: Loaded, keys: Iterable[RecordKey], authors: dict[str, str | None]) -> dict[RecordKey, set[str]]:
    """Where each of these records is to be seen from now on. `authors` gives the author of each operation, for receipts."""
    found: dict[RecordKey, set[str]] = {}
    others: dict[str, list[str]] = {}
    receipts: list[str] = []
    for kind, id in keys:
        if kind == "transfer":
            found[kind, id] = scopes_of_transfer(loaded.transfer(id), loaded)
        elif kind == "receipt":
            receipts.append(id)
        elif kind in REFERENCE:
            found[kind, id] = {"ref"}
        else:
            others.setdefault(kind, []).append(id)
    for kind, ids in others.items():
        table, scopes = _SCOPES[kind]
        found.update({(kind, row.id): scopes(row) for row in _rows(session, table, ids)})
    authors = {**_authors_before(session, [id for id in receipts if id not in authors]), **authors}
    found.update({("receipt", id): {f"author:{authors[id]}"} for id in receipts})
    return found


def _rows(session: Session, table: type, ids: list[str]) -> Iterator[Room | Stay | Conflict]:
    """These rows, most of which were written a moment ago and are at hand."""
    known = {id: session.identity_map.get(identity_key(table, id)) for id in ids}
    yield from (row for row in known.values() if row)
    unknown = [id for id, row in known.items() if row is None]
    for start in range(0, len(unknown), 400):
        yield from session.scalars(select(table).where(table.id.in_(unknown[start : start + 400])))


def _authors_before(session: Session, operations: list[str]) -> dict[str, str]:
    """Who made these operations of earlier days, whose receipts move on now."""
    found: dict[str, str] = {}
    for start in range(0, len(operations), 400):
        of_these = Operation.id.in_(operations[start : start + 400])
        found.update(session.execute(select(Operation.id, Operation.author_id).where(of_these)).all())
    return found


def scopes_of_transfer(transfer: Transfer, loaded: Loaded) -> set[str]:
    """Its crew, whoever holds one of its people, and the sites at both ends, until it has left them."""
    holders = {
        custody.holder_id
        for line in transfer.lines
        if (custody := loaded.custody(line.person_id)) and custody.holder == "crew" and custody.transfer_id == transfer.id
    }
    scopes = {f"driver:{user}" for user in holders}
    if transfer.crew_sees:
        scopes |= {f"driver:{member.user_id}" for member in transfer.crew if member.to_at is None}
    if transfer.site_sees:
        scopes |= {f"site:{site}" for site in (transfer.site_id, transfer.origin_site_id) if site}
    return scopes


def may_see(user: User, kind: str, row, holds_people: bool = False) -> bool:
    """Whether this user's phone may be given this record's body. `holds_people`: the user has custody of someone on the transfer."""
    if kind in REFERENCE:
        return True
    at_site = user.role in PHONE_ROLES_OF_SITES and user.site_id is not None
    if kind == "transfer":
        in_crew = row.crew_sees and any(member.user_id == user.id and member.to_at is None for member in row.crew)
        of_site = at_site and row.site_sees and user.site_id in (row.site_id, row.origin_site_id)
        return holds_people or in_crew or of_site
    if kind == "room":
        return at_site and row.site_id == user.site_id
    if kind == "stay":
        return at_site and row.site_id == user.site_id and row.on_phones
    if kind == "conflict":
        return row.on_phones and (row.author_id == user.id or (at_site and row.site_id == user.site_id))
    return kind == "receipt" and row.author_id == user.id


_SCOPES = {
    "room": (Room, lambda room: {f"site:{room.site_id}"}),
    "stay": (Stay, lambda stay: {f"site:{stay.site_id}"} if stay.site_id and stay.on_phones else set()),
    "conflict": (
        Conflict,
        lambda item: {
            *([f"author:{item.author_id}"] if item.author_id and item.on_phones else []),
            *([f"site:{item.site_id}"] if item.site_id and item.on_phones else []),
        },
    ),
}
