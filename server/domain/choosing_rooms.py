"""The room waits for people: rooms are held for a transfer in the act that plans it, and given back by name or by the clock."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from server.domain.acts import Act
from server.domain.families import share_a_room
from server.domain.freed_rooms import in_their_turn
from server.domain.room_states import move_room
from server.domain.sites import refuse_if_closed_to_new
from server.problems import Refused
from server.store.people import Person
from server.store.rooms import Room
from server.store.sites import Site
from server.store.transfers import Line, Transfer

NEEDS_BARRIER_FREE = {"wheelchair", "hard_to_walk"}


def receiving_site(act: Act, site_id: str | None, category: str | None) -> Site:
    """The site, if it takes people of this class now. Refuses: site.unknown, site.not_open, site.recheck, site.category."""
    site = act.loaded.get("site", site_id)
    if site is None:
        raise Refused("site.unknown")
    refuse_if_closed_to_new(site)
    if category and site.accepts and not takes(site, category):
        raise Refused("site.category", name=site.name)
    return site


def takes(site: Site, category: str) -> bool:
    """Whether a site accepts this class of people (`positive` stands for each of its categories)."""
    accepted = set(site.accepts)
    if category == "positive":
        return bool(accepted & {"positive", "confirmed", "asymptomatic", "screen_positive"})
    return category in accepted


def choose_rooms(
    act: Act, site: Site, people: list[Person], chosen: dict[str, str] | None = None, *, past_priority: bool = False
) -> dict[str, Room]:
    """A ready room for each person (a child of 14 or less shares with a guardian): person id → room. Nothing is changed yet.

    `chosen` fixes rooms by person id; `past_priority` gives also what is kept for areas that come first (freed_rooms.py).
    A site without a room register gives none. Refuses: room.not_ready, site.too_few_rooms, site.rooms_kept_first.
    """
    if not act.work.session.scalar(select(func.count()).where(Room.site_id == site.id)):
        return {}
    shared = {child: adult for child, adult in share_a_room(people, act.at).items() if child not in (chosen or {})}
    alone = [person for person in people if person.id not in shared]
    ready, kept = in_their_turn(act, site, _ready_rooms(act, site), people)
    if past_priority:
        ready, kept = ready + kept, []
    if kept and any(room.id in (chosen or {}).values() for room in kept):
        raise Refused("site.rooms_kept_first", name=site.name, rooms=len(kept))
    rooms = {person: _taken(ready, room) for person, room in (chosen or {}).items()}
    waiting = [person for person in alone if person.id not in rooms]
    if len(waiting) > len(ready):
        if len(waiting) <= len(ready) + len(kept):
            raise Refused("site.rooms_kept_first", name=site.name, rooms=len(kept))
        raise Refused("site.too_few_rooms", name=site.name, rooms=len(ready) + len(rooms), people=len(alone))
    for person in sorted(waiting, key=lambda person: not _needs_barrier_free(person)):
        rooms[person.id] = ready.pop(_best(ready, person))
    return rooms | {child: rooms[adult] for child, adult in shared.items()}


def hold(act: Act, transfer: Transfer, line: Line, room: Room | None) -> None:
    """Reserve a room for a line of this transfer."""
    if room is None:
        return
    line.room_id, line.held_room = room.id, room
    act.loaded.keep("room", room)
    move_room(act, room, "reserved", transfer=transfer, reserved_until=hold_until(act, transfer))


def hold_until(act: Act, transfer: Transfer) -> datetime:
    """A hold always has an end: two hours (a setting) after now, or after the planned departure when that is later."""
    return max(act.at, transfer.depart_at or act.at) + timedelta(minutes=act.work.settings.hold_minutes)


def _ready_rooms(act: Act, site: Site) -> list[Room]:
    query = select(Room).where(Room.site_id == site.id, Room.state == "ready").with_for_update()
    return list(act.work.session.scalars(query.order_by(Room.building, Room.floor, Room.number)))


def _taken(ready: list[Room], room_id: str) -> Room:
    for place, room in enumerate(ready):
        if room.id == room_id:
            return ready.pop(place)
    raise Refused("room.not_ready", room=room_id, state="—")


def _best(ready: list[Room], person: Person) -> int:
    """The first room of the kind this person needs; barrier-free ones are kept for those who need them."""
    wanted = "barrier_free" if _needs_barrier_free(person) else "single"
    fitting = (place for place, room in enumerate(ready) if room.kind == wanted)
    other = (place for place, room in enumerate(ready) if room.kind != "barrier_free")
    return next(fitting, next(other, 0))


def _needs_barrier_free(person: Person) -> bool:
    return any(need["code"] in NEEDS_BARRIER_FREE for need in person.needs)
