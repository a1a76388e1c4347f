"""How far a transfer is: its state and that of its vehicle follow from what was told, so they are derived anew after each fact.

A closed or cancelled transfer stays so: a late fact does not open it.
"""

from datetime import datetime

from server.domain.acts import Act
from server.domain.giving_rooms import let_go_of_all
from server.domain.vehicles import set_state
from server.store.transfers import Line, Transfer, Vehicle

ON_A_TRIP = ("assigned", "to_pickup", "at_pickup", "loaded", "at_site")


def settle(act: Act, transfer: Transfer) -> None:
    """Bring the states of a transfer and its vehicle up to what is told of it now. It closes when both sides have signed and each
    line has an end."""
    signed = transfer.handover.get("crew") and transfer.handover.get("site")
    if signed and transfer.ended_at is None and all(has_end(line) for line in transfer.lines):
        close_transfer_at(act, transfer)
    if transfer.state != "cancelled":
        transfer.state = _state(transfer)
    vehicle = act.loaded.get("vehicle", transfer.vehicle_id)
    if vehicle and transfer.ended_at is None and vehicle.state in ON_A_TRIP:
        set_state(vehicle, _vehicle_state(transfer), act.at)
    elif vehicle and vehicle.state == "clean_ready" and _was_used_after_all(transfer, vehicle):
        act.change(vehicle, state="contaminated", since=act.at, reason=None)
    act.touch(transfer)


def _was_used_after_all(transfer: Transfer, vehicle: Vehicle) -> bool:
    """Whether it comes to be told late that a vehicle, clean as far as was known, carried somebody since it was cleaned."""
    carried = [line.boarded_at for line in transfer.lines if line.boarded_at]
    return bool(carried) and (vehicle.last_disinfected_at is None or max(carried) > vehicle.last_disinfected_at)


def close_transfer_at(act: Act, transfer: Transfer) -> None:
    """The handover is over: the transfer closes, its rooms are free, and its vehicle is contaminated until it was disinfected."""
    act.put(transfer, "handover", "closed_at", act.at.isoformat())
    act.change(transfer, ended_at=act.at, state="closed")
    let_go_of_all(act, transfer)
    vehicle = act.loaded.get("vehicle", transfer.vehicle_id)
    if vehicle and vehicle.state in ON_A_TRIP and carried_anybody(transfer):
        act.change(vehicle, state="contaminated", since=empty_since(transfer) or act.at, reason=None)
    elif vehicle and vehicle.state in ON_A_TRIP:
        act.change(vehicle, state="contaminated" if transfer.moments.get("at_pickup") else "clean_ready", since=act.at)


def has_end(line: Line) -> bool:
    """Whether it is told what became of this person."""
    return line.state not in ("expected", "aboard")


def carried_anybody(transfer: Transfer) -> bool:
    """Whether anybody was ever aboard, so that the vehicle must be disinfected."""
    return any(line.boarded_at or line.state in ("aboard", "received") for line in transfer.lines)


def empty_since(transfer: Transfer) -> datetime | None:
    """When the last person left the vehicle; None while somebody is aboard or nobody was."""
    if any(line.state == "aboard" for line in transfer.lines):
        return None
    return max((line.ended_at for line in transfer.lines if line.state in ("received", "elsewhere") and line.ended_at), default=None)


def _state(transfer: Transfer) -> str:
    if transfer.handover.get("closed_at"):
        return "closed"
    lines = {line.state for line in transfer.lines}
    if transfer.moments.get("at_site") or "received" in lines:
        return "arrived"
    return "under_way" if any(transfer.moments.values()) or lines & {"aboard", "elsewhere"} else "planned"


def _vehicle_state(transfer: Transfer) -> str:
    told = transfer.moments
    if told.get("at_site"):
        return "at_site"
    if told.get("left_pickup") or any(line.state == "aboard" for line in transfer.lines):
        return "loaded"
    if told.get("at_pickup"):
        return "at_pickup"
    return "to_pickup" if told.get("en_route") else "assigned"
