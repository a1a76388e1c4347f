"""What the rooms of a site did on a day, kept at 24:00 by the clock. It equals a recount from the operations at that moment.

A day is written again in the three nights after it: a phone that was without network brings what belongs there (PROTOCOL §4).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain.acts import Act
from server.domain.choosing_rooms import NEEDS_BARRIER_FREE
from server.domain.idle_rooms import accepts
from server.domain.ledger import NOT_AVAILABLE, SITES_IN_USE, Span, merged, middle, ninety, seconds_together
from server.domain.overstays import is_over
from server.domain.people import WAITING
from server.store.lists import site_days as counts
from server.store.rooms import Stay
from server.store.site_days import SiteDay
from server.store.sites import Site

WRITTEN_AGAIN = 3  # nights


def keep_site_days(act: Act, *, day: str, sites: list[str]) -> None:
    """Write what these sites did on this local day (`2022-04-03`), or write it again. Does nothing to a row that still holds."""
    on, zone = date.fromisoformat(day), act.work.settings.time_zone
    begin, end = bounds(on, zone)
    session = act.work.session
    known = counts.rows_of_day(session, on, sites)
    for row in site_days(session, sites, on, begin, min(end, act.at)):
        if row["site_id"] not in known:
            act.add(SiteDay(**row, written_at=act.at))
        elif any(getattr(known[row["site_id"]], name) != value for name, value in row.items()):
            for name, value in (row | {"written_at": act.at}).items():
                setattr(known[row["site_id"]], name, value)


def bounds(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The two midnights of a local day."""
    begin = datetime.combine(on, time.min, zone)
    return begin, datetime.combine(on + timedelta(days=1), time.min, zone)


def site_days(session: Session, sites: list[str], on: date, begin: datetime, end: datetime) -> Iterable[dict]:
    """The columns of each site's row, counted anew."""
    spells = defaultdict(list)
    for site, *spell in counts.spells_during(session, sites, begin, end):
        spells[site].append(spell)
    flows = {
        "check_ins": counts.check_ins(session, begin, end),
        "check_outs": counts.check_outs(session, begin, end),
        "overstays": counts.overstays_at(session, sites, lambda due_on: is_over(Stay, on + timedelta(days=1), end, due_on=due_on), end),
        "reservations": counts.reservations(session, sites, begin, end),
        "expired": counts.expired_reservations(session, sites, begin, end),
    }
    vacated_after = counts.vacated_after(session, begin, end)
    turnarounds = turnaround_seconds(counts.turnovers_ready(session, sites, begin, end))
    queue, before = Queue(session, begin, end), counts.states_before(session, sites, on)
    behind_hold = seconds_behind_hold(session, sites, begin, end)
    for site in session.scalars(select(Site).where(Site.id.in_(sites)).order_by(Site.id)):
        state = before.get(site.id, site.state)
        yield {
            "site_id": site.id,
            "day": on,
            "site_state": state,
            **room_seconds(site, state, spells[site.id], queue, begin, end, behind_hold[site.id]),
            **{name: counted.get(site.id, 0) for name, counted in flows.items()},
            "vacated_after": vacated_after.get(site.id),
            "turnovers": len(turnarounds[site.id]),
            "turnaround_median": middle(turnarounds[site.id]),
            "turnaround_ninety": ninety(turnarounds[site.id]),
        }


def room_seconds(site: Site, site_state: str, spells: list, queue: "Queue", begin: datetime, end: datetime, behind_hold: float) -> dict:
    """Rooms by state at the end, and seconds available, occupied, ready, and ready while somebody waited whom the room could serve.

    `site_state`: the stage that the site was in at the end of that time; the whole of it counts as such. `behind_hold`: the seconds in
    which somebody lived in a room on hold: it is occupied all the same (§6.1).
    """
    rooms: dict[str, int] = defaultdict(int)
    available = occupied = behind_hold
    ready = idle = 0.0
    for kind, state, since, until in spells:
        span = max(since, begin).timestamp(), min(until or end, end).timestamp()
        seconds = span[1] - span[0]
        if until is None or until >= end:
            rooms[state] += 1
        if state == "occupied":
            occupied += seconds
        if state == "occupied" or (site_state in SITES_IN_USE and state not in NOT_AVAILABLE):
            available += seconds
        if state == "ready" and site_state in SITES_IN_USE:
            ready += seconds
            idle += seconds_together([span], queue.whom(site, site_state, kind))
    seconds = {"available": available, "occupied": occupied, "ready": ready, "idle": idle}
    return {"rooms": dict(sorted(rooms.items())), **{f"{name}_seconds": round(value, 3) for name, value in seconds.items()}}


