"""Households: people who live behind one door."""

from collections.abc import Iterable

from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.store.people import Household


def household_at(act: Act, door: str) -> str:
    """The household behind this door, new if nobody of it is known."""
    known = act.work.known
    if ("door", door) not in known:
        load_households(act.work, [door])
    if known["door", door] is None:
        known["door", door] = act.add(Household(id=new_id(), door=door)).id
    return known["door", door]


def load_households(work, doors: Iterable[str]) -> None:
    """Look these doors up together, for a batch of people."""
    doors = sorted({door for door in doors if ("door", door) not in work.known})
    work.known.update({("door", door): None for door in doors})
    found = work.session.execute(select(Household.door, Household.id).where(Household.door.in_(doors)))
    work.known.update({("door", door): id for door, id in found})
