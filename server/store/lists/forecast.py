"""What the register knows of the hours to come: rooms in turnover, stays that end, people who wait or are on their way, people found."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from server.store.database import UtcTime
from server.store.imports import ImportFile, ImportRow
from server.store.kept_counts import SiteLeaving, SiteRooms, StayHour, TurnoverMinutes
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import IN_TURNOVER, Room, Stay
from server.store.sites import TAKES_NEW_PEOPLE, Site
from server.store.transfers import Line, Transfer

# Where a room counts: the area of its site, and whom the site takes, as the text of a list.
WHERE_IT_STANDS = (Site.area_id, cast(Site.accepts, Text))
STILL_TAKES_PEOPLE = Site.state.in_(("open", "paused"))


def turning(session: Session, times: dict[str, list[tuple[int, datetime | None]]]) -> Iterator[tuple[str, str, int, int]]:
    """(area, whom its site takes, hours, rooms) of those in turnover, at sites that still take people.

    `times` gives for each state (hours, since when a room came into it to which they apply), the latest first; the last one says None.
    They are counted in the order of an index of these rooms, not sorted.
    """
    most = max(map(len, times.values())) - 1
    since = [func.sum(case((Room.since >= _bound(times, number), 1), else_=0)).label(f"since_{number}") for number in range(most)]
    rooms = select(Room.site_id, Room.state, *since, func.count().label("rooms")).where(IN_TURNOVER).group_by(Room.site_id, Room.state)
    rooms = rooms.subquery()
    sums = [_sum(rooms.c[name]) for name in (*(f"since_{number}" for number in range(most)), "rooms")]
    query = select(*WHERE_IT_STANDS, rooms.c.state, *sums).join(Site, Site.id == rooms.c.site_id).where(STILL_TAKES_PEOPLE)
    for area, accepts, state, *counted in session.execute(query.group_by(*WHERE_IT_STANDS, rooms.c.state)):
        known = 0
        for number, (hours, earliest) in enumerate(times.get(state, ())):
            until = counted[number] if earliest else counted[-1]
            yield area, accepts, hours, until - known
            known = until


def _bound(times: dict[str, list[tuple[int, datetime | None]]], number: int) -> ColumnElement[datetime]:
    """The moment of that number in each state; none where a state has no more."""
    moments = {state: parts[number][1] for state, parts in times.items() if len(parts) > number + 1}
    return case({state: literal(at, UtcTime) for state, at in moments.items()}, value=Room.state)


def ready(session: Session) -> list[tuple[str, str, int]]:
    """(area, whom its site takes, rooms ready), of sites that take people now."""
    query = select(*WHERE_IT_STANDS, _sum(SiteRooms.rooms)).join(Site, Site.id == SiteRooms.site_id)
    return _rows(session, query.where(SiteRooms.state == "ready", TAKES_NEW_PEOPLE).group_by(*WHERE_IT_STANDS))


def leaving(session: Session, until: date) -> list[tuple[str, str, date, int]]:
    """(area, whom its site takes, day on which isolation ends, rooms that become free) up to a day."""
    query = select(*WHERE_IT_STANDS, SiteLeaving.due_on, _sum(SiteLeaving.rooms)).join(Site, Site.id == SiteLeaving.site_id)
    return _rows(session, query.where(SiteLeaving.due_on <= until).group_by(*WHERE_IT_STANDS, SiteLeaving.due_on))


def left_without_a_day(session: Session, since: datetime, until: datetime) -> list[tuple[str, str, int]]:
    """(area, whom its site takes, rooms left between two moments by people whose isolation had no last day: released by tests)."""
    left = select(Stay.site_id, func.count().label("rooms")).where(Stay.ended_at >= since, Stay.ended_at < until, Stay.due_on.is_(None))
    left = left.where(Stay.released_at.is_not(None), Stay.place == 1).group_by(Stay.site_id).subquery()
    query = select(*WHERE_IT_STANDS, _sum(left.c.rooms)).join(Site, Site.id == left.c.site_id)
    return _rows(session, query.group_by(*WHERE_IT_STANDS))


def _sum(rooms) -> ColumnElement[int]:
    return cast(func.sum(rooms), Integer)  # PostgreSQL makes another kind of number of a sum


def _rows(session: Session, query: Select) -> list[tuple]:
    return [tuple(row) for row in session.execute(query)]


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


def flow_by_hour(session: Session, since: datetime, until: datetime) -> list[tuple[datetime, str, int]]:
    """(hour, `came` into rooms or `left` them, people) of the whole hours between two."""
    query = select(StayHour.hour, StayHour.side, StayHour.people)
    return _rows(session, query.where(StayHour.hour >= since, StayHour.hour < until))


def turned_over(session: Session, since: date) -> dict[str, Counter[int]]:
    """{stage: {minutes that it took: rooms}} of the rooms made ready since this day (UTC)."""
    minutes, rooms = TurnoverMinutes.minutes, _sum(TurnoverMinutes.rooms)
    query = select(TurnoverMinutes.stage, minutes, rooms).where(TurnoverMinutes.day >= since)
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for stage, lasted, many in session.execute(query.group_by(TurnoverMinutes.stage, minutes)):
        counted[stage][lasted] = many
    return counted
