"""The six steps of a transfer, derived from what was recorded: never stored, so they cannot disagree with it (domain §3.6).

The same rules as `static/app/rules/steps.ts`; both read `tests/contract/steps.json`.
"""

from collections.abc import Callable

from server.store.transfers import Transfer

STEPS = ("verify", "dock", "vehicle", "route", "move", "handover")
BEFORE: dict[str, tuple[str, ...]] = {
    "verify": (),
    "dock": ("verify",),
    "vehicle": ("verify",),
    "route": ("verify",),
    "move": ("verify", "dock", "vehicle", "route"),
    "handover": ("move",),
}


def step_states(transfer: Transfer, site_name: str | None = None) -> dict[str, dict]:
    """For each step `{state, since, done_at, by, owner, waits_for, blocked_by}`.

    State is `waiting`, `open`, `done` or `blocked`; `since` is when it could begin; `owner` who has it in hand, by name: the crew,
    or of the steps that a site answers the site (`site_name`).
    """
    return {step: _step(transfer, step, site_name) for step in STEPS}


def is_done(transfer: Transfer, step: str) -> bool:
    """Whether this step of the six is done."""
    return DONE[step](transfer)


def missing_items(transfer: Transfer) -> list[str]:
    """Items of the vehicle check that are missing and that no commander let pass."""
    check = transfer.vehicle_check or {}
    return [item for item in check.get("missing", []) if item not in (check.get("overrides") or {})]


def is_emergency_trip(transfer: Transfer) -> bool:
    """A trip to hospital for one whose life is in danger: nothing waits and nothing stops it."""
    return transfer.kind == "hospital" and transfer.priority == "emergency"


def someone_aboard(transfer: Transfer) -> bool:
    """Whether somebody sits in the vehicle now."""
    return any(line.state == "aboard" for line in transfer.lines)


def _step(transfer: Transfer, step: str, site_name: str | None) -> dict:
    done = is_done(transfer, step)
    blocked_by = None if done else _block(transfer, step)
    waits_for = [] if done else _waits_for(transfer, step)
    told = _finished(transfer, step) if done else {}
    state = "done" if done else "blocked" if blocked_by else "waiting" if waits_for else "open"
    return {
        "state": state,
        "since": None if state == "waiting" else _since(transfer, step),
        "done_at": told.get("at"),
        "by": told.get("by_name"),
        "owner": _owner(transfer, step, site_name),
        "waits_for": waits_for,
        "blocked_by": blocked_by,
    }


def _verified(transfer: Transfer) -> bool:
    return bool(transfer.lines) and all(line.state == "ended" or line.verified for line in transfer.lines)


def _moved(transfer: Transfer) -> bool:
    """Nobody is left at a door, and the vehicle is there; or there is nobody to move."""
    lines = transfer.lines
    if not lines or any(line.state == "expected" for line in lines):
        return False
    return bool(transfer.moments.get("at_site")) or all(line.state == "ended" for line in lines)


def _handed_over(transfer: Transfer) -> bool:
    handover = transfer.handover
    return bool(handover.get("closed_at") or (handover.get("crew") and handover.get("site")))


DONE: dict[str, Callable[[Transfer], bool]] = {
    "verify": _verified,
    "dock": lambda transfer: transfer.dock.get("state") in ("confirmed", "confirmed_by_phone"),
    "vehicle": lambda transfer: transfer.vehicle_check is not None and not missing_items(transfer),
    "route": lambda transfer: transfer.route is not None,
    "move": _moved,
    "handover": _handed_over,
}


def _block(transfer: Transfer, step: str) -> str | None:
    """The reason code of a refused docking, or of a problem on this step that is not solved."""
    if step == "dock" and transfer.dock.get("state") == "refused":
        return transfer.dock.get("reason") or "other"
    open_ones = (one for one in transfer.problems if one.get("step") == step and not one.get("resolved_at"))
    return next((one["reason"] for one in open_ones), None)


def _waits_for(transfer: Transfer, step: str) -> list[str]:
    if is_emergency_trip(transfer) or _has_begun(transfer, step):
        return []
    return [before for before in BEFORE[step] if not is_done(transfer, before)]


def _has_begun(transfer: Transfer, step: str) -> bool:
    """What people already began waits for nothing: a coach that drives is not sent back by a list."""
    arrived = bool(transfer.moments.get("at_site")) or any(line.received for line in transfer.lines)
    if step == "handover":
        return arrived
    return step == "move" and (arrived or someone_aboard(transfer) or any(transfer.moments.values()))


def _finished(transfer: Transfer, step: str) -> dict:
    """What was told last of those facts that finish a step."""
    facts = {
        "verify": [line.verified for line in transfer.lines],
        "dock": [{**transfer.dock, "by_name": transfer.dock.get("answered_by")}],
        "vehicle": [transfer.vehicle_check],
        "route": [transfer.route],
        "move": [transfer.moments.get("at_site")],
        "handover": [transfer.handover.get("crew"), transfer.handover.get("site")],
    }[step]
    return max((fact for fact in facts if fact and fact.get("at")), key=lambda fact: fact["at"], default={})


def _since(transfer: Transfer, step: str) -> str | None:
    """When the steps before it were done; of the first step, when the transfer was made."""
    ends = [_finished(transfer, before).get("at") for before in BEFORE[step]]
    made = transfer.created_at.isoformat() if transfer.created_at else None
    return max((end for end in ends if end), default=made)


def _owner(transfer: Transfer, step: str, site_name: str | None) -> str | None:
    if step in ("dock", "handover") and site_name:
        return site_name
    present = [member for member in transfer.crew if member.to_at is None]
    driver = next((member for member in present if member.role == "driver"), None)
    return driver.user.name if driver else transfer.desk_name
