"""The one way in which the state of a room changes: the room, its spells and its turnover move together."""

from datetime import datetime

from server.domain.acts import Act, new_id
from server.store.rooms import Room, Stay
from server.store.transfers import Transfer
from server.store.turnovers import RoomSpell, Turnover

# The stages of a turnover in their order, and where the time at which each began is kept.
STAGES = {
    "vacated_dirty": "vacated_at",
    "disinfecting": "disinfecting_at",
    "contact_time": "contact_at",
    "aerating": "aerating_at",
    "inspecting": "inspecting_at",
    "provisioning": "provisioning_at",
}
# Who began, who had sprayed all of it, and who let it pass: by whoever says that the room is in this stage now.
TOLD_BY = {"disinfecting": "disinfected_by", "contact_time": "contact_by", "provisioning": "inspected_by"}
BLANK = {"agent": None, "strength_mg_l": None, "contact_minutes": None, "aired_minutes": None}


def move_room(
    act: Act,
    room: Room,
    state: str,
    *,
    since: datetime | None = None,
    reason: str | None = None,
    transfer: Transfer | None = None,
    reserved_until: datetime | None = None,
    emptied_by: Stay | None = None,
) -> None:
    """The room is in this state from now on, or `since` then. No guard is asked here: that is the verbs' part.

    No state begins before the one that it replaces did; only the first that is known of a room may turn out to be older (a ledger says
    so). `transfer` and `reserved_until` belong to a reservation, `emptied_by` is the stay whose end leaves the room dirty.
    """
    begins = _move_spells(act, room, state, since or act.at)
    _move_turnover(act, room, state, begins, emptied_by)
    if state == "vacated_dirty":
        act.change(room, last_vacated_at=begins)
    if state == "ready" and room.state != "reserved":
        act.change(room, last_ready_at=begins)
    act.change(room, state=state, since=begins, by_id=act.actor.id, reason=reason)
    act.change(room, transfer_id=transfer and transfer.id, reserved_until=reserved_until)


def begin_spells(act: Act, room: Room) -> RoomSpell:
    """A room comes into the register: its first spell, in the state that it has."""
    spell = act.add(_spell(act, room, 1, room.state, room.since))
    act.loaded.around.keep_spell(spell)
    return spell


def _move_spells(act: Act, room: Room, state: str, at: datetime) -> datetime:
    """End the spell that lasts and begin the next one; gives when. One that would have lasted no time is replaced in its place."""
    last = act.loaded.spell(room) or begin_spells(act, room)
    begins = at if last.position == 1 else max(at, last.from_at)
    if begins <= last.from_at:
        act.change(last, state=state, from_at=begins, by_id=act.actor.id, operation_id=act.operation.id)
        return begins
    act.change(last, until_at=begins, ended_by=act.operation.id)
    spell = act.make(_spell(act, room, last.position + 1, state, begins))
    act.loaded.around.keep_spell(spell)
    return begins


def _spell(act: Act, room: Room, position: int, state: str, begins: datetime) -> RoomSpell:
    return RoomSpell(
        id=new_id(),
        room_id=room.id,
        site_id=room.site_id,
        position=position,
        state=state,
        from_at=begins,
        by_id=act.actor.id,
        operation_id=act.operation.id,
    )


def _move_turnover(act: Act, room: Room, state: str, begins: datetime, emptied_by: Stay | None) -> None:
    """A turnover begins when the room is dirty, goes on by stages, and ends when the room leaves them."""
    turnover = act.loaded.turnover(room)
    if state in STAGES:
        _reach_stage(act, _turnover_to_go_on(act, room, turnover, state, emptied_by), state, begins)
    elif turnover and turnover.ended_at is None:
        act.change(turnover, ended_at=begins, ended_how=state)
        if state == "ready":
            act.change(turnover, ready_at=begins)
    if state == "occupied" and turnover and turnover.ended_how != "ready":
        act.change(room, turnover_id=None)  # people came into it before it was ready: what they leave begins another one


def _turnover_to_go_on(act: Act, room: Room, turnover: Turnover | None, state: str, emptied_by: Stay | None) -> Turnover:
    """The turnover under way; a room that was blocked or held meanwhile goes on with the one it was in. Else a new one."""
    if turnover and turnover.ended_how != "ready":
        return turnover
    stay_id = emptied_by and emptied_by.id
    made = act.make(Turnover(id=new_id(), room_id=room.id, site_id=room.site_id, stay_id=stay_id, seen_from=state, provisioned=[]))
    act.loaded.keep("turnover", made)
    act.change(room, turnover_id=made.id)
    return made


def _reach_stage(act: Act, turnover: Turnover, state: str, begins: datetime) -> None:
    """A stage begins. What is done again is recorded again: nothing of it and of the stages after it counts any more."""
    act.change(turnover, ended_at=None, ended_how=None, provisioned=[])
    order = list(STAGES)
    for later in order[order.index(state) + 1 :]:
        act.change(turnover, **{STAGES[later]: None})
        if later in TOLD_BY:
            act.change(turnover, **{TOLD_BY[later]: None})
    if state in TOLD_BY:
        act.change(turnover, **{TOLD_BY[state]: act.actor.id})
    if state in ("vacated_dirty", "disinfecting"):
        act.change(turnover, **BLANK)
    if state == "vacated_dirty" and turnover.vacated_at is not None:
        return  # dirty again before it was ever ready: it has been waiting since it was emptied
    act.change(turnover, **{STAGES[state]: begins})
