"""What a day's row is counted from: spells, stays, turnovers, and who waited for a room."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select
from sqlalchemy.orm import Session

from server.store.change_log import CustodyEvent, Operation
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.site_days import SiteDay
from server.store.site_stages import SiteStage
from server.store.stays import ClockChange
from server.store.transfers import Line, Transfer
from server.store.turnovers import RoomSpell, Turnover

EXPIRING = ("expire_hold", "release_rooms")  # the clock, or after its alarm somebody by name
STOOD = or_(Stay.ended_how.is_(None), Stay.ended_how != "withdrawn")  # a stay that was a wrong tap never was
WAITED_AT_MOST = timedelta(days=14)  # who is listed longer and has left is not looked for; who still waits is


def spells_during(session: Session, sites: Sequence[str], begin: datetime, end: datetime) -> list:
    """(site, kind of room, state, from, until) of every spell that overlaps this time."""
    query = select(RoomSpell.site_id, Room.kind, RoomSpell.state, RoomSpell.from_at, RoomSpell.until_at)
    query = query.join(Room, Room.id == RoomSpell.room_id).where(RoomSpell.site_id.in_(sites), RoomSpell.from_at < end)
    lasting = query.where(RoomSpell.until_at.is_(None))
    return [*session.execute(lasting), *session.execute(query.where(RoomSpell.until_at > begin))]


def held_during(session: Session, sites: Sequence[str], begin: datetime, end: datetime) -> list:
    """(site, room, from, until) of every spell on hold that overlaps this time."""
    query = select(RoomSpell.site_id, RoomSpell.room_id, RoomSpell.from_at, RoomSpell.until_at)
    query = query.where(RoomSpell.site_id.in_(sites), RoomSpell.state == "hold", RoomSpell.from_at < end)
    lasting = query.where(RoomSpell.until_at.is_(None))
    return [*session.execute(lasting), *session.execute(query.where(RoomSpell.until_at > begin))]


def guests_during(session: Session, sites: Sequence[str], rooms: Sequence[str], begin: datetime, end: datetime) -> list:
    """(room, from, until) of whoever was registered in one of these rooms of these sites in this time."""
    query = select(Stay.room_id, Stay.checked_in_at, Stay.ended_at)
    query = query.where(Stay.site_id.in_(sites), Stay.room_id.in_(rooms), Stay.checked_in_at < end)
    return [*session.execute(query.where(Stay.ended_at.is_(None))), *session.execute(query.where(Stay.ended_at > begin, STOOD))]


def reservations(session: Session, sites: Sequence[str], begin: datetime, end: datetime) -> dict[str, int]:
    """{site: rooms that were reserved in this time}."""
    return _reserved(session, sites, RoomSpell.from_at >= begin, RoomSpell.from_at < end)


def expired_reservations(session: Session, sites: Sequence[str], begin: datetime, end: datetime) -> dict[str, int]:
    """{site: rooms that were given back because nobody came for them in time}."""
    gave_back = select(Operation.id).where(Operation.id == RoomSpell.ended_by, Operation.type.in_(EXPIRING)).exists()
    return _reserved(session, sites, RoomSpell.until_at >= begin, RoomSpell.until_at < end, gave_back)


def _reserved(session: Session, sites: Sequence[str], *which) -> dict[str, int]:
    spells = select(RoomSpell.site_id, func.count()).where(RoomSpell.site_id.in_(sites), RoomSpell.state == "reserved", *which)
    return dict(session.execute(spells.group_by(RoomSpell.site_id)).all())


def check_ins(session: Session, begin: datetime, end: datetime) -> dict[str, int]:
    """{site: people who came}."""
    return _stays(session, Stay.checked_in_at >= begin, Stay.checked_in_at < end, STOOD)


def check_outs(session: Session, begin: datetime, end: datetime) -> dict[str, int]:
    """{site: people who left}."""
    return _stays(session, Stay.ended_at >= begin, Stay.ended_at < end, STOOD)


def overstays_at(session: Session, sites: Sequence[str], over: Callable[[ColumnElement], ColumnElement[bool]], at: datetime) -> Counter:
    """{site: people who were over then, and still registered at this moment}. `over`: the condition on `Stay`, given its last day.

    The last day is that of this moment: a clock that has been set anew since does not change who was over.
    """
    here = (Stay.site_id.in_(sites), Stay.checked_in_at < at, or_(Stay.ended_at.is_(None), Stay.ended_at >= at), STOOD)
    nth = func.row_number().over(partition_by=ClockChange.stay_id, order_by=(ClockChange.at, ClockChange.id)).label("nth")
    since = select(ClockChange.stay_id, ClockChange.was_due_on, nth).where(ClockChange.at >= at).subquery()
    unmoved = _stays(session, *here, over(Stay.due_on), Stay.id.not_in(select(since.c.stay_id)))
    moved = select(Stay.site_id, func.count()).join(since, (since.c.stay_id == Stay.id) & (since.c.nth == 1))
    return Counter(unmoved) + Counter(dict(session.execute(moved.where(*here, over(since.c.was_due_on)).group_by(Stay.site_id)).all()))


def vacated_after(session: Session, begin: datetime, end: datetime) -> dict[str, str]:
    """{site: minutes from release to leaving, ascending (`75,130`), of the released who left in this time}."""
    query = select(Stay.site_id, Stay.released_at, Stay.ended_at).where(Stay.ended_at >= begin, Stay.ended_at < end, STOOD)
    released_here = Stay.released_at >= Stay.checked_in_at  # who lodges for a night was released in another room
    minutes = defaultdict(list)
    for site, released_at, left_at in session.execute(query.where(Stay.site_id.is_not(None), released_here)):
        minutes[site].append(max(0, round((left_at - released_at).total_seconds() / 60)))
    return {site: ",".join(map(str, sorted(waits))) for site, waits in minutes.items()}


def states_before(session: Session, sites: Sequence[str], day: date) -> dict[str, str]:
    """{site: the stage that it was in at the end of this day}, of those that have come into another one since."""
    since = select(SiteStage.site_id, SiteStage.came_from).where(SiteStage.site_id.in_(sites), SiteStage.actual_on > day)
    since = since.where(SiteStage.came_from.is_not(None)).order_by(SiteStage.actual_on.desc(), SiteStage.told_at.desc())
    return {site: before for site, before in session.execute(since)}  # the first one after that day is read last, and stands


def _stays(session: Session, *which) -> dict[str, int]:
    return dict(session.execute(select(Stay.site_id, func.count()).where(*which).group_by(Stay.site_id)).all())


def turnovers_ready(session: Session, sites: Sequence[str], begin: datetime, end: datetime) -> list[Turnover]:
    """The turnovers after which a room was ready in this time."""
    query = select(Turnover).where(Turnover.site_id.in_(sites), Turnover.ready_at >= begin, Turnover.ready_at < end)
    return list(session.scalars(query))


def waited_during(session: Session, waiting: tuple[str, ...], barrier_free: set[str], begin: datetime, end: datetime) -> list:
    """(person, category, needs a barrier-free room, waits from, left at, waits still) of whoever may have waited in this time."""
    needs = cast(Person.needs, Text)
    step_free = case((or_(*(needs.contains(f'"{code}"') for code in sorted(barrier_free))), 1), else_=0)
    left = select(func.min(CustodyEvent.at)).where(CustodyEvent.person_id == Person.id, CustodyEvent.at >= Person.waits_from)
    left = left.where(CustodyEvent.holder != "origin").scalar_subquery()
    still = Person.state.in_(waiting)
    query = select(Person.id, Person.category, step_free, Person.waits_from, left, case((still, 1), else_=0))
    query = query.where(Person.merged_into.is_(None), Person.waits_from < end)
    lately = query.where(Person.waits_from >= begin - WAITED_AT_MOST)
    long_ago = query.where(still, Person.waits_from < begin - WAITED_AT_MOST)
    return [*session.execute(lately), *session.execute(long_ago)]


def planned_during(session: Session, people: Sequence[str], end: datetime) -> list:
    """(person, since when, until when) they stood on a transfer that was made before this moment."""
    query = select(Line.person_id, Transfer.created_at, Line.ended_at).join(Transfer, Transfer.id == Line.transfer_id)
    found: list = []
    for start in range(0, len(people), 500):
        part = query.where(Line.person_id.in_(people[start : start + 500]), Transfer.created_at < end)
        found += session.execute(part)
    return found


def days_kept(session: Session) -> tuple[date | None, date | None]:
    """(the first day, the last day) that has rows."""
    return session.scalar(select(func.min(SiteDay.day))), session.scalar(select(func.max(SiteDay.day)))  # each the end of an index


def rows_of_day(session: Session, day: date, sites: Sequence[str]) -> dict[str, SiteDay]:
    """{site: its row of this day}."""
    return {row.site_id: row for row in session.scalars(select(SiteDay).where(SiteDay.day == day, SiteDay.site_id.in_(sites)))}