def seconds_behind_hold(session: Session, sites: list[str], begin: datetime, end: datetime) -> dict[str, float]:
    """{site: room-seconds in which a room on hold had somebody registered in it}: a family in one room is one room."""
    held = counts.held_during(session, sites, begin, end)
    there = defaultdict(list)
    for room, since, until in counts.guests_during(session, sites, sorted({spell.room_id for spell in held}), begin, end) if held else ():
        there[room].append((since.timestamp(), (until or end).timestamp()))
    seconds: dict[str, float] = defaultdict(float)
    for site, room, since, until in held:
        span = max(since, begin).timestamp(), min(until or end, end).timestamp()
        seconds[site] += seconds_together([span], merged(there[room]))
    return seconds


def turnaround_seconds(turnovers: Iterable) -> dict[str, list[float]]:
    """{site: from vacated to ready, of each turnover whose beginning is known}."""
    found = defaultdict(list)
    for turnover in turnovers:
        if turnover.vacated_at:
            found[turnover.site_id].append((turnover.ready_at - turnover.vacated_at).total_seconds())
    return found


class Queue:
    """When somebody waited for a room in a time that is over.

    From the result (or the listing) until they left where they were found, and not while they stood on a transfer. Of those who are no
    longer waited for and never left (a wrong listing) nobody knows until when; they do not count.
    """

    def __init__(self, session: Session, begin: datetime, end: datetime):
        self._spans: dict[tuple[str | None, bool], list[Span]] = defaultdict(list)
        self._whom: dict[tuple, list[Span]] = {}
        waited = counts.waited_during(session, WAITING, NEEDS_BARRIER_FREE, begin, end)
        planned = defaultdict(list)
        for person, since, until in counts.planned_during(session, [row[0] for row in waited], end):
            planned[person].append((since.timestamp(), (until or end).timestamp()))
        for person, category, step_free, since, left, still in waited:
            until = left or (end if still else None)
            if until and until > begin:
                whole = max(since, begin).timestamp(), min(until, end).timestamp()
                self._spans[category, bool(step_free)] += without(whole, merged(planned[person]))

    def whom(self, site: Site, site_state: str, kind: str) -> list[Span]:
        """When somebody waited whom a room of this kind at this site could serve, in the stage that it was in."""
        key = (site_state == "open", tuple(site.accepts), kind == "barrier_free")
        if key not in self._whom:
            fits = [
                span
                for (category, step_free), spans in self._spans.items()
                if site_state == "open" and accepts(site, category) and (not step_free or kind == "barrier_free")
                for span in spans
            ]
            self._whom[key] = merged(fits)
        return self._whom[key]


def without(whole: Span, gaps: list[Span]) -> list[Span]:
    """What is left of a span when these are taken out of it."""
    left, start = [], whole[0]
    for begin, end in gaps:
        if begin > start:
            left.append((start, min(begin, whole[1])))
        start = max(start, end)
    left.append((start, whole[1]))
    return [span for span in left if span[1] > span[0]]


def days_due(session: Session, at: datetime, zone: ZoneInfo, began: datetime | None) -> list[date]:
    """The days that are to be written now: those over that have no rows, and when one of these is there, the three before it again.

    A server that was down at midnight makes up for the days it missed. The first day is the one on which the register began.
    """
    yesterday = at.astimezone(zone).date() - timedelta(days=1)
    _first, last = counts.days_kept(session)
    begins = last + timedelta(days=1) if last else began and began.astimezone(zone).date()
    if begins is None or begins > yesterday:
        return []
    oldest = max(begins - timedelta(days=WRITTEN_AGAIN), began.astimezone(zone).date()) if began else begins
    return [oldest + timedelta(days=n) for n in range((yesterday - oldest).days + 1)]
