"""Step 6, person by person: received into a room, refused at the gate, or not in the vehicle (told by the site or by the crew)."""

from datetime import datetime

from server.domain.acts import Act
from server.domain.after_release import begin_monitoring, lodge_after_release
from server.domain.custody import may_take, move_custody
from server.domain.departures import leave_room
from server.domain.former_sites import site_that_knew
from server.domain.giving_rooms import free_room, give_room, is_free_for
from server.domain.progress import settle
from server.domain.stays import TOGETHER, begin_stay, move_into
from server.domain.told import about, driver_of, line_of, side_of, stands, told_by, witnessed_transfer
from server.store.rooms import Room
from server.store.transfers import Line, Transfer

HOLDERS = {"site": "site", "hospital": "hospital", "home": "home", "elsewhere": "site"}
STATES = {"site": "isolated", "hospital": "isolated", "home": "home_monitoring", "elsewhere": "isolated"}


def receive_person(
    act: Act,
    *,
    line: str,
    outcome: str,
    room: str | None = None,
    reason: str | None = None,
    temperature: float | None = None,
    note: str | None = None,
) -> None:
    """A person was received, refused, or not there. A fact: refuses target.unknown only.

    The first telling stands; the same told by another is an attestation, another one a `discrepancy`. Only a reception that comes after
    a refusal goes on from there (with the item): who was turned away at the gate may be let in an hour later.
    """
    transfer = witnessed_transfer(act)
    row = line_of(transfer, line)
    told = {
        **told_by(act),
        "side": side_of(act),
        "outcome": outcome,
        "room": room,
        "reason": reason,
        "temperature": temperature,
        "note": note,
    }
    if not _is_told_already(act, transfer, row, told):
        {"received": _receive, "refused": _refuse, "absent": _miss}[outcome](act, transfer, row, told)
    settle(act, transfer)


def _is_told_already(act: Act, transfer: Transfer, row: Line, told: dict) -> bool:
    before = row.received
    if not before:
        return False
    rooms = {before.get("room"), told["room"]} - {None}
    if before["outcome"] == told["outcome"] and len(rooms) < 2:
        _attest(act, transfer, row, told)
        return True
    act.flag("discrepancy", [before, told], **about(transfer, row))
    let_in_later = before["outcome"] != "received" and told["outcome"] == "received"
    return not (let_in_later and act.at >= datetime.fromisoformat(before["at"]))


