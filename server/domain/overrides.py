"""A commander lets a vehicle go although an item of its check is missing. The daily report prints it (domain §3.6, L-11)."""

from server.domain.acts import Act
from server.domain.transfers import changeable_transfer
from server.problems import Refused

NEVER = ("driver_hours", "night")


def override_readiness(act: Act, *, item: str, reason: str) -> None:
    """Let one missing item pass, with a reason. Driver hours and the night stop have no override.

    Refuses: target.unknown, transfer.already_ended, reason.missing, readiness.no_override, request.unreadable (nothing is missing).
    """
    transfer = changeable_transfer(act, "readiness.override")
    if item in NEVER:
        raise Refused("readiness.no_override")
    if not reason.strip():
        raise Refused("reason.missing")
    check = transfer.vehicle_check
    if not check or item not in check["missing"]:
        raise Refused("request.unreadable")
    given = {"by": act.actor.id, "by_name": act.actor.name, "at": act.at.isoformat(), "reason": reason}
    transfer.vehicle_check = {**check, "overrides": {**check.get("overrides", {}), item: given}}
    act.touch(transfer)
