"""Stays: a person's time in a room. For contacts the clock runs from the last exposure, not from check-in (R-02, R-07)."""

from server.domain.acts import Act, new_id
from server.domain.categories import POSITIVES
from server.domain.room_states import move_room
from server.domain.stay_clocks import start_clock
from server.store.people import Person
from server.store.rooms import Room, Stay

TOGETHER = "同住"  # of one household, or given one room by the desk


def begin_stay(act: Act, person: Person, site_id: str, room: Room | None, group_reason: str | None = None) -> Stay:
    """A person checks in: into a room, or without one while nobody has decided which. An open stay elsewhere ends."""
    before = act.loaded.around.stay_of(person.id)
    if before:
        end_stay(act, before, "moved_site")
    others = act.loaded.around.stays_in(room.id) if room else []
    stay = Stay(
        id=new_id(),
        person_id=person.id,
        site_id=site_id,
        room_id=room and room.id,
        place=max((other.place for other in others), default=0) + 1,
        group_reason=group_reason,
        kind="isolation" if person.category in POSITIVES else "quarantine",
        category=person.category or "unknown",
        needs=person.needs,
        checked_in_at=act.at,
        on_phones=True,
    )
    start_clock(act, stay, person)
    act.make(stay)
    act.loaded.around.keep(stay)
    if room:
        _occupy(act, room)
    return stay


def move_into(act: Act, stay: Stay, room: Room, group_reason: str | None = None) -> None:
    """Somebody who checked in without a room gets one."""
    others = act.loaded.around.stays_in(room.id)
    act.change(stay, room_id=room.id, place=max((other.place for other in others), default=0) + 1, group_reason=group_reason)
    act.loaded.around.keep(stay)
    _occupy(act, room)


def end_stay(act: Act, stay: Stay, how: str) -> None:
    """A person checks out. The room they leave is dirty, unless somebody else is in it still, or it is on hold (domain §3.3)."""
    act.change(stay, ended_at=act.at, ended_how=how)
    room = act.loaded.get("room", stay.room_id)
    if room is None:
        return
    act.touch(room)  # it shows who is in it, also where its state stays as it is
    if room.state != "hold" and not act.loaded.around.stays_in(room.id):
        move_room(act, room, "vacated_dirty", emptied_by=stay)


def _occupy(act: Act, room: Room) -> None:
    """Somebody is in it. Who comes to others in a room on hold does not end that: they were behind the door for a reason."""
    act.touch(room)  # it shows who is in it, also where its state stays as it is
    if room.state != "hold":
        move_room(act, room, "occupied")
