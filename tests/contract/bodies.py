"""What bodies say: the names in every body of the demo, beside the shape that they were frozen with.

A name that is not frozen is news to phones that hold the body already. Count `SHAPE` in sync/records up, then run
`python -m tests.contract.bodies`: it writes bodies.json.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from server.demo.filling import fill_demo
from server.domain.visibility import scopes_of_user
from server.store.change_log import ScopeEntry
from server.store.database import db
from server.store.users import User
from sync.records import SHAPE, VIEWS
from tests.demo.conftest import running_demo

FROZEN = Path(__file__).resolve().parent / "bodies.json"
PHONE_ROLES = ("driver", "escort", "receiver", "site_head")
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def names() -> set[str]:
    """Of every body of this database that some phone may hold: `transfer.lines[].room.number`; a name that is an id is `*`."""
    found: set[str] = set()
    for user in db.session.scalars(select(User).where(User.role.in_(PHONE_ROLES))):
        entries = select(ScopeEntry.type, ScopeEntry.id).where(ScopeEntry.scope.in_(scopes_of_user(user)), ScopeEntry.present)
        held: dict[str, set[str]] = {}
        for kind, id in db.session.execute(entries):
            held.setdefault(kind, set()).add(id)
        for kind, ids in held.items():
            view = VIEWS[kind](db.session, user)
            for row in view.load(sorted(ids)):
                found.update(names_in(view.body(row), kind))
    return found


def names_in(value: object, at: str) -> Iterator[str]:
    """The way to each value inside."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from names_in(inner, f"{at}.{'*' if AN_ID.fullmatch(name) else name}")
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner, f"{at}[]")
    else:
        yield at


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)):
        fill_demo()
        FROZEN.write_text(json.dumps({"shape": SHAPE, "names": sorted(names())}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
