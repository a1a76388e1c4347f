"""What came in and went out, by site and day; rooms ready now; and whom the partner cities have taken over."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.change_log import Operation
from server.store.lists.site_days import STOOD
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.site_days import SiteDay
from server.store.sites import TAKES_NEW_PEOPLE, Site

PARTNER = "partner_city"


def sites_by_place(session: Session, within: Within) -> list:
    """(Site, Area) of the sites within reach, the units' before the partner cities', in the order in which they are shown."""
    query = select(Site, Area).join(Area, Area.id == Site.area_id).where(within.places())
    return session.execute(query.order_by(Area.kind == PARTNER, Area.short, Site.name)).all()


def flows(
    session: Session, within: Within, bounds: Sequence[datetime], days: Sequence[date] = ()
) -> dict[tuple[str, int], tuple[int, int]]:
    """{(site, place of the period): (people who came, people who left)}; a period lies between each two of these moments.

    `days` names the first periods that are local days which are over: of those that were kept at midnight (`site_day`) the rows are
    read, in place of every stay. What a phone brings later for such a day is in its row from the next midnight on.
    """
    counted, settled = _kept(session, within, days)
    live = bounds[settled:]
    for side, column in enumerate((Stay.checked_in_at, Stay.ended_at)):
        period = _period(column, live)
        query = select(Stay.site_id, period, func.count()).join(Site, Site.id == Stay.site_id).where(within.places())
        query = query.where(column >= live[0], column < live[-1], STOOD).group_by(Stay.site_id, period)
        for site, number, people in session.execute(query):
            counted.setdefault((site, settled + number), [0, 0])[side] = people
    return {key: (came, left) for key, (came, left) in counted.items()}


def _kept(session: Session, within: Within, days: Sequence[date]) -> tuple[dict[tuple[str, int], list[int]], int]:
    """The same from the rows of days, and how many of the first days have rows."""
    query = select(SiteDay.day, SiteDay.site_id, SiteDay.check_ins, SiteDay.check_outs).join(Site, Site.id == SiteDay.site_id)
    rows = session.execute(query.where(SiteDay.day.in_(days), within.places())).all() if days else []
    known = {row.day for row in rows}
    settled = next((number for number, day in enumerate(days) if day not in known), len(days))
    numbers = {day: number for number, day in enumerate(days[:settled])}
    counted = {(row.site_id, numbers[row.day]): [row.check_ins, row.check_outs] for row in rows if row.day in numbers}
    return counted, settled


def _period(column, bounds: Sequence[datetime]) -> ColumnElement[int]:
    return case(*((column < bound, number) for number, bound in enumerate(bounds[1:])), else_=len(bounds)).label("period")


def ready_rooms(session: Session, within: Within) -> dict[str, int]:
    """{site: rooms ready}, of sites that take people now. Counted in the index of rooms alone."""
    ready = select(Room.site_id, func.count().label("rooms")).where(Room.state == "ready").group_by(Room.site_id).subquery()
    query = select(ready.c.site_id, ready.c.rooms).join(Site, Site.id == ready.c.site_id)
    return dict(session.execute(query.where(TAKES_NEW_PEOPLE, within.places())).all())


def register_began(session: Session) -> datetime | None:
    """Since when this register runs: who left before that is not in it, so no balance is told of earlier days."""
    return session.scalar(select(func.min(Operation.received_at)))


def taken_over(session: Session, within: Within, since: datetime) -> dict[tuple[str, str], int]:
    """{(partner city, category): people of other areas received at its sites since then} (S0-33)."""
    of_partners = select(Site.id).join(Area, Area.id == Site.area_id).where(Area.kind == PARTNER, within.places())
    sites = list(session.scalars(of_partners))  # few: their stays are found by site, not all of the time looked through
    query = (
        select(Site.area_id, Stay.category, func.count(Stay.person_id.distinct()))
        .join(Site, Site.id == Stay.site_id)
        .join(Person, Person.id == Stay.person_id)
        .where(Stay.site_id.in_(sites), Stay.checked_in_at >= since, Person.responsible_area_id != Site.area_id)
        .group_by(Site.area_id, Stay.category)
    )
    return {(area, category): people for area, category, people in session.execute(query)}
