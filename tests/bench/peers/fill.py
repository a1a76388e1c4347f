"""More records than a town has: rooms of other sites, each in the feed and with the operation that made it, straight into the tables.

Only for the question whether a steady day slows down when the register is large; through the doors a million would take an hour.
"""

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import func, insert, select

from server.domain.acts import new_id
from server.store.change_log import Operation, ScopeEntry, take_stamps
from server.store.database import db, transaction
from server.store.rooms import Room

AT_ONCE = 5_000
A_SITE_HAS = 1_000


def fill_up(world, records: int) -> None:
    """Until the feed has so many records."""
    missing = records - db.session.scalar(select(func.count()).select_from(select(ScopeEntry.type, ScopeEntry.id).distinct().subquery()))
    if missing <= 0:
        return
    codes = [f"FILL{n}" for n in range(missing // A_SITE_HAS + 1)]
    known = {"kind": "hotel", "area": "绿园", "state": "open", "accepts": ["close_contact"]}
    sites = world.all("save_site", [{"code": code, "name": f"远方{code}", **known} for code in codes])
    for start in range(0, missing, AT_ONCE):
        with transaction() as session:
            numbers = range(start, min(start + AT_ONCE, missing))
            first = take_stamps(session, len(numbers)) - start
            rooms = [
                {"id": new_id(), "site_id": sites[n // A_SITE_HAS], "state": "ready", "since": world.clock.now(), **a_room(n)}
                for n in numbers
            ]
            connection = session.connection()
            connection.execute(insert(Room.__table__), rooms)
            connection.execute(insert(ScopeEntry.__table__), list(entries(rooms, first + start)))
            connection.execute(insert(Operation.__table__), list(operations(rooms, first + start, world.clock.now())))


def entries(rooms: list[dict], first: int) -> Iterator[dict]:
    for stamp, room in enumerate(rooms, first):
        place = {"scope": f"site:{room['site_id']}", "type": "room", "id": room["id"]}
        yield {**place, "seq": stamp, "rev": stamp, "first_entered": stamp, "present": True}


def operations(rooms: list[dict], first: int, at) -> Iterator[dict]:
    for stamp, room in enumerate(rooms, first):
        body = json.dumps({"type": "save_room", "args": {"site": room["site_id"], "number": room["number"], "kind": room["kind"]}})
        said = {"body": body, "hash": hashlib.sha256(body.encode()).hexdigest(), "received_at": at, "happened_at": at}
        yield {"id": new_id(), "door": "import", "type": "save_room", "target": room["id"], **said, "verdict": "applied", "stamp": stamp}


def a_room(n: int) -> dict:
    return {"building": "主楼", "floor": str(n // 50), "number": f"{n:04}", "kind": "single"}
