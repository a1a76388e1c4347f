"""Rooms as people at the site see them (domain §3.3): what takes a room out of use is believed at once, what gives it back is not."""

from server.domain.acts import Act
from server.domain.former_sites import sites_of_actor
from server.domain.giving_rooms import lose_room
from server.domain.permissions import extent
from server.domain.room_states import move_room
from server.domain.told import about, told_by
from server.problems import Refused
from server.store.rooms import Room

CLEANING = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning")
OUT_OF_USE = ("blocked", "hold", "vacated_dirty", "staff_use", "building_up", "awaiting_acceptance")
READY_AFTER = ("provisioning", "awaiting_acceptance", "ready")
STATES = (*OUT_OF_USE, *CLEANING[1:], "ready", "reserved", "occupied")


def set_room_state(act: Act, *, state: str, reason: str | None = None, note: str | None = None) -> None:
    """A room was seen in a state. A fact: refuses target.unknown only; what no guard lets through is kept, flagged, and changes nothing.

    Guards: ready only after provisioning or acceptance, never straight from dirty (L-4); occupied only by a reception or, with a reason,
    a walk-in; reserved only by a decision; a room with somebody registered in it stays occupied until they have checked out.
    A reserved room that is lost leaves its people without a room, and the desk is told.
    """
    room = _room_in_reach(act)
    if room.state == state:
        return
    says = [{"says": room.state, "at": room.since.isoformat(), "by": room.by_id}, {**told_by(act), "says": state, "reason": reason}]
    if act.loaded.around.stays_in(room.id):
        act.flag("room.still_occupied", says, room_id=room.id, site_id=room.site_id)
    elif not _may_be(room, state, reason):
        act.flag("room.guard", says, room_id=room.id, site_id=room.site_id)
    else:
        if room.state == "reserved":
            _tell_who_loses_it(act, room, says)
        move_room(act, room, state, reason=reason)


def _room_in_reach(act: Act) -> Room:
    """The room, if it is the actor's to tell of, or was: whoever was moved to another site may still have something to send."""
    room = act.loaded.get("room", act.operation.target)
    reach = extent(act.actor.role, "rooms.record")
    if room is None or not (reach == "all" or _of_own_area(act, room, reach) or room.site_id in sites_of_actor(act)):
        raise Refused("target.unknown")
    return room


def _of_own_area(act: Act, room: Room, reach: str | None) -> bool:
    return reach == "sites" and act.loaded.get("site", room.site_id).area_id == act.actor.area_id


def _may_be(room: Room, state: str, reason: str | None) -> bool:
    """Whether a room that nobody is registered in may be believed to be in this state."""
    if state in OUT_OF_USE:
        return True
    if state == "ready":
        return room.state in READY_AFTER
    if state == "occupied":
        return bool((reason or "").strip())
    return state in CLEANING and room.state in (*CLEANING, "blocked", "hold", "staff_use", "occupied")


def _tell_who_loses_it(act: Act, room: Room, says: list[dict]) -> None:
    transfer = act.loaded.transfer(room.transfer_id)
    for line in lose_room(act, transfer, room):
        act.flag("room.lost_while_reserved", says, **{**about(transfer, line), "room_id": room.id})
