"""What every record's view can do."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.users import User

PARTS = 400


class View(ABC):
    """Loads rows of one record type and makes their bodies for one user."""

    table: type

    def __init__(self, session: Session, user: User):
        self.session, self.user = session, user

    def load(self, ids: list[str]) -> list:
        """The rows with these ids, with everything their bodies need."""
        rows = []
        for start in range(0, len(ids), PARTS):
            rows += self.session.scalars(self.query(ids[start : start + PARTS]))
        return rows

    def query(self, ids: list[str]):
        return select(self.table).where(self.table.id.in_(ids))

    def holds_people(self, row) -> bool:
        """Whether the user has custody of somebody this record is about."""
        return False

    @abstractmethod
    def body(self, row) -> dict:
        """What this user's phone may know of the row."""

    def by_id(self, table: type, ids: Iterable[str | None]) -> dict:
        """Rows that bodies point at, by id."""
        wanted = sorted({id for id in ids if id})
        found = {}
        for start in range(0, len(wanted), PARTS):
            part = select(table).where(table.id.in_(wanted[start : start + PARTS]))
            found.update({row.id: row for row in self.session.scalars(part)})
        return found


def iso(moment: datetime | date | None) -> str | None:
    """A moment or a day on the wire."""
    return moment and moment.isoformat()
