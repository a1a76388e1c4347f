"""Newly freed rooms go to some areas first (S0-10): while people of these areas wait, others get only what is left.

A setting, empty unless somebody sets it. It speaks when rooms are planned, never when people arrive: a coach with people aboard is
received anywhere. A desk may pass it for one transfer, by name and with a reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.domain.acts import Act
from server.domain.assumptions import set_plan
from server.domain.categories import CLASSES
from server.domain.people import WAITING
from server.problems import Refused
from server.store.areas import Area
from server.store.people import Person
from server.store.planning import plan_setting
from server.store.rooms import Room
from server.store.sites import Site
from server.store.transfers import Line

HOURS_MAX = 168


@dataclass(frozen=True)
class FreedRoomsFirst:
    """The areas of origin that come first, and for how long a room counts as newly freed."""

    areas: tuple[str, ...] = ()
    hours: int = 24
    by_name: str | None = None
    set_at: datetime | None = None


def freed_rooms_first(session: Session) -> FreedRoomsFirst:
    """The rule as it stands; without areas there is none."""
    row = plan_setting(session, "freed_rooms_first")
    return FreedRoomsFirst(tuple(row.value["areas"]), row.value["hours"], row.by_name, row.set_at) if row else FreedRoomsFirst()


def save_freed_rooms_first(act: Act, *, areas: list[str], hours: int = 24) -> None:
    """Set whom newly freed rooms go to first; no area ends the rule. Refuses: area.unknown, request.unreadable (hours)."""
    known = set(act.work.session.scalars(select(Area.id).where(Area.id.in_(areas))))
    for area in areas:
        if area not in known:
            raise Refused("area.unknown", name=area)
    if not 1 <= hours <= HOURS_MAX:
        raise Refused("request.unreadable")
    set_plan(act, "freed_rooms_first", {"areas": sorted(known), "hours": hours})


def in_their_turn(act: Act, site: Site, ready: list[Room], people: list[Person]) -> tuple[list[Room], list[Room]]:
    """(rooms these people may have, in the order in which they are given; rooms kept for people who come first).

    People of the first areas get the newly freed ones first. Others get those last, and of them no more than are left when everybody
    of the first areas who waits for such a room has one.
    """
    rule = freed_rooms_first(act.work.session)
    if not rule.areas:
        return ready, []
    freed = [room for room in ready if _newly_freed(room, act.at - timedelta(hours=rule.hours))]
    others = [room for room in ready if room not in freed]
    if all(person.responsible_area_id in rule.areas for person in people):
        return freed + others, []
    kept = min(len(freed), _waiting_first(act, rule, site))
    return others + freed[kept:], freed[:kept]


def _newly_freed(room: Room, since: datetime) -> bool:
    """Made ready lately after somebody had left it; a room that was opened new is nobody's turnover."""
    return room.last_vacated_at is not None and room.last_ready_at is not None and room.last_ready_at >= since


def _waiting_first(act: Act, rule: FreedRoomsFirst, site: Site) -> int:
    """How many people of the first areas wait for a room that this site could give, without one held for them."""
    held = select(Line.person_id).where(Line.open, Line.room_id.is_not(None))
    accepted = set(site.accepts)
    classes = {CLASSES[category] for category in accepted if category in CLASSES} | ({"positive"} & accepted)
    wanted = [category for category, its_class in CLASSES.items() if category in accepted or its_class in classes or not accepted]
    query = select(func.count(Person.id)).where(Person.responsible_area_id.in_(rule.areas), Person.state.in_(WAITING))
    query = query.where(Person.category.in_(wanted), Person.merged_into.is_(None), Person.id.not_in(held))
    return act.work.session.scalar(query)
