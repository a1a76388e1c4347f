"""What all facts about a transfer share: who may tell one, how it is kept, and what follows when it was told before."""

from datetime import datetime, timedelta

from server.domain.acts import Act
from server.domain.former_sites import site_that_knew
from server.domain.reach import reaches_transfer
from server.problems import Refused
from server.store.transfers import Line, Transfer

REPEAT_WITHIN = timedelta(minutes=5)  # two tellings of one moment that differ by more are shown to people (PROTOCOL §4)
RECEIVING_ROLES = ("receiver", "site_head", "community_worker")


def recorded_transfer(act: Act) -> Transfer:
    """The transfer that its crew or a desk tells of. A crew that was relieved is heard, and flagged. Refuses: target.unknown."""
    return _heard(act, "transfers.record")


def witnessed_transfer(act: Act) -> Transfer:
    """The transfer that anybody who has to do with it tells of: its crew, a desk, or the site at either end. Refuses: target.unknown."""
    return _heard(act, "transfers.record", "reception.record")


def _heard(act: Act, *permissions: str) -> Transfer:
    """Whoever is or was in the crew is heard, whatever role they have by now: facts come late. So is a site that once had the transfer
    on its phones, wherever the desk has sent it, or the receiver, since."""
    transfer = act.loaded.transfer(act.operation.target)
    standing = transfer and crew_standing(transfer, act.actor.id)
    reached = transfer and (standing or any(reaches_transfer(act, one, transfer) for one in permissions))
    if transfer is None or not (reached or site_that_knew(act, transfer)):
        raise Refused("target.unknown")
    if standing == "former" or not reached:
        act.flag("late_after_reassign", [{**told_by(act), "says": act.operation.type}], **about(transfer))
    if transfer.state == "cancelled":
        act.flag("fact.on_cancelled_transfer", [{**told_by(act), "says": act.operation.type}], **about(transfer))
    return transfer


def line_of(transfer: Transfer, line_id: str | None) -> Line:
    """A line of this transfer. Refuses: target.unknown."""
    for line in transfer.lines:
        if line.id == line_id:
            return line
    raise Refused("target.unknown")


def told_by(act: Act) -> dict:
    """Who says so, and when: the head of every kept fact."""
    return {"at": act.at.isoformat(), "by": act.actor.id, "by_name": act.actor.name, "operation": act.operation.id}


def about(transfer: Transfer, line: Line | None = None) -> dict:
    """Where a conflict of this transfer belongs."""
    return {
        "transfer_id": transfer.id,
        "line_id": line and line.id,
        "person_id": line and line.person_id,
        "site_id": transfer.site_id,
        "area_id": transfer.area_id,
    }


def side_of(act: Act) -> str:
    """Who works where people arrive, at a site or in a compound, speaks for that side; everyone else on a transfer for its crew."""
    return "site" if act.actor.role in RECEIVING_ROLES else "crew"


def crew_standing(transfer: Transfer, user_id: str | None) -> str | None:
    """Whether a user is in the crew (`present`), was in it (`former`), or neither."""
    of_user = [member for member in transfer.crew if member.user_id == user_id]
    if any(member.to_at is None for member in of_user):
        return "present"
    return "former" if of_user else None


def driver_of(transfer: Transfer) -> str | None:
    """The driver now, else anybody of the crew."""
    present = [member for member in transfer.crew if member.to_at is None]
    drivers = [member.user_id for member in present if member.role == "driver"]
    return next(iter([*drivers, *(member.user_id for member in present)]), None)


def stands(act: Act, transfer: Transfer, what: str, told: dict | None, line: Line | None = None, **values) -> bool:
    """Whether what was told before (`told`) stands, so that this telling of the same changes nothing.

    Told again by the same crew it is a repeat, flagged only when a value (of `values`) differs or the times are more than five
    minutes apart. Told by two crews both are kept and flagged, and the present crew's stands.
    """
    if not told:
        return False
    says = {**told_by(act), "says": what, **values}
    standings = crew_standing(transfer, told.get("by")), crew_standing(transfer, act.actor.id)
    if set(standings) == {"present", "former"}:
        act.flag("told_by_two_crews", [told, says], **about(transfer, line))
        return standings[0] == "present"
    differs = any(told.get(name) != value for name, value in values.items())
    if differs or abs(act.at - datetime.fromisoformat(told["at"])) > REPEAT_WITHIN:
        act.flag("told_differently", [told, says], **about(transfer, line))
    return True
