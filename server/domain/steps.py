"""The six steps of a transfer, derived from what was recorded: never stored, so they cannot disagree with it (domain §3.6)."""

from server.store.transfers import Transfer

STEPS = ("verify", "dock", "vehicle", "route", "move", "handover")


def step_states(transfer: Transfer) -> dict[str, dict]:
    """For each step its state (`waiting`, `open`, `done`, `blocked`), and when and by whom it was done."""
    done = {
        "verify": _verified(transfer),
        "dock": _docked(transfer),
        "vehicle": _ready_vehicle(transfer),
        "route": transfer.route,
        "move": _moved(transfer),
        "handover": _handed_over(transfer),
    }
    return {step: _state(step, done, transfer) for step in STEPS}


def _state(step: str, done: dict, transfer: Transfer) -> dict:
    told = done[step]
    if told:
        return {"state": "done", "done_at": told.get("at"), "by": told.get("by_name"), "waits_for": []}
    waits_for = [before for before in WAITS_FOR[step] if not done[before]]
    if transfer.moments.get("en_route") and step != "handover":
        waits_for = []  # once under way nothing recorded is made to wait
    if step == "dock" and transfer.dock.get("state") == "refused":
        return {"state": "blocked", "done_at": None, "by": None, "waits_for": waits_for}
    return {"state": "waiting" if waits_for else "open", "done_at": None, "by": None, "waits_for": waits_for}


WAITS_FOR = {
    "verify": [],
    "dock": ["verify"],
    "vehicle": ["verify"],
    "route": ["verify"],
    "move": ["dock", "vehicle", "route"],
    "handover": ["move"],
}


def _verified(transfer: Transfer) -> dict | None:
    """Each person not ended otherwise was verified."""
    asked = [line for line in transfer.lines if line.state != "ended"]
    if not asked or not all(line.verified or line.state in ("aboard", "received", "elsewhere") for line in asked):
        return None
    told = [line.verified for line in asked if line.verified]
    return max(told, key=lambda one: one["at"], default={"at": None})


def _docked(transfer: Transfer) -> dict | None:
    if transfer.destination_kind != "site":
        return {"at": None}
    return transfer.dock if transfer.dock.get("state") in ("confirmed", "confirmed_by_phone") else None


def _ready_vehicle(transfer: Transfer) -> dict | None:
    check = transfer.vehicle_check
    if not check or set(check["missing"]) - set(check.get("overrides", {})):
        return None
    return check


def _moved(transfer: Transfer) -> dict | None:
    """Nobody is left at a door, and the vehicle is at the site (or nobody is aboard)."""
    if any(line.state == "expected" for line in transfer.lines):
        return None
    at_site = transfer.moments.get("at_site")
    return at_site or (None if any(line.state == "aboard" for line in transfer.lines) else {"at": None})


def _handed_over(transfer: Transfer) -> dict | None:
    handover = transfer.handover
    if handover.get("closed_at"):
        return {"at": handover["closed_at"], "by_name": None}
    return handover["site"] if handover.get("crew") and handover.get("site") else None
