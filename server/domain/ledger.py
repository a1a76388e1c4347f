"""The ledger's formulas (domain §6.1): pure; times are seconds, shares are 0…1; None where there is nothing to divide by.

Occupancy is continuous: seconds in which rooms stood occupied, not beds counted at midnight (§6.1 asks to say which).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from statistics import median

DAY = 86_400
NOT_ENABLED = ("building_up", "awaiting_acceptance", "staff_use")  # no isolation rooms yet, or not now (domain §3.3, §4.4)
NOT_AVAILABLE = (*NOT_ENABLED, "blocked", "hold")  # nobody can be put there
STAGES = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning")

SITES_IN_USE = ("open", "paused", "clearing")  # rooms of all other sites are in the pipeline, whatever their state

# What a turnover's time went into, and the times at which each part begins and ends (§6.1: "split").
PARTS = {
    "wait": ("vacated_at", "disinfecting_at"),
    "disinfect": ("disinfecting_at", "contact_at"),
    "contact": ("contact_at", "aerating_at"),
    "air": ("aerating_at", "inspecting_at"),
    "inspect": ("inspecting_at", "provisioning_at"),
    "provision": ("provisioning_at", "ready_at"),
    "whole": ("vacated_at", "ready_at"),
}

Span = tuple[float, float]  # from, until: seconds on any one clock


@dataclass(frozen=True)
class RoomUse:
    """What rooms did in a period of so many seconds: room-seconds available (A) and occupied (O), check-ins (N), check-outs (X)."""

    seconds: float = 0
    available: float = 0
    occupied: float = 0
    check_ins: int = 0
    check_outs: int = 0
    ready: float = 0  # room-seconds ready, and of these those during which somebody waited whom the room could serve
    idle: float = 0
    reservations: int = 0
    expired: int = 0

    def __add__(self, other: "RoomUse") -> "RoomUse":
        """Of two places over one period."""
        sums = {field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)}
        return RoomUse(**(sums | {"seconds": max(self.seconds, other.seconds)}))

    @property
    def occupancy(self) -> float | None:
        """O ÷ A."""
        return share(self.occupied, self.available)

    @property
    def expired_share(self) -> float | None:
        """Reserved and not used: expired reservations ÷ reservations (§6.1), hidden idleness."""
        return share(self.expired, self.reservations)

    @property
    def average_stay(self) -> float | None:
        """O ÷ X, in seconds."""
        return share(self.occupied, self.check_outs)

    @property
    def turnover_rate(self) -> float | None:
        """X ÷ average rooms: how many times a room changed hands (§6.1)."""
        return share(self.check_outs, self.available / self.seconds) if self.seconds and self.available else None

    @property
    def turnover_interval(self) -> float | None:
        """(A − O) ÷ X: seconds that a room stands empty between two people (R-57)."""
        return share(self.available - self.occupied, self.check_outs)


@dataclass(frozen=True)
class Rooms:
    """Rooms of one place by what can be done with them; together all rooms of the register there."""

    ready: int = 0
    reserved: int = 0
    occupied: int = 0
    turnover: int = 0
    closed: int = 0  # blocked, or held with nobody inside
    not_enabled: int = 0  # no isolation rooms yet, or staff rooms, or of a site that is not in use

    def __add__(self, other: "Rooms") -> "Rooms":
        return Rooms(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def all(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))

    @property
    def available(self) -> int:
        """Enabled and neither blocked nor held: A of the formulas."""
        return self.ready + self.reserved + self.occupied + self.turnover

    @property
    def occupancy(self) -> float | None:
        """Occupied ÷ available at this moment."""
        return share(self.occupied, self.available)


def rooms_of(site_state: str, by_state: dict[str, int], behind_hold: int = 0) -> Rooms:
    """Rooms of one site, from {state: rooms}, and of those on hold how many have their guest inside.

    A room that somebody lives in counts as occupied wherever it is, and whatever keeps others out of it.
    """
    by_state = {**by_state, "occupied": by_state.get("occupied", 0) + behind_hold, "hold": by_state.get("hold", 0) - behind_hold}
    if site_state not in SITES_IN_USE:
        occupied = by_state["occupied"]
        return Rooms(occupied=occupied, not_enabled=sum(by_state.values()) - occupied)
    counts = {name: by_state.get(name, 0) for name in ("ready", "reserved", "occupied")}
    turnover, closed, other = (sum(by_state.get(state, 0) for state in states) for states in (STAGES, ("blocked", "hold"), NOT_ENABLED))
    return Rooms(**counts, turnover=turnover, closed=closed, not_enabled=other)


def share(part: float, whole: float) -> float | None:
    """part ÷ whole, or None."""
    return part / whole if whole else None


def agree(use: RoomUse, tolerance: float = 0.01) -> bool | None:
    """Whether the figures as they are shown (stay in minutes, occupancy in tenths of a percent) satisfy the identity; None without them."""
    if use.average_stay is None or not use.occupancy:
        return None
    implied = interval_by_identity(round(use.average_stay / 60) * 60, round(use.occupancy, 3))
    return abs(implied - use.turnover_interval) <= max(tolerance * use.turnover_interval, tolerance * use.average_stay)


def interval_by_identity(average_stay: float | None, occupancy: float | None) -> float | None:
    """The turnover interval that average stay and occupancy imply: stay × (1 − occupancy) ÷ occupancy (§6.1, R-57).

    Of figures that were counted on their own it is a check: when it differs from the interval, one of them is wrong.
    """
    if average_stay is None or not occupancy:
        return None
    return average_stay * (1 - occupancy) / occupancy


def counting_error(registered: int, counted: int) -> float | None:
    """Reported versus counted: abs(register − physical count) ÷ count (§6.1)."""
    return share(abs(registered - counted), counted)


def middle(values: Iterable[float]) -> float | None:
    """The median."""
    values = list(values)
    return median(values) if values else None


def ninety(values: Iterable[float]) -> float | None:
    """The 90th percentile: the smallest value that nine of ten do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[math.ceil(0.9 * len(ordered)) - 1] if ordered else None


def parts_of(turnovers: Iterable) -> dict[str, tuple[float, float]]:
    """{part of the turnover: (median, 90th percentile) in seconds}. A turnover counts for the parts whose two ends are known."""
    seconds: dict[str, list[float]] = {part: [] for part in PARTS}
    for turnover in turnovers:
        for part, ends in PARTS.items():
            begin, end = (getattr(turnover, name) for name in ends)
            if begin and end:
                seconds[part].append((end - begin).total_seconds())
    return {part: (median(values), ninety(values)) for part, values in seconds.items() if values}


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same times as spans that neither touch nor overlap."""
    done: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], end))
        else:
            done.append((start, end))
    return done


def seconds_together(one: list[Span], other: list[Span]) -> float:
    """How long both were: of two lists as `merged` gives them. Idle room hours are ready time during which a queue stood (§6.1)."""
    total, at = 0.0, 0
    for start, end in one:
        while at < len(other) and other[at][1] <= start:
            at += 1
        place = at
        while place < len(other) and other[place][0] < end:
            total += min(end, other[place][1]) - max(start, other[place][0])
            place += 1
    return total
