"""Conflict items and quarantine: shown until somebody closes them by name, in words (PROTOCOL P22)."""

from server.domain.acts import Act
from server.domain.permissions import extent
from server.domain.reach import is_site_of_area, reaches_transfer
from server.problems import Refused
from server.store.change_log import Operation
from server.store.conflicts import Conflict


def resolve_conflict(act: Act, *, resolution: str) -> None:
    """Close an item with a decision in words. What must change because of it is done by its own operation.

    Refuses: conflict.unknown, conflict.already_closed, reason.missing.
    """
    item = open_conflict(act, "conflicts.resolve")
    if not resolution.strip():
        raise Refused("reason.missing")
    item.state, item.resolution, item.resolved_by, item.resolved_at = "closed", resolution, act.actor.id, act.at
    _touch_with_transfer(act, item)


def propose_resolution(act: Act, *, words: str) -> None:
    """A site says how it would settle an item; the desk decides. Refuses: conflict.unknown, conflict.already_closed, reason.missing."""
    item = open_conflict(act, "conflicts.propose")
    if not words.strip():
        raise Refused("reason.missing")
    proposal = {"by": act.actor.id, "by_name": act.actor.name, "at": act.at.isoformat(), "says": words, "proposal": True}
    item.values = [*item.values, proposal]
    act.touch(item)


def settle_quarantined(act: Act, *, operation: str, words: str) -> None:
    """The office has dealt with a refused or held operation; its receipt says so on the author's phone.

    Refuses: target.unknown, reason.missing.
    """
    row = act.work.session.get(Operation, operation)
    if row is None or row.verdict not in ("refused", "held") or not _reaches_operation(act, row):
        raise Refused("target.unknown")
    if not words.strip():
        raise Refused("reason.missing")
    row.acknowledged_at = act.at
    if row.door == "phone":
        act.touched.add(("receipt", row.id))


def judge_again(act: Act, *, operation: str) -> None:
    """A held operation is to be judged now, whatever it waits for: done when time passes next, within half a minute.

    Refuses: target.unknown.
    """
    row = act.work.session.get(Operation, operation)
    if row is None or row.verdict != "held" or row.code == "newer" or not _reaches_operation(act, row):
        raise Refused("target.unknown")
    row.held_until, row.attempts = act.at, 1


def open_conflict(act: Act, permission: str) -> Conflict:
    """The item, if it is open and within the actor's reach."""
    item = act.loaded.get("conflict", act.operation.target)
    if item is None or not reaches_conflict(act, permission, item):
        raise Refused("conflict.unknown")
    if item.state != "open":
        raise Refused("conflict.already_closed")
    return item


def reaches_conflict(act: Act, permission: str, item: Conflict) -> bool:
    """Whether the actor's permission reaches this item."""
    actor, reach = act.actor, extent(act.actor.role, permission)
    if reach == "site":
        return actor.site_id is not None and item.site_id == actor.site_id
    if reach == "sites":
        return is_site_of_area(act, item.site_id)
    if reach == "area":
        return actor.area_id is not None and item.area_id == actor.area_id
    return reach == "all"


def _reaches_operation(act: Act, row: Operation) -> bool:
    """What is about no transfer that anybody can name is the city desk's."""
    if extent(act.actor.role, "conflicts.resolve") == "all":
        return True
    transfer = act.loaded.transfer(row.target)
    return transfer is not None and reaches_transfer(act, "conflicts.resolve", transfer)


def _touch_with_transfer(act: Act, item: Conflict) -> None:
    """The item, and the transfer that shows how many are open."""
    act.touch(item)
    transfer = act.loaded.transfer(item.transfer_id)
    if transfer:
        act.touch(transfer)
