"""Whom newly freed rooms go to first, as pages say it."""

from dataclasses import dataclass

from server.domain.freed_rooms import FreedRoomsFirst, freed_rooms_first
from server.store.database import db
from server.store.lists.transfers import areas


@dataclass(frozen=True)
class ComesFirst:
    """The rule, and the names of its areas; no names where there is no rule."""

    rule: FreedRoomsFirst
    names: list[str]


def areas_that_come_first() -> ComesFirst:
    """The rule as it stands now."""
    rule = freed_rooms_first(db.session)
    return ComesFirst(rule, [area.short for area in areas(db.session) if area.id in rule.areas])
