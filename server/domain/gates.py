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


def gates_before(button: str, transfer: Transfer, at: datetime, settings, line: Line | None = None) -> list[Gate]:
    """The gates before a button that are not met at that time. `settings` has `dock_fresh_minutes` and `time_zone`."""
    if is_emergency_trip(transfer):
        return []
    stops = not someone_aboard(transfer)
    found = []
    for gate, before, passed_by, unmet in GATES:
        if button in before:
            missing = unmet(transfer, at, settings, line)
            if missing is not None:
                found.append(Gate(gate, stops, passed_by, missing))
    return found


def flag_gates(act: Act, transfer: Transfer, button: str, allowed_by: str | None, line: Line | None = None) -> None:
    """Flag what was done past a gate: with the name of who allowed it where a person may, else as a gate that was not met."""
    says = {**told_by(act), "says": button}
    passed = []
    for gate in gates_before(button, transfer, act.at, act.work.settings, line):
        if not gate.stops:
            continue
        if allowed_by and gate.passed_by == "named_person":
            passed.append(gate.gate)
        else:
            act.flag(f"gate.not_met.{gate.gate}", [{**says, "missing": gate.missing}], **about(transfer, line))
    if allowed_by:
        act.flag("gate.passed", [{**says, "allowed_by": allowed_by, "gates": passed}], **about(transfer, line))


def _rooms(transfer: Transfer, _at, _settings, _line) -> list[str] | None:
    if transfer.destination_kind != "site":
        return None  # only a site keeps a register of rooms
    return [line.id for line in transfer.lines if line.state in ("expected", "aboard") and line.room_id is None] or None


def _dock(transfer: Transfer, at: datetime, settings, _line) -> list[str] | None:
    dock = transfer.dock
    if dock.get("state") not in ("confirmed", "confirmed_by_phone") or not dock.get("at"):
        return []
    age = at - datetime.fromisoformat(dock["at"])
    return None if age <= timedelta(minutes=settings.dock_fresh_minutes) else []


def _at_pickup(transfer: Transfer, _at, _settings, _line) -> list[str] | None:
    return None if transfer.moments.get("at_pickup") else []


def _readiness(transfer: Transfer, _at, _settings, _line) -> list[str] | None:
    if not transfer.vehicle_check:
        return []
    return [item for item in missing_items(transfer) if item != "driver_hours"] or None


def _driver_hours(transfer: Transfer, _at, _settings, _line) -> list[str] | None:
    check = transfer.vehicle_check
    return None if check and check["items"].get("driver_hours") is True else []


def _night(transfer: Transfer, at: datetime, settings, _line) -> list[str] | None:
    """No part of the drive lies in the night stop. Without a route only now is known."""
    leaves = at.astimezone(settings.time_zone)
    arrives = leaves + timedelta(minutes=(transfer.route or {}).get("minutes") or 0)
    begins, ends = NIGHT_STOP
    if begins <= leaves.time() < ends:
        return []
    next_begin = datetime.combine(leaves.date() + timedelta(days=leaves.time() >= ends), begins, leaves.tzinfo)
    return [] if next_begin <= arrives else None


def _steps(transfer: Transfer, _at, _settings, _line) -> list[str] | None:
    return [step for step in ("verify", "dock", "vehicle", "route") if not is_done(transfer, step)] or None


def _carer(_transfer: Transfer, _at, _settings, line: Line | None) -> list[str] | None:
    return None if line is None or someone_cares(line.verified) else [line.id]


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
    ("vehicle_waits", ("people_called",), "named_person", _at_pickup),
    ("safe.readiness", ("en_route",), "commander", _readiness),
    ("safe.driver_hours", ("en_route",), "nobody", _driver_hours),
    ("safe.night", ("en_route",), "nobody", _night),
    ("steps", ("en_route",), "named_person", _steps),
    ("carer", ("board_person",), "named_person", _carer),
]
