"""What every record's view can do."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from server.store.users import User

PARTS = 400


class View(ABC):
    """Loads rows of one record type and makes their bodies for one user."""

    table: type
    lasts = True  # whether a body is the same for as long as its revision is, and worth keeping
    alike = False  # whether there are many of them, each shown alike to all who may see it (sync/runs.py)

    def __init__(self, session: Session, user: User):
        self.session, self.user = session, user

    def load(self, ids: list[str]) -> list:
        """The rows with these ids, with everything their bodies need."""
        rows = []
        for start in range(0, len(ids), PARTS):
            rows += self.session.scalars(rows_of(self.table), {"ids": ids[start : start + PARTS]})
        return rows

    @classmethod
    def facts(cls, row) -> object:
        """What the gate (`may_see`) and `side` ask of a row. What is kept must be small: not the row with all that hangs on it."""
        return row if not cls.lasts else None

    def side(self, facts) -> object:
        """Which of the bodies of this record the user is shown: they are the same for all who are on the same side."""
        return None

    def holds_people(self, facts) -> bool:
        """Whether the user has custody of somebody this record is about."""
        return False

    @abstractmethod
    def body(self, row) -> dict:
        """What this user's phone may know of the row."""

    def by_id(self, table: type, ids: Iterable[str | None]) -> dict:
        """Rows that bodies point at, by id. What this transaction has read already is at hand."""
        wanted, found = [], {}
        for id in sorted({id for id in ids if id}):
            row = self.session.identity_map.get(identity_key(table, id))
            if row is None or inspect(row).expired_attributes:
                wanted.append(id)
            else:
                found[id] = row
        for start in range(0, len(wanted), PARTS):
            part = {"ids": wanted[start : start + PARTS]}
            found.update({row.id: row for row in self.session.scalars(rows_of(table), part)})
        return found


@cache
def rows_of(table: type) -> Select:
    """The query for the rows with these `ids`. Built once: to build a statement costs as much as to ask it."""
    return select(table).where(table.id.in_(bindparam("ids", expanding=True)))


def iso(moment: datetime | date | None) -> str | None:
    """A moment or a day on the wire."""
    return moment and moment.isoformat()
