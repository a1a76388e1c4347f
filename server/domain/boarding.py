"""Step 5, at the door: who came aboard, who did not and why, and who came along on no list."""

from server.domain.acts import Act, new_id
from server.domain.custody import begin_custody, may_take, move_custody
from server.domain.departures import leave_room
from server.domain.gates import flag_gates
from server.domain.giving_rooms import let_go
from server.domain.progress import settle
from server.domain.told import about, crew_standing, driver_of, line_of, recorded_transfer, stands, told_by
from server.store.people import Person
from server.store.transfers import Line, Transfer

# What a person is after an outcome at the door (domain §3.4). Who was absent, refused or is not fit for this vehicle waits on.
STATE_AFTER = {
    "absent": "unreachable",
    "refused": "refused",
    "unfit": "awaiting_transfer",
    "emergency": "medical_emergency",
    "wrong_person": "wrong_listing",
    "already_moved": "at_other_place",
}


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
    told = {**told_by(act), "identity": identity, "temperature": temperature, "mask": mask, "seat": seat}
    if row.state == "aboard" and stands(act, transfer, "aboard", row.boarded, row):
        return
    if row.state in ("received", "elsewhere"):
        _keep_late_boarding(act, transfer, row, told)
        return
    if not may_take(act.loaded.custody(row.person_id), transfer):
        holder = act.loaded.custody(row.person_id).holder
        act.flag("custody.held_elsewhere", [{"says": holder}, {**told, "says": "aboard"}], **about(transfer, row))
        return
    flag_gates(act, transfer, "board_person", allowed_by, row)
    if len(set(identity)) < 2:
        act.flag("boarding.identity_not_checked_twice", [{**told, "says": identity}], **about(transfer, row))
    if row.outcome and row.outcome != "cancelled":
        act.flag("boarding.after_other_outcome", [{"says": row.outcome}, {**told, "says": "aboard"}], **about(transfer, row))
    if (row.received or {}).get("outcome") == "absent":
        act.flag("discrepancy", [row.received, {**told, "says": "aboard"}], **about(transfer, row))
    _take_aboard(act, transfer, row, told)
    settle(act, transfer)


def record_outcome(act: Act, *, line: str, outcome: str, note: str | None = None) -> None:
    """A person did not board, and why. Ends the line and gives back the room. A fact: refuses target.unknown only.

    Every outcome ends the line, `unfit` and `emergency` too: the coach goes on, the person waits again (or for the ambulance, which
    `hand_to_care` tells), and another vehicle can be planned at once. Somebody who is aboard stays so: the crew holds them.
    """
    transfer = recorded_transfer(act)
    row = line_of(transfer, line)
    if row.state in ("aboard", "received", "elsewhere"):
        says = [{"says": row.state}, {**told_by(act), "says": outcome}]
        after = "boarding" if row.state == "aboard" else "reception"
        act.flag(f"outcome.after_{after}", says, **about(transfer, row))
        return
    told = row.outcome and {"at": row.outcome_at.isoformat() if row.outcome_at else act.at.isoformat(), "outcome": row.outcome}
    if transfer.state == "cancelled" or stands(act, transfer, outcome, told, row, outcome=outcome):
        return
    act.change(row, state="ended", open=False, outcome=outcome, outcome_at=act.at, ended_at=act.at, note=note)
    let_go(act, transfer, row)
    if transfer.kind == "outbound":
        act.change(row.person, state=STATE_AFTER[outcome])
    settle(act, transfer)


def add_extra_person(
    act: Act, *, name: str, age: int | None = None, sex: str | None = None, phone: str | None = None, note: str | None = None
) -> str:
    """Somebody is aboard who is on no list: a person, a line and custody, and an item for the desk. Gives the line's id.

    The line has the id of the operation, so that the phone that made it can go on with this person before it hears from the office.
    """
    transfer = recorded_transfer(act)
    person = act.add(
        Person(
            id=new_id(),
            name=name,
            sex=sex,
            birth_year=age if age is None else act.at.year - age,
            phone=phone,
            words=note,
            needs=[],
            extra={},
            state="in_transfer",
            listed_at=act.at,
            waits_from=act.at,
            responsible_area_id=transfer.area_id,
        )
    )
    begin_custody(act, person.id, "crew", _holder(act, transfer), transfer.id)
    position = max((row.position for row in transfer.lines), default=0) + 1
    row = Line(
        id=act.operation.id,
        transfer_id=transfer.id,
        person_id=person.id,
        position=position,
        state="aboard",
        open=True,
        boarded_at=act.at,
        boarded=told_by(act),
        note=note,
    )
    row.person, row.held_room = person, None
    act.make(row)
    transfer.lines.append(row)
    act.flag("extra_person", [{**told_by(act), "says": name}], **about(transfer, row))
    settle(act, transfer)
    return row.id


def _take_aboard(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    act.change(row, state="aboard", outcome=None, outcome_at=None, boarded_at=act.at, boarded=told)
    if not row.open and not act.loaded.around.expected_elsewhere(row):
        act.change(row, open=True, ended_at=None)
    move_custody(act, row.person_id, "crew", _holder(act, transfer), transfer.id)
    act.change(row.person, state="returning" if transfer.kind == "return" else "in_transfer")
    leave_room(act, transfer, row)


def _keep_late_boarding(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    """The office heard of the arrival first, and hears of the boarding now: it fits when it happened before."""
    if row.boarded_at is None and act.at <= row.ended_at:
        act.change(row, boarded_at=act.at, boarded=told)
    elif not stands(act, transfer, "aboard", row.boarded, row):
        act.flag("boarding.after_other_outcome", [{"says": row.state}, {**told, "says": "aboard"}], **about(transfer, row))


def _holder(act: Act, transfer: Transfer) -> str | None:
    """Who of the crew holds a person that boards: who told it, a relieved crew too (P24), or for a desk the driver."""
    return act.actor.id if crew_standing(transfer, act.actor.id) else driver_of(transfer) or act.actor.id
