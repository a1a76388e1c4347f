"""Vehicles: how many may sit in one, whether it can be sent, and its state by hand."""

from datetime import datetime

from sqlalchemy import func, or_, select

from server.domain.acts import Act
from server.domain.permissions import extent
from server.problems import Refused
from server.store.transfers import Line, Transfer, Vehicle

SENDABLE = ("clean_ready",)
AWAY = ("out_of_service", "driver_rest")
SHARE_OF_SEATS = 2  # every second seat
AMBULANCE_SEATS_MAX = 3
STATES = (
    "clean_ready", "assigned", "to_pickup", "at_pickup", "loaded", "at_site", "contaminated", "disinfecting", "aerating", "checked",
    "out_of_service", "driver_rest",
)  # fmt: skip


def usable_seats(vehicle: Vehicle) -> int:
    """Seats that people may take: half of those rated, in an ambulance all."""
    return vehicle.seats if vehicle.seats <= AMBULANCE_SEATS_MAX else vehicle.seats // SHARE_OF_SEATS


def sendable_vehicle(act: Act, vehicle_id: str, people: int, besides: str | None = None) -> Vehicle:
    """The vehicle, if it is clean, free and large enough. Refuses: vehicle.unknown, vehicle.busy, vehicle.not_ready,
    transfer.too_many_for_vehicle. `besides` is the transfer that may already have it."""
    vehicle = act.loaded.get("vehicle", vehicle_id)
    if vehicle is None:
        raise Refused("vehicle.unknown")
    busy = act.work.session.scalar(
        select(Transfer.code).where(Transfer.vehicle_id == vehicle.id, Transfer.ended_at.is_(None), Transfer.id != (besides or ""))
    )
    if busy:
        raise Refused("vehicle.busy", plate=vehicle.plate, code=busy)
    if vehicle.state not in SENDABLE and besides is None:
        raise Refused("vehicle.not_ready", plate=vehicle.plate, state=vehicle.state)
    if people > usable_seats(vehicle):
        raise Refused("transfer.too_many_for_vehicle", seats=usable_seats(vehicle), people=people)
    return vehicle


def set_state(vehicle: Vehicle | None, state: str, at: datetime, reason: str | None = None) -> None:
    """Move a vehicle to a state of its cycle."""
    if vehicle and vehicle.state != state:
        vehicle.state, vehicle.since, vehicle.reason = state, at, reason


def set_vehicle_state(act: Act, *, state: str, reason: str) -> None:
    """A desk says that a vehicle is out of service, or back. Refuses: vehicle.unknown, request.unreadable, reason.missing,
    vehicle.not_ready (only a disinfection record makes one clean that carried anybody, whatever was said of it in between)."""
    vehicle = act.loaded.get("vehicle", act.operation.target)
    if vehicle is None or not _is_in_reach(act, vehicle):
        raise Refused("vehicle.unknown")
    if state not in ("out_of_service", "driver_rest", "clean_ready"):
        raise Refused("request.unreadable")
    if not reason.strip():
        raise Refused("reason.missing")
    if state == "clean_ready" and (vehicle.state not in (*AWAY, "checked", "clean_ready") or _is_used(act, vehicle)):
        raise Refused("vehicle.not_ready", plate=vehicle.plate, state=vehicle.state)
    set_state(vehicle, state, act.at, reason)


def last_used_at(act: Act, vehicle: Vehicle) -> datetime | None:
    """When somebody last boarded this vehicle, or was received from it."""
    used = func.max(func.coalesce(Line.boarded_at, Line.ended_at))
    carried = or_(Line.boarded_at.is_not(None), Line.state == "received")
    return act.work.session.scalar(select(used).join(Transfer).where(Transfer.vehicle_id == vehicle.id, carried))


def _is_used(act: Act, vehicle: Vehicle) -> bool:
    used, cleaned = last_used_at(act, vehicle), vehicle.last_disinfected_at
    return used is not None and (cleaned is None or used > cleaned)


def _is_in_reach(act: Act, vehicle: Vehicle) -> bool:
    reach = extent(act.actor.role, "vehicles.edit")
    return reach == "all" or (reach == "area" and act.actor.area_id is not None and vehicle.area_id == act.actor.area_id)
