"""The count round: a receiver walks a floor and says behind which doors somebody is; the register is held against it (domain §6.1)."""

from sqlalchemy import or_, select

from server.domain.acts import Act, new_id
from server.domain.site_facts import about_site, site_heard
from server.domain.told import told_by
from server.store.room_counts import RoomCount
from server.store.rooms import Room, Stay
from server.store.turnovers import RoomSpell

SEEN = ("occupied", "empty", "unclear")  # unclear: nobody opens, and it cannot be seen from outside


def count_rooms(act: Act, *, building: str, floor: str, seen: dict[str, str], note: str | None = None) -> None:
    """A floor was walked: `seen` is {room: occupied, empty or unclear}. A fact: refuses target.unknown only.

    It is held against what the register says of that moment, not of the moment at which the phone found network. A count changes no
    room: where the two differ the desk is told which rooms, and somebody looks.
    """
    site = site_heard(act)
    rooms = select(Room).where(Room.site_id == site.id, Room.building == building, Room.floor == floor).order_by(Room.number)
    here = list(act.work.session.scalars(rooms))
    register = _register_at(act, [room.id for room in here])
    lines = [
        {"room": room.id, "number": room.number, "seen": seen[room.id], "register": register.get(room.id, room.state)}
        for room in here
        if room.id in seen
    ]
    clear = [line for line in lines if line["seen"] != "unclear"]
    differing = [line for line in clear if _is_occupied(line["register"]) != (line["seen"] == "occupied")]
    count = RoomCount(
        id=new_id(),
        site_id=site.id,
        building=building,
        floor=floor,
        counted_at=act.at,
        by_id=act.actor.id,
        seen=lines,
        rooms=len(here),
        occupied=sum(line["seen"] == "occupied" for line in clear),
        registered=sum(_is_occupied(line["register"]) for line in clear),
        differences=len(differing),
        note=note,
    )
    act.loaded.keep("room_count", act.make(count))
    if differing:
        says = {**told_by(act), "says": "、".join(line["number"] for line in differing), "floor": f"{building} {floor}"}
        act.flag("room.count_differs", [says], **about_site(act, site.id), room_id=differing[0]["room"])


def _register_at(act: Act, rooms: list[str]) -> dict[str, str]:
    """{room: its state when the floor was walked}; with somebody registered in it a room on hold is an occupied one too."""
    then = (RoomSpell.from_at <= act.at, or_(RoomSpell.until_at.is_(None), RoomSpell.until_at > act.at))
    states = dict(act.work.session.execute(select(RoomSpell.room_id, RoomSpell.state).where(RoomSpell.room_id.in_(rooms), *then)).all())
    there = (Stay.checked_in_at <= act.at, or_(Stay.ended_at.is_(None), Stay.ended_at > act.at))
    inhabited = act.work.session.scalars(select(Stay.room_id).where(Stay.room_id.in_(rooms), *there))
    return states | dict.fromkeys(inhabited, "occupied")


def _is_occupied(state: str) -> bool:
    return state == "occupied"
