"""What the register knows of the hours to come: rooms in turnover, stays that end, people who wait or are on their way, people found."""

from datetime import date, datetime

from sqlalchemy import and_, case, extract, func, or_, select
from sqlalchemy.orm import Session

from server.store.imports import ImportFile, ImportRow
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import TAKES_NEW_PEOPLE, Site
from server.store.transfers import Line, Transfer
from server.store.turnovers import Turnover


def turning(session: Session, state: str, since: datetime | None, before: datetime | None) -> list[tuple[str, int]]:
    """(site, rooms) of those that came into this state in a time, at sites that still take people. Counted in the index of rooms alone."""
    query = select(Room.site_id, func.count().label("rooms")).where(Room.state == state)
    if since:
        query = query.where(Room.since >= since)
    if before:
        query = query.where(Room.since < before)
    counted = query.group_by(Room.site_id).subquery()
    still = select(counted.c.site_id, counted.c.rooms).join(Site, Site.id == counted.c.site_id)
    return [tuple(row) for row in session.execute(still.where(Site.state.in_(("open", "paused"))))]


def ready(session: Session) -> dict[str, int]:
    """{site: rooms ready}, of sites that take people now. Likewise."""
    counted = select(Room.site_id, func.count().label("rooms")).where(Room.state == "ready").group_by(Room.site_id).subquery()
    query = select(counted.c.site_id, counted.c.rooms).join(Site, Site.id == counted.c.site_id).where(TAKES_NEW_PEOPLE)
    return dict(session.execute(query).all())


def leaving(session: Session, until: date) -> list[tuple[str, date, int]]:
    """(site, day on which isolation ends, rooms that become free) of those still staying, up to a day: one room each, shared or not."""
    query = select(Stay.site_id, Stay.due_on, func.count()).where(Stay.ended_at.is_(None), Stay.due_on <= until, Stay.place == 1)
    return [tuple(row) for row in session.execute(query.where(Stay.site_id.is_not(None)).group_by(Stay.site_id, Stay.due_on))]


def left_without_a_day(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    """{site: rooms left between two moments by people whose isolation had no last day} (released by tests: positives)."""
    query = select(Stay.site_id, func.count()).where(Stay.ended_at >= since, Stay.ended_at < until, Stay.due_on.is_(None))
    query = query.where(Stay.site_id.is_not(None), Stay.released_at.is_not(None), Stay.place == 1)
    return dict(session.execute(query.group_by(Stay.site_id)).all())


def waiting(session: Session, within: Within, states: tuple[str, ...], midnight: datetime) -> list[tuple]:
    """(area, category, people found before the local day began, people found since) of those who wait for a room.

    Held rows of a list are waiting people. Who has a room held, or goes where no room is registered, needs none: `expected` counts them.
    """
    provided = select(Line.person_id).join(Transfer, Transfer.id == Line.transfer_id).where(Line.open, _is_provided())
    before = func.count(case((Person.waits_from < midnight, 1)))
    since = func.count(case((Person.waits_from >= midnight, 1)))
    people = select(Person.responsible_area_id, Person.category, before, since).where(
        within.people(), Person.state.in_(states), Person.merged_into.is_(None), Person.id.not_in(provided)
    )
    before = func.count(case((ImportFile.arrived_at < midnight, 1)))
    since = func.count(case((ImportFile.arrived_at >= midnight, 1)))
    rows = (
        select(ImportFile.area_id, ImportRow.category, before, since)
        .join(ImportFile, ImportFile.id == ImportRow.file_id)
        .where(ImportRow.waits, within.area_rows(ImportFile.area_id))
    )
    return [
        *session.execute(people.group_by(Person.responsible_area_id, Person.category)),
        *session.execute(rows.group_by(ImportFile.area_id, ImportRow.category)),
    ]


def expected(session: Session, within: Within) -> list[tuple]:
    """(area, category, people with a room held for them, people aboard without one) of open transfers to sites."""
    held = func.count(case((Line.room_id.is_not(None), 1)))
    aboard = func.count(case((and_(Line.room_id.is_(None), Line.state == "aboard"), 1)))
    query = (
        select(Person.responsible_area_id, Person.category, held, aboard)
        .join(Line, and_(Line.person_id == Person.id, Line.open))
        .join(Transfer, Transfer.id == Line.transfer_id)
        .where(Transfer.destination_kind == "site", within.people())
    )
    return list(session.execute(query.group_by(Person.responsible_area_id, Person.category)))


def _is_provided():
    return or_(Line.room_id.is_not(None), Transfer.destination_kind != "site")


def found(session: Session, within: Within, since: datetime, until: datetime) -> list[tuple]:
    """(area, category, people) found between two moments."""
    query = select(Person.responsible_area_id, Person.category, func.count())
    query = query.where(within.people(), Person.waits_from >= since, Person.waits_from < until, Person.merged_into.is_(None))
    return list(session.execute(query.group_by(Person.responsible_area_id, Person.category)))


def came_by_hour(session: Session, since: datetime, until: datetime) -> dict[int, int]:
    """{hour of the day in UTC: people who came into rooms between two moments}."""
    return _by_hour(session, Stay.checked_in_at, since, until)


def left_by_hour(session: Session, since: datetime, until: datetime) -> dict[int, int]:
    """{hour of the day in UTC: people who left rooms between two moments}."""
    return _by_hour(session, Stay.ended_at, since, until)


def _by_hour(session: Session, column, since: datetime, until: datetime) -> dict[int, int]:
    hour = extract("hour", column)
    query = select(hour, func.count()).where(column >= since, column < until, Stay.site_id.is_not(None)).group_by(hour)
    return {int(at): people for at, people in session.execute(query)}


def turned_over(session: Session, since: datetime, until: datetime) -> list[tuple[datetime | None, ...]]:
    """When each stage began, from vacated to ready, of the rooms made ready between two moments."""
    stages = (
        Turnover.vacated_at,
        Turnover.disinfecting_at,
        Turnover.contact_at,
        Turnover.aerating_at,
        Turnover.inspecting_at,
        Turnover.provisioning_at,
        Turnover.ready_at,
    )
    query = select(*stages).where(Turnover.ready_at >= since, Turnover.ready_at < until, Turnover.vacated_at.is_not(None))
    return [tuple(row) for row in session.execute(query)]