def _attest(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    """The same again: by the same person a repeat, by another one an attestation. Either may add the room that was open."""
    if told["room"] and not row.received.get("room"):
        _add_room(act, transfer, row, told)
    elif row.received["by"] == act.actor.id:
        stands(act, transfer, told["outcome"], row.received, row)
    if row.received["by"] != act.actor.id:
        also = [*row.received.get("attested", []), {name: told[name] for name in ("at", "by", "by_name", "side")}]
        act.change(row, received={**row.received, "attested": also})


def _add_room(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    """Somebody was received without a room (the crew knew none, or the one named could not be had): now they get one."""
    stay = act.loaded.around.stay_of(row.person_id)
    if stay is None or stay.room_id:
        return
    room, together = _room_for(act, transfer, row, told)
    if room:
        move_into(act, stay, room, together)
        act.change(row, received={**row.received, "room": room.id})


def _receive(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    """From the crew's hands into those at the destination."""
    if not may_take(act.loaded.custody(row.person_id), transfer):
        holder = act.loaded.custody(row.person_id).holder
        act.flag("custody.held_elsewhere", [{"says": holder}, told], **about(transfer, row))
        return
    if row.outcome and row.outcome != "cancelled":
        act.flag("reception.after_other_outcome", [{"says": row.outcome}, told], **about(transfer, row))
    kind = "site" if _is_back_at_its_site(act, transfer) else transfer.destination_kind
    place = {"site": _site_of(act, transfer), "hospital": transfer.hospital_id, "home": transfer.community_id}.get(kind)
    room, together = _room_for(act, transfer, row, told) if kind == "site" else (None, None)
    move_custody(act, row.person_id, HOLDERS[kind], place, transfer.id)
    act.change(row, state="received", open=False, ended_at=act.at, received={**told, "room": room and room.id})
    act.change(row.person, state=STATES[kind])
    if kind == "site":
        begin = lodge_after_release if transfer.kind == "return" else begin_stay
        begin(act, row.person, place, room, together)
        return
    leave_room(act, transfer, row)
    if kind == "home":
        begin_monitoring(act, row.person)


def _is_back_at_its_site(act: Act, transfer: Transfer) -> bool:
    """Whether a return ended where it began, as the site says before the desk has sent it back there: people are where they are seen."""
    return transfer.kind == "return" and act.actor.site_id is not None and act.actor.site_id == transfer.origin_site_id


def _room_for(act: Act, transfer: Transfer, row: Line, told: dict) -> tuple[Room | None, str | None]:
    """The room told, if it may be had, and why it is shared. A room with somebody in it, or not ready, is flagged and not given."""
    if told["room"] is None:
        if told["side"] == "site":
            act.flag("reception.without_room", [told], **about(transfer, row))
        return None, None
    room = act.loaded.get("room", told["room"])
    if room is None or room.site_id != _site_of(act, transfer):
        act.flag("room_conflict", [{"says": "room.unknown"}, told], **about(transfer, row))
        return None, None
    together = _why_together(act, transfer, row, room)
    if not (together or is_free_for(act, room, transfer)):
        says = [{"says": room.state, "at": room.since.isoformat(), "by": room.by_id}, told]
        act.flag("room_conflict", says, **{**about(transfer, row), "room_id": room.id})
        return None, None
    if room.state != "occupied":
        give_room(act, transfer, row, room)
    elif row.room_id != room.id:
        had, row.held_room = act.loaded.get("room", row.room_id), room
        act.change(row, room_id=room.id)
        if had:
            free_room(act, transfer, had)
    return room, together


def _why_together(act: Act, transfer: Transfer, row: Line, room: Room) -> str | None:
    """The reason for which a second person may be in an occupied room: the desk gave both the same one."""
    inside = {stay.person_id for stay in act.loaded.around.stays_in(room.id)}
    with_them = [line for line in transfer.lines if line.person_id in inside and line.room_id == room.id]
    if not inside or row.room_id != room.id or not with_them:
        return None
    return row.group_reason or next((line.group_reason for line in with_them if line.group_reason), TOGETHER)


def _refuse(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    """Turned away: the crew holds them still, and the desk is shown the backup site."""
    act.change(row, received=told)
    if may_take(act.loaded.custody(row.person_id), transfer):
        _is_aboard(act, transfer, row, told)
    backup = transfer.backup_site_id or (transfer.route or {}).get("backup_site")
    act.flag("reception.refused", [{**told, "says": told["reason"], "backup": backup}], **about(transfer, row))


def _is_aboard(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    """Who stands at the gate came with the coach, whatever was told at the door: nobody is held by a crew on a line that has ended."""
    if row.outcome and row.outcome != "cancelled":
        act.flag("reception.after_other_outcome", [{"says": row.outcome}, told], **about(transfer, row))
    if row.state in ("expected", "ended"):
        act.change(row, state="aboard", outcome=None, outcome_at=None)
        act.change(row.person, state="returning" if transfer.kind == "return" else "in_transfer")
    if not row.open and not act.loaded.around.expected_elsewhere(row):
        act.change(row, open=True, ended_at=None)
    if act.loaded.custody(row.person_id).holder != "crew":
        move_custody(act, row.person_id, "crew", driver_of(transfer), transfer.id)
    leave_room(act, transfer, row)


def _miss(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    """Not in the vehicle. Where the crew says aboard, both are kept, and the crew's word holds the person."""
    act.change(row, received=told)
    if row.state == "aboard":
        act.flag("discrepancy", [row.boarded or {"says": "aboard"}, {**told, "says": "absent"}], **about(transfer, row))


def _site_of(act: Act, transfer: Transfer) -> str | None:
    """The site that received: the receiver's own, where it is one that the transfer was or may come to be on the way to, else the
    destination. Desk and site hear of a diversion at different times; people are where they were received."""
    own = act.actor.site_id
    if own and (own in (transfer.site_id, transfer.backup_site_id) or _is_back_at_its_site(act, transfer)):
        return own
    knew = site_that_knew(act, transfer)
    return knew if knew and knew != transfer.origin_site_id else transfer.site_id
