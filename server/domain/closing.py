"""What would close a shortfall of rooms (S0-2, S0-9): faster turnaround, the expired, other units, a standby site, a partner city."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.forecast import Shortfall, activated, gained_by_leaving, gained_by_turnaround
from server.domain.outlook import Outlook

OUTSIDE = "partner_city"


@dataclass(frozen=True)
class Way:
    """One way, the rooms it gives by the worst hour, and the place where that is one."""

    kind: str  # turnaround, expired, units, standby, partner
    rooms: int
    place: str | None = None


@dataclass(frozen=True)
class Reserve:
    """A standby site: its name, the group it takes, its rooms."""

    name: str
    group: str
    rooms: int


@dataclass(frozen=True)
class Around:
    """The areas a shortfall may be helped by: the short ones, the other units of the city, partner cities (own partner first)."""

    short: tuple[str | None, ...]
    units: tuple[str, ...]
    partners: tuple[tuple[str, str], ...]  # (area, name)


def ways_to_close(outlook: Outlook, around: Around, group: str, short: Shortfall, reserves: Iterable[Reserve]) -> list[Way]:
    """What each way alone would give by the worst hour, ways that give nothing left out."""
    supply, demand = outlook.supply_of(around.short, group), outlook.demand_of(around.short, group)
    now, at = outlook.turnaround, short.worst
    expired = sum(outlook.expired.get((area, group), 0) for area in around.short)
    ways = [
        Way("turnaround", gained_by_turnaround(supply, demand, now, outlook.target, at) if now.median > outlook.target.median else 0),
        Way("expired", gained_by_leaving(supply, demand, now, expired, at)),
        Way("units", spare(outlook, around.units, group, at)),
        *(Way("standby", activated(one.rooms, at), one.name) for one in reserves if one.group == group),
        *(Way("partner", spare(outlook, [area], group, at), name) for area, name in around.partners),
    ]
    return [way for way in ways if way.rooms > 0]


def spare(outlook: Outlook, areas: Iterable[str], group: str, at: int) -> int:
    """Rooms that these areas have to spare at every hour up to one, each area for itself: what one lacks, another does not give."""
    left: Counter = Counter()
    for area in areas:
        rows = outlook.hours([area], [area], group)
        left[area] = max(int(min(row.spare for row in rows[: at + 1])), 0)
    return left.total()
