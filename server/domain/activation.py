"""A site in reserve promises rooms that are really ready: a third within 24 hours of the order, half in 48, all in 72 (R-23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from server.domain.acts import Act
from server.domain.sites import site_in_reach
from server.problems import Refused
from server.store.lists.pipeline import rooms_of

PROMISE = ((24, 1 / 3), (48, 1 / 2), (72, 1.0))


@dataclass(frozen=True)
class Promise:
    """One part of it: so many rooms until then; when they were there (None: not yet), and how late that is."""

    hours: int
    rooms: int
    due_at: datetime
    kept_at: datetime | None
    ready: int
    late: timedelta | None


def order_activation(act: Act) -> int:
    """From now on the promise runs. How many rooms it is about. Refuses: site.unknown, site.not_standby, site.recheck, site.no_rooms."""
    site = site_in_reach(act, "sites.open")
    if site.state != "standby":
        raise Refused("site.not_standby", name=site.name)
    if site.recheck_since:
        raise Refused("site.recheck", name=site.name)
    rooms = rooms_of(act.work.session, [site])[site.id]
    if not rooms:
        raise Refused("site.no_rooms", name=site.name)
    act.touch(site)
    site.activation_ordered_at, site.activation_ordered_by, site.activation_rooms = act.at, act.actor.name[:40], rooms
    return rooms


def promises(ordered_at: datetime, rooms: int, ready_since: Sequence[datetime], now: datetime) -> list[Promise]:
    """The three parts of the promise. `ready_since`: for each room that has been ready since the order, from when on."""
    since = sorted(max(at, ordered_at) for at in ready_since if at <= now)
    return [_promise(hours, ceil(part * rooms - 1e-9), ordered_at, since, now) for hours, part in PROMISE]


def _promise(hours: int, rooms: int, ordered_at: datetime, since: list[datetime], now: datetime) -> Promise:
    due = ordered_at + timedelta(hours=hours)
    kept = since[rooms - 1] if len(since) >= rooms else None
    behind = (kept or now) - due
    return Promise(hours, rooms, due, kept, len(since), behind if behind > timedelta(0) else None)
