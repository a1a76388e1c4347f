"""How much of the register the signed-in person's permission reaches, in the form that the named queries take."""

from server.access import staff
from server.domain.people_reach import within_of
from server.domain.permissions import extent
from server.problems import Refused
from server.store.database import db
from server.store.lists.within import Within


def within(*permissions: str) -> Within:
    """The part that the widest of these permissions reaches; nothing when the person has none of them."""
    return within_of(db.session, staff(), *permissions)


def sees_doors() -> bool:
    """Whether these pages show where people live. Crews and sites have it on their phones, at the door and no longer."""
    return extent(staff().role, "people.read") not in ("own", "site")


def found_or_refuse(row, code: str):
    """The row, or the one refusal that an unknown row and a row out of reach share."""
    if row is None:
        raise Refused(code)
    return row
