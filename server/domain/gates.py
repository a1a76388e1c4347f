"""The gates before a button on the phone: room waits, vehicle waits, safe (PROTOCOL §6). The same rules as `static/app/rules/gates.ts`.

A gate stops the button, never the fact: what was done although a gate was not met is kept and flagged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from server.domain.acts import Act
from server.domain.steps import is_done, is_emergency_trip, missing_items, someone_aboard
from server.domain.told import about, told_by
from server.store.transfers import Line, Transfer

NIGHT_STOP = (time(2), time(5))  # local time; coaches rest (domain §4.6, R-20)


@dataclass(frozen=True)
class Gate:
    """A gate that is not met. `stops` is false once anyone is aboard; `missing` names lines, items or steps."""

    gate: str
    stops: bool
    passed_by: str  # named_person, commander, nobody
    missing: list[str]


@dataclass(frozen=True)
class Situation:
    """What a gate looks at. `settings` has `dock_fresh_minutes` and `time_zone`; `line` and `stop` are those at hand, where a button is
    about one."""

    transfer: Transfer
    at: datetime
    settings: object
    line: Line | None = None
    stop: str | None = None


def gates_before(button: str, now: Situation) -> list[Gate]:
    """The gates before a button that are not met now."""
    transfer = now.transfer
    if is_emergency_trip(transfer):
        return []
    stops = not someone_aboard(transfer)
    found = []
    for gate, before, passed_by, unmet in GATES:
        if button in before:
            missing = unmet(now)
            if missing is not None:
                found.append(Gate(gate, stops, passed_by, missing))
    return found


def flag_gates(
    act: Act, transfer: Transfer, button: str, allowed_by: str | None, line: Line | None = None, stop: str | None = None
) -> None:
    """Flag what was done past a gate: with the name of who allowed it where a person may, else as a gate that was not met."""
    says = {**told_by(act), "says": button}
    passed = []
    for gate in gates_before(button, Situation(transfer, act.at, act.work.settings, line, stop)):
        if not gate.stops:
            continue
        if allowed_by and gate.passed_by == "named_person":
            passed.append(gate.gate)
        else:
            act.flag(f"gate.not_met.{gate.gate}", [{**says, "missing": gate.missing}], **about(transfer, line))
    if allowed_by:
        act.flag("gate.passed", [{**says, "allowed_by": allowed_by, "gates": passed}], **about(transfer, line))


def _rooms(now: Situation) -> list[str] | None:
    if now.transfer.destination_kind != "site":
        return None  # only a site keeps a register of rooms
    return [line.id for line in now.transfer.lines if line.state in ("expected", "aboard") and line.room_id is None] or None


def _accepted(now: Situation) -> list[str] | None:
    """Who goes home is expected there, by name. A community's word does not grow old."""
    return [] if now.transfer.destination_kind == "home" and not is_done(now.transfer, "dock") else None


def _dock(now: Situation) -> list[str] | None:
    if now.transfer.destination_kind == "home":
        return None
    dock = now.transfer.dock
    if dock.get("state") not in ("confirmed", "confirmed_by_phone") or not dock.get("at"):
        return []
    age = now.at - datetime.fromisoformat(dock["at"])
    return None if age <= timedelta(minutes=now.settings.dock_fresh_minutes) else []


def _at_pickup(now: Situation) -> list[str] | None:
    """The vehicle is at the stop at hand: nobody is called down at the second one because it stood at the first. A telling that names
    no stop is good for all."""
    told = now.transfer.moments.get("at_pickup")
    stops = (told or {}).get("stops")
    elsewhere = stops and now.stop and now.stop not in stops
    return [] if not told or elsewhere else None


def _readiness(now: Situation) -> list[str] | None:
    if not now.transfer.vehicle_check:
        return []
    return [item for item in missing_items(now.transfer) if item != "driver_hours"] or None


def _driver_hours(now: Situation) -> list[str] | None:
    check = now.transfer.vehicle_check
    return None if check and check["items"].get("driver_hours") is True else []


def _night(now: Situation) -> list[str] | None:
    """No part of the drive lies in the night stop. Without a route only now is known."""
    leaves = now.at.astimezone(now.settings.time_zone)
    arrives = leaves + timedelta(minutes=(now.transfer.route or {}).get("minutes") or 0)
    begins, ends = NIGHT_STOP
    if begins <= leaves.time() < ends:
        return []
    next_begin = datetime.combine(leaves.date() + timedelta(days=leaves.time() >= ends), begins, leaves.tzinfo)
    return [] if next_begin <= arrives else None


def _steps(now: Situation) -> list[str] | None:
    return [step for step in ("verify", "dock", "vehicle", "route") if not is_done(now.transfer, step)] or None


def _carer(now: Situation) -> list[str] | None:
    """Nobody stays behind in the room that a released person leaves."""
    unasked = now.transfer.kind == "return" or now.line is None
    return None if unasked or someone_cares(now.line.verified) else [now.line.id]


def someone_cares(verified: dict | None) -> bool:
    """Whether it was asked who stays behind, and someone who cannot be left alone has a named carer, or the desk by name (L-5)."""
    told = (verified or {}).get("stays_behind") or {}
    if told.get("answer") == "carer":
        return bool((told.get("carer_name") or "").strip())
    if told.get("answer") == "desk":
        return bool((told.get("desk_name") or "").strip())
    return told.get("answer") in ("nobody", "can_be_alone")


GATES: list[tuple[str, tuple[str, ...], str, Callable]] = [
    ("room_waits.rooms", ("people_called", "left_pickup"), "named_person", _rooms),
    ("room_waits.dock", ("people_called", "left_pickup"), "named_person", _dock),
    ("accepted", ("people_called", "left_pickup"), "named_person", _accepted),
    ("vehicle_waits", ("people_called",), "named_person", _at_pickup),
    ("safe.readiness", ("en_route",), "commander", _readiness),
    ("safe.driver_hours", ("en_route",), "nobody", _driver_hours),
    ("safe.night", ("en_route",), "nobody", _night),
    ("steps", ("en_route",), "named_person", _steps),
    ("carer", ("board_person",), "named_person", _carer),
]
