"""What the tests of the agreement say about a town: transfers, what a user may see, what the log holds."""

import json
from collections.abc import Iterable

from sqlalchemy import select

from server.domain.visibility import may_see
from server.store.change_log import Delivery, Operation, RecordKey, ScopeEntry
from server.store.database import db, snapshot
from server.store.loading import whole_transfer
from server.store.transfers import Line, Transfer
from server.store.users import User
from sync.records import VIEWS, bodies
from sync.records.kept import Shelf

IDENTITY = ["id_card", "face"]


VERIFIED = {
    "identity": IDENTITY, "sources_agree": True, "address_read_back": True, "told": True, "agrees": "agrees", "needs": [],
    "stays_behind": {"answer": "nobody", "who": None, "carer_name": None, "carer_phone": None, "desk_name": None},
    "whereabouts": "home", "phone_works": True, "temperature": 36.5, "symptoms": [], "medicine_days": None,
    "pets": {"answer": "none", "who": None}, "whereabouts_note": None, "note": None,
}  # fmt: skip


def a_transfer(world, people: int = 2, driver: str = "driver1", escort: str | None = None, verified: bool = True, **more) -> str:
    """A transfer of these many people to S1 with this crew. They were verified by telephone, so that boarding passes no gate."""
    listed = [world.person(f"住户{n}") for n in range(people)]
    crew = {"driver": world.users[driver], "escort": world.users[escort] if escort else None}
    goal = {"kind": "site", "id": world.site}
    transfer = world.do("make_transfer", by="dispatcher", kind="outbound", people=listed, destination=goal, **crew, **more)
    for line in lines_of(transfer) if verified else []:
        world.do("verify_person", transfer, by="dispatcher", line=line, **VERIFIED)
    return transfer


def lines_of(transfer: str) -> list[str]:
    """The ids of a transfer's lines, in order."""
    return list(db.session.scalars(select(Line.id).where(Line.transfer_id == transfer).order_by(Line.position)))


def a_whole_transfer(transfer: str) -> Transfer:
    return db.session.scalar(select(Transfer).where(Transfer.id == transfer).options(*whole_transfer()))


def what_may_be_seen(username: str, world, among: Iterable[RecordKey] | None = None) -> dict[RecordKey, dict]:
    """Every body this user may see now (of these records, or of all), found slowly: each is asked one by one, without the feed."""
    with snapshot() as session:
        user = session.get(User, world.users[username])
        found = {}
        for kind, View in VIEWS.items():
            view = View(session, user)
            ids = all_ids(session, kind, view) if among is None else [id for type, id in among if type == kind]
            for row in view.load(ids):
                if may_see(user, kind, row, view.holds_people(row)):
                    found[kind, row.id] = view.body(row)
    return found


def bodies_for(session, user: User, *keys: RecordKey) -> dict[RecordKey, dict]:
    """The bodies of these records as the user's phone would be given them, made anew."""
    made = bodies(session, user, dict.fromkeys(keys, 0), "", Shelf())
    return {key: json.loads(body) for key, body in made.items()}


def all_ids(session, kind: str, view) -> list[str]:
    """Of receipts only those there are: every operation could have one."""
    if kind == "receipt":
        return list(session.scalars(select(ScopeEntry.id).where(ScopeEntry.type == "receipt").distinct()))
    return list(session.scalars(select(view.table.id)))


def logged(*ids: str) -> list[Operation]:
    """The log's rows with these ids, or all of the phones."""
    rows = select(Operation).order_by(Operation.received_at, Operation.id)
    rows = rows.where(Operation.id.in_(ids)) if ids else rows.where(Operation.door == "phone")
    return list(db.session.scalars(rows))


def numbers_of(device: str) -> list[int]:
    """The numbers that came from a device, as the server keeps them."""
    return list(db.session.scalars(select(Delivery.seq).where(Delivery.device_id == device).order_by(Delivery.seq)))
