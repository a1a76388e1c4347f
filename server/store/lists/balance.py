"""What came in and went out, by site and day; rooms ready now; and whom the partner cities have taken over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.change_log import Operation
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import Site

PARTNER = "partner_city"


def sites_by_place(session: Session, within: Within) -> list:
    """(Site, Area) of the sites within reach, the units' before the partner cities', in the order in which they are shown."""
    query = select(Site, Area).join(Area, Area.id == Site.area_id).where(within.places())
    return session.execute(query.order_by(Area.kind == PARTNER, Area.short, Site.name)).all()


def flows(session: Session, within: Within, bounds: Sequence[datetime]) -> dict[tuple[str, int], tuple[int, int]]:
    """{(site, place of the period): (people who came, people who left)}; a period lies between each two of these moments."""
    counted: dict[tuple[str, int], list[int]] = {}
    for side, column in enumerate((Stay.checked_in_at, Stay.ended_at)):
        period = _period(column, bounds)
        query = select(Stay.site_id, period, func.count()).join(Site, Site.id == Stay.site_id).where(within.places())
        query = query.where(column >= bounds[0], column < bounds[-1]).group_by(Stay.site_id, period)
        for site, number, people in session.execute(query):
            counted.setdefault((site, number), [0, 0])[side] = people
    return {key: (came, left) for key, (came, left) in counted.items()}


def _period(column, bounds: Sequence[datetime]) -> ColumnElement[int]:
    return case(*((column < bound, number) for number, bound in enumerate(bounds[1:])), else_=len(bounds)).label("period")


def ready_rooms(session: Session, within: Within) -> dict[str, int]:
    """{site: rooms ready}, of sites that take people now."""
    query = select(Room.site_id, func.count()).join(Site, Site.id == Room.site_id)
    query = query.where(Room.state == "ready", Site.state == "open", within.places())
    return dict(session.execute(query.group_by(Room.site_id)).all())


def register_began(session: Session) -> datetime | None:
    """Since when this register runs: who left before that is not in it, so no balance is told of earlier days."""
    return session.scalar(select(func.min(Operation.received_at)))


def taken_over(session: Session, within: Within, since: datetime) -> dict[tuple[str, str], int]:
    """{(partner city, category): people of other areas received at its sites since then} (S0-33)."""
    query = (
        select(Site.area_id, Stay.category, func.count(Stay.person_id.distinct()))
        .join(Site, Site.id == Stay.site_id)
        .join(Area, Area.id == Site.area_id)
        .join(Person, Person.id == Stay.person_id)
        .where(Area.kind == PARTNER, Stay.checked_in_at >= since, within.places())
        .where(Person.responsible_area_id != Site.area_id)
        .group_by(Site.area_id, Stay.category)
    )
    return {(area, category): people for area, category, people in session.execute(query)}
