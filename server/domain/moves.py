"""Step 5, pick up and deliver: the vehicle's moments, and what became of each person at the door."""

from datetime import datetime

from server.domain.acts import Act
from server.domain.custody import move_custody
from server.domain.reach import transfer_in_reach
from server.problems import Refused
from server.store.transfers import Line, Transfer

REPEAT_MINUTES = 5  # two tellings of one moment that differ by more than this are shown to people (PROTOCOL §4)


def record_moment(act: Act, *, moment: str, stop: str | None = None, allowed_by: str | None = None) -> None:
    """The vehicle is on its way, at the pick-up, people called down, left, at the site. A fact: refuses target.unknown only."""
    transfer = recorded_transfer(act)
    told = transfer.moments.get(moment)
    if told and told.get("stop") == stop:
        flag_if_it_differs(act, transfer, f"moment.{moment}", told)
        return
    transfer.moments = {**transfer.moments, moment: {**told_by(act), "stop": stop, "allowed_by": allowed_by}}
    if allowed_by:
        act.flag("gate.passed", [{**told_by(act), "says": moment, "allowed_by": allowed_by}], **about(transfer))
    if transfer.state == "planned":
        transfer.state = "under_way"
    if moment == "at_site" and transfer.state == "under_way":
        transfer.state = "arrived"
    act.touch(transfer)


def board_person(
    act: Act,
    *,
    line: str,
    identity: list[str],
    temperature: float | None = None,
    mask: bool | None = None,
    seat: str | None = None,
    allowed_by: str | None = None,
) -> None:
    """A person is aboard. The crew holds them from now on. A fact: refuses target.unknown only."""
    transfer = recorded_transfer(act)
    row = line_of(transfer, line)
    if row.state == "aboard":
        flag_if_it_differs(
            act, transfer, "board_person", {"at": row.boarded_at.isoformat(), "by": None}, line_id=row.id
        )
        return
    if not row.open or row.outcome:
        said = row.outcome or row.state
        act.flag(
            "boarding.after_other_outcome", [{"says": said}, {**told_by(act), "says": "aboard"}], **about(transfer, row)
        )
    if transfer.state == "cancelled":
        act.flag("fact.on_cancelled_transfer", [{**told_by(act), "says": "aboard"}], **about(transfer, row))
    if len(set(identity)) < 2:
        act.flag("boarding.identity_not_checked_twice", [{**told_by(act), "says": identity}], **about(transfer, row))
    if allowed_by:
        act.flag(
            "gate.passed", [{**told_by(act), "says": "board_person", "allowed_by": allowed_by}], **about(transfer, row)
        )
    row.state, row.outcome, row.outcome_at, row.boarded_at = "aboard", None, None, act.at
    custody = act.loaded.custody(row.person_id)
    if custody.holder in ("origin", "site", "home") or custody.transfer_id == transfer.id:
        move_custody(act, row.person_id, "crew", act.actor.id, transfer.id)
    else:
        act.flag(
            "custody.held_elsewhere",
            [{"says": custody.holder}, {**told_by(act), "says": "aboard"}],
            **about(transfer, row),
        )
    row.person.state = "in_transfer"
    act.touch(row)


def recorded_transfer(act: Act) -> Transfer:
    """The transfer a crew or a desk records on; a crew that was relieved is heard, and flagged."""
    transfer = transfer_in_reach(act, "transfers.record")
    if act.actor.role in ("driver", "escort") and not in_crew(act, transfer):
        act.flag("late_after_reassign", [{**told_by(act), "says": act.operation.type}], **about(transfer))
    return transfer


def in_crew(act: Act, transfer: Transfer) -> bool:
    return any(member.user_id == act.actor.id and member.to_at is None for member in transfer.crew)


def line_of(transfer: Transfer, line_id: str) -> Line:
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


def flag_if_it_differs(act: Act, transfer: Transfer, what: str, told: dict, **where) -> None:
    """The same thing told again: a repeat, unless the times differ by more than five minutes."""
    before = datetime.fromisoformat(told["at"])
    if abs((act.at - before).total_seconds()) > REPEAT_MINUTES * 60:
        act.flag("told_differently", [told, {**told_by(act), "says": what}], **{**about(transfer), **where})
