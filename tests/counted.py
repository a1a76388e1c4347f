"""What the database keeps counted (server/store/kept_counts.py), beside the same counted by hand: for tests of whatever happens."""

from collections import Counter

from sqlalchemy import inspect, select

from server.store.database import db
from server.store.kept_counts import SiteLeaving, SiteRooms, StayHour, TurnoverMinutes
from server.store.rooms import Room, Stay
from server.store.turnovers import Turnover

STAGES = ("vacated_at", "disinfecting_at", "contact_at", "aerating_at", "inspecting_at", "provisioning_at", "ready_at")


def kept() -> dict[str, dict[tuple, int]]:
    """What the database has kept."""
    found = {}
    for table in (SiteRooms, SiteLeaving, StayHour, TurnoverMinutes):
        *keys, count = inspect(table).columns
        found[table.__tablename__] = {tuple(row[:-1]): row[-1] for row in db.session.execute(select(*keys, count))}
    return found


def counted_by_hand() -> dict[str, dict[tuple, int]]:
    """The same from every row, in plain dictionaries."""
    db.session.expire_all()
    rooms, leaving, hours, minutes = Counter(), Counter(), Counter(), Counter()
    for room in db.session.scalars(select(Room)):
        rooms[room.site_id, room.state, room.kind] += 1
    for stay in db.session.scalars(select(Stay).where(Stay.site_id.is_not(None))):
        if stay.ended_at is None and stay.place == 1 and stay.due_on:
            leaving[stay.site_id, stay.due_on] += 1
        if stay.ended_how != "withdrawn":
            for side, at in (("came", stay.checked_in_at), ("left", stay.ended_at)):
                if at:
                    hours[at.replace(minute=0, second=0, microsecond=0), side] += 1
    for turnover in db.session.scalars(select(Turnover).where(Turnover.ready_at.is_not(None), Turnover.vacated_at.is_not(None))):
        times = [getattr(turnover, name) for name in STAGES]
        spans = [*zip(STAGES[:-1], times[:-1], times[1:], strict=True), ("whole", times[0], times[-1])]
        for stage, since, until in spans:
            if since and until:
                lasted = until.replace(microsecond=0) - since.replace(microsecond=0)
                minutes[turnover.ready_at.date(), stage, int(lasted.total_seconds() + 30) // 60] += 1
    return {"site_rooms": rooms, "site_leaving": leaving, "stay_hour": hours, "turnover_minutes": minutes}
