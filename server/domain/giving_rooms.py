"""The rooms that wait for the people of a transfer: given to a line, exchanged, given back, and taken when the person arrives."""

from sqlalchemy import select

from server.domain.acts import Act
from server.domain.choosing_rooms import hold_until
from server.domain.room_states import move_room
from server.store.rooms import Room
from server.store.transfers import Line, Transfer


def is_free_for(act: Act, room: Room | None, transfer: Transfer) -> bool:
    """Whether a room is ready, or reserved for this transfer, and nobody is registered in it."""
    if room is None or act.loaded.around.stays_in(room.id):
        return False
    return room.state == "ready" or (room.state == "reserved" and room.transfer_id == transfer.id)


def give_room(act: Act, transfer: Transfer, line: Line, room: Room) -> None:
    """Reserve this room for the line, and give back the one it had. A line that had this one gets the other in exchange."""
    had = act.loaded.get("room", line.room_id)
    if had is room:
        return
    for other in transfer.lines:
        if other.room_id == room.id and other.open and not share_a_door(other, line):
            _set_room(act, other, had)
            had = None
    _set_room(act, line, room)
    if had and not _is_shared(transfer, line, had):
        free_room(act, transfer, had)
    if room.state == "ready":
        move_room(act, room, "reserved", transfer=transfer, reserved_until=hold_until(act, transfer))


def let_go(act: Act, transfer: Transfer, line: Line) -> None:
    """Give back the room of a person who does not come, unless another open line of the transfer shares it."""
    room = act.loaded.get("room", line.room_id)
    if room is None:
        return
    _set_room(act, line, None)
    if not _is_shared(transfer, line, room):
        free_room(act, transfer, room)


def let_go_of_all(act: Act, transfer: Transfer) -> None:
    """An ended transfer keeps no room: those still reserved for it are free (somebody was received without a room, or elsewhere)."""
    for line in transfer.lines:
        room = act.loaded.get("room", line.room_id)
        if room and room.state == "reserved" and room.transfer_id == transfer.id:
            let_go(act, transfer, line)
    kept = select(Room).where(Room.transfer_id == transfer.id, Room.state == "reserved").with_for_update()
    for room in act.work.session.scalars(kept):
        free_room(act, transfer, room)


def free_room(act: Act, transfer: Transfer, room: Room) -> None:
    """Make a room ready again that is still reserved for this transfer."""
    if room.state == "reserved" and room.transfer_id == transfer.id:
        move_room(act, room, "ready")


def lose_room(act: Act, transfer: Transfer, room: Room) -> list[Line]:
    """The room cannot be had any more: those who were to get it have none. Gives their lines."""
    losing = [line for line in transfer.lines if line.room_id == room.id and line.open]
    for line in losing:
        _set_room(act, line, None)
    return losing


def _set_room(act: Act, line: Line, room: Room | None) -> None:
    act.change(line, room_id=room and room.id)
    line.held_room = room


def _is_shared(transfer: Transfer, line: Line, room: Room) -> bool:
    return any(other.room_id == room.id and other.open for other in transfer.lines if other.id != line.id)


def share_a_door(one: Line, other: Line) -> bool:
    """Whether two people are of one household, or were given one room for a reason."""
    household = one.person.household_id
    return bool(one.group_reason or other.group_reason) or (household is not None and household == other.person.household_id)
