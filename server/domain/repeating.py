"""Transfers that come again on certain weekdays, such as dialysis."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.store.transfers import Transfer


def next_departure(transfer: Transfer, zone: ZoneInfo) -> datetime | None:
    """The next departure after this one, at the same time of day; None when the last day (`until`) has passed.

    `repeats` is {"weekdays": [1 Monday … 7 Sunday], "until": "2022-04-30" or null}.
    """
    weekdays, until = transfer.repeats.get("weekdays") or [], transfer.repeats.get("until")
    departed = (transfer.depart_at or transfer.created_at).astimezone(zone)
    for days in range(1, 8):
        candidate = departed + timedelta(days=days)
        if candidate.isoweekday() in weekdays:
            return candidate.astimezone(UTC) if until is None or candidate.date() <= date.fromisoformat(until) else None
    return None
