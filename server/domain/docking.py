"""Step 2: the site says that it takes these people. By its own answer, or on the telephone, and then it is never shown as its own."""

from datetime import datetime, timedelta

from server.domain.acts import Act
from server.domain.giving_rooms import give_room, is_free_for, share_a_door
from server.domain.progress import settle
from server.domain.reach import transfer_in_reach
from server.domain.told import about, line_of, recorded_transfer, told_by
from server.problems import Refused
from server.store.rooms import Room
from server.store.transfers import Line, Transfer

PARTS = ("beds", "rooms", "staff")  # 床板等人、房间等人、救治力量等人 (S3-29): each has its own answer
CONFIRMED = ("confirmed", "confirmed_by_phone")


def record_dock_call(
    act: Act,
    *,
    number: str,
    answered_by: str | None,
    result: str,
    rooms_promised: int | None = None,
    reason: str | None = None,
    gate: str | None = None,
    note: str | None = None,
    beds_ready: bool | None = None,
    rooms_ready: bool | None = None,
    staff_ready: bool | None = None,
    beds_ready_at: datetime | None = None,
    rooms_ready_at: datetime | None = None,
    staff_ready_at: datetime | None = None,
) -> None:
    """What the site said on the telephone. Every call is kept. A fact: refuses target.unknown only.

    A confirmation is `confirmed_by_phone`, on behalf of the site; what the site answered itself before stays beside it (`own`). Beds,
    rooms and staff as in the site's own answer; what was not asked is None, and is not shown.
    """
    transfer = recorded_transfer(act)
    dock = transfer.dock
    ready = _told_ready((beds_ready, beds_ready_at), (rooms_ready, rooms_ready_at), (staff_ready, staff_ready_at))
    call = {**told_by(act), "number": number, "answered_by": answered_by, "result": result, "rooms_promised": rooms_promised, **ready}
    calls = [*dock.get("calls", []), {**call, "reason": reason, "note": note}]
    if result == "no_answer":
        act.change(transfer, dock={**dock, "state": dock.get("state", "asked"), "calls": calls})
    else:
        _flag_turn(act, transfer, "confirmed" if result == "confirmed" else "refused", call)
        state = "confirmed_by_phone" if result == "confirmed" else "refused"
        says = {**told_by(act), "state": state, "answered_by": answered_by, "on_behalf": True}
        says |= {"rooms_promised": rooms_promised, "reason": reason, "gate": gate or dock.get("gate"), "calls": calls, **ready}
        act.change(transfer, dock={**says, "own": _own_answer(dock)})
    settle(act, transfer)


def answer_docking(
    act: Act,
    *,
    answer: str,
    reason: str | None = None,
    rooms: dict[str, str] | None = None,
    beds_ready: bool = False,
    rooms_ready: bool = False,
    staff_ready: bool = False,
    beds_ready_at: datetime | None = None,
    rooms_ready_at: datetime | None = None,
    staff_ready_at: datetime | None = None,
    gate: str | None = None,
    note: str | None = None,
) -> None:
    """The site's own answer, with a room for each line if it chooses (`rooms`: line id → room id). A decision.

    Refuses: target.unknown, transfer.already_ended, transfer.dock_already_answered, room.unknown, room.not_ready. A site that confirmed
    may still refuse (a pipe bursts); that opens an item. It confirms again when what was not ready is, or its word has grown old.

    Beds, rooms, and the staff of the shift that receives are three answers; `…_ready_at` says when what is not ready will be.
    """
    transfer = transfer_in_reach(act, "docking.answer")
    if act.actor.site_id and act.actor.site_id not in (transfer.site_id, transfer.backup_site_id):
        raise Refused("target.unknown")
    if transfer.ended_at:
        raise Refused("transfer.already_ended")
    own = _own_answer(transfer.dock)
    if own and not _may_answer_again(act, own, answer):
        raise Refused("transfer.dock_already_answered")
    chosen = _chosen_rooms(act, transfer, rooms or {}) if answer == "accepted" else []
    says = {**told_by(act), "answered_by": act.actor.name, "on_behalf": False, "gate": gate, "note": note}
    says |= _told_ready((beds_ready, beds_ready_at), (rooms_ready, rooms_ready_at), (staff_ready, staff_ready_at))
    says |= {"state": "confirmed" if answer == "accepted" else "refused", "reason": reason if answer == "refused" else None}
    _flag_turn(act, transfer, "confirmed" if answer == "accepted" else "refused", says)
    for line, room in chosen:
        give_room(act, transfer, line, room)
    with_room = sum(line.room_id is not None for line in transfer.lines if line.open)
    act.change(transfer, dock={**says, "rooms_promised": with_room, "calls": transfer.dock.get("calls", [])})
    settle(act, transfer)


def _told_ready(*answers: tuple[bool | None, datetime | None]) -> dict:
    """Of each part that was answered for whether it is ready, and when it will be."""
    told = {}
    for part, (is_so, at) in zip(PARTS, answers, strict=True):
        if is_so is not None:
            told |= {f"{part}_ready": is_so, f"{part}_ready_at": at.isoformat() if at and not is_so else None}
    return told


def _own_answer(dock: dict) -> dict | None:
    """What the site itself answered, now or before a call."""
    if dock.get("state") in ("confirmed", "refused") and not dock.get("on_behalf"):
        return {name: value for name, value in dock.items() if name not in ("calls", "own")}
    return dock.get("own")


def _may_answer_again(act: Act, own: dict, answer: str) -> bool:
    if own["state"] != "confirmed" or answer == "refused":
        return own["state"] == "confirmed"
    old = act.at - datetime.fromisoformat(own["at"]) > timedelta(minutes=act.work.settings.dock_fresh_minutes)
    return old or not all(own.get(f"{part}_ready", True) for part in PARTS)


def _flag_turn(act: Act, transfer: Transfer, now: str, says: dict) -> None:
    """A refusal after a confirmation (with the backup site), or a confirmation by telephone after the site's own refusal."""
    before = transfer.dock
    told = {name: before.get(name) for name in ("at", "by", "by_name", "answered_by", "state", "on_behalf")}
    if now == "refused" and before.get("state") in CONFIRMED:
        backup = transfer.backup_site_id or (transfer.route or {}).get("backup_site")
        act.flag("dock.refused_after_confirmation", [told, {**says, "says": "refused", "backup": backup}], **about(transfer))
    if now == "confirmed" and before.get("state") == "refused" and not before.get("on_behalf"):
        act.flag("dock.call_against_refusal", [told, {**says, "says": "confirmed"}], **about(transfer))


def _chosen_rooms(act: Act, transfer: Transfer, rooms: dict[str, str]) -> list[tuple[Line, Room]]:
    """The rooms a site gives, if each may be had and no two strangers share one."""
    chosen = [(line_of(transfer, line), act.loaded.get("room", room)) for line, room in rooms.items()]
    for line, room in chosen:
        if room is None or room.site_id != (act.actor.site_id or transfer.site_id):
            raise Refused("room.unknown")
        strangers = [other for other, same in chosen if same is room and other is not line and not share_a_door(line, other)]
        if strangers or not is_free_for(act, room, transfer):
            raise Refused("room.not_ready", room=room.number, state=room.state)
    return chosen
