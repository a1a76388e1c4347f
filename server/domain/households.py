"""Households: people who live behind one door."""

import re
from collections.abc import Iterable

from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.store.people import Household


def door_key(compound: str | None, building: str | None, unit: str | None, room: str | None) -> str:
    """One comparable text for a door, however its compound was written; empty when nothing of it is known."""
    parts = (re.sub(r"[\s·.,，。、()（）-]+", "", compound or ""), building or "", unit or "", room or "")
    return "|".join(parts).casefold() if any(parts) else ""


def door_of(area_id: str | None, compound: str | None, building: str | None, unit: str | None, room: str | None) -> str | None:
    """What makes a household: the door in its area, when it is known down to the room."""
    return f"{area_id or ''}|{door_key(compound, building, unit, room)}"[:160] if room and (compound or building) else None


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
