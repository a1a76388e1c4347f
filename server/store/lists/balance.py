"""What came in and went out, by site and day; rooms ready now; and whom the partner cities have taken over."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.change_log import Operation
from server.store.kept_counts import SiteRooms
from server.store.lists.site_days import STOOD
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Stay
from server.store.site_days import SiteDay
from server.store.sites import TAKES_NEW_PEOPLE, Site

PARTNER = "partner_city"


IN_ORDER = (Area.kind == PARTNER, Area.short, Site.name)


def areas_with_sites(session: Session, within: Within) -> list[Area]:
    """The areas in which sites stand within reach, the units before the partner cities, in the order in which they are shown."""
    query = select(Area).where(Area.id.in_(select(Site.area_id).where(within.places())))
    return list(session.scalars(query.order_by(*IN_ORDER[:2])))


def sites_by_place(session: Session, within: Within, area: str | None = None) -> list:
    """(Site, Area) of the sites within reach, of all areas or of one, likewise."""
    query = select(Site, Area).join(Area, Area.id == Site.area_id).where(_there(within, area))
    return session.execute(query.order_by(*IN_ORDER)).all()


def flows(
    session: Session, within: Within, bounds: Sequence[datetime], days: Sequence[date] = (), by=Site.id, area: str | None = None
) -> dict[tuple[str, int], tuple[int, int]]:
    """{(site, place of the period): (people who came, people who left)}; a period lies between each two of these moments.

    `by` Site.area_id puts the sites of an area together; `area` asks for one area alone. `days` names the first periods that are local
    days which are over: of those that were kept at midnight (`site_day`) the rows are read, in place of every stay. What a phone brings
    later for such a day is in its row from the next midnight on.
    """
    kept = list(session.scalars(select(SiteDay.day).where(SiteDay.day.in_(days)).group_by(SiteDay.day))) if days else []
    settled = next((number for number, day in enumerate(days) if day not in kept), len(days))
    counted = _kept(session, days[:settled], by, _there(within, area))
    live = bounds[settled:]
    for side, column in enumerate((Stay.checked_in_at, Stay.ended_at)):
        period = _period(column, live)
        people = select(Stay.site_id, period, func.count().label("people")).where(column >= live[0], column < live[-1], STOOD)
        if area:
            people = people.where(Stay.site_id.in_(select(Site.id).where(_there(within, area))))
        people = people.group_by(Stay.site_id, *([period] if len(live) > 2 else [])).subquery()
        query = select(by, people.c.period, _sum(people.c.people)).join(Site, Site.id == people.c.site_id).where(_there(within, area))
        for place, number, many in session.execute(query.group_by(by, people.c.period)):
            counted.setdefault((place, settled + number), [0, 0])[side] = many
    return {key: (came, left) for key, (came, left) in counted.items()}


def _kept(session: Session, days: Sequence[date], by, there: ColumnElement[bool]) -> dict[tuple[str, int], list[int]]:
    """The same from the rows of days."""
    sums = (_sum(SiteDay.check_ins), _sum(SiteDay.check_outs))
    query = select(SiteDay.day, by, *sums).join(Site, Site.id == SiteDay.site_id).where(SiteDay.day.in_(days), there)
    numbers = {day: number for number, day in enumerate(days)}
    rows = session.execute(query.group_by(SiteDay.day, by)) if days else ()
    return {(place, numbers[day]): [came, left] for day, place, came, left in rows}


def _there(within: Within, area: str | None) -> ColumnElement[bool]:
    return and_(within.places(), Site.area_id == area) if area else within.places()


def _sum(column) -> ColumnElement[int]:
    return cast(func.sum(column), Integer)


def _period(column, bounds: Sequence[datetime]) -> ColumnElement[int]:
    if len(bounds) == 2:
        return literal_column("0").label("period")
    return case(*((column < bound, number) for number, bound in enumerate(bounds[1:])), else_=len(bounds)).label("period")


def ready_rooms(session: Session, within: Within, by=Site.id) -> dict[str, int]:
    """{site (or area, `by` Site.area_id): rooms ready}, of sites that take people now."""
    query = select(by, _sum(SiteRooms.rooms)).join(SiteRooms, SiteRooms.site_id == Site.id)
    return dict(session.execute(query.where(SiteRooms.state == "ready", TAKES_NEW_PEOPLE, within.places()).group_by(by)).all())


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
