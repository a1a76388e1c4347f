"""Expired, not vacated (到期未腾退, S0-11): whose last day is over, or who was released and had their time to leave, and is still here.

One rule for the desk's list, the row of a day and the first screen of a site's phones (`rules/overstays.ts`); both languages read
`tests/contract/overstays.json`. Who was found positive is to be moved, not to go home: they are none.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_

from server.store.rooms import Stay

VACATE_WITHIN = timedelta(hours=24)  # D: expired people must vacate in time (S0-11); no number was found


def over_since(stay: Stay, zone: ZoneInfo) -> datetime | None:
    """From when on somebody who is still here is over, past or to come: 24:00 of their last day, or the end of the time that a release
    leaves, whichever is first. None while neither is known."""
    if stay.referred_at:
        return None
    released = stay.vacate_due_at or (stay.released_at and stay.released_at + VACATE_WITHIN)
    day_over = stay.due_on and datetime.combine(stay.due_on + timedelta(days=1), time.min, zone)
    return min(filter(None, (day_over, released)), default=None)


def is_over(
    stay: type[Stay], today: date, at: datetime, *here: ColumnElement[bool], due_on: ColumnElement | None = None
) -> ColumnElement[bool]:
    """The same as the condition of a query, at a moment and its local day: of those who are `here`; by another last day if `due_on` says.

    Each way of being over stands with the whole condition, so that a database finds it in an index of its own.
    """
    released = (*here, stay.released_at.is_not(None))
    day_is_over = and_(*here, (stay.due_on if due_on is None else due_on) < today)
    time_is_over = and_(*released, stay.vacate_due_at <= at)
    no_time_was_set = and_(*released, stay.vacate_due_at.is_(None), stay.released_at <= at - VACATE_WITHIN)
    to_be_moved = stay.referred_at.is_not(None) & (stay.referred_at < at)
    return or_(day_is_over, time_is_over, no_time_was_set) & ~to_be_moved
