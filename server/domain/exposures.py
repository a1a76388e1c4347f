"""What a fever or a positive sets in motion inside a site: the room is held, the desk is told, and those around begin anew (R-12b)."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from server.domain.acts import Act
from server.domain.categories import POSITIVES
from server.domain.clocks import due_on
from server.domain.people import change_category
from server.domain.room_states import move_room
from server.domain.rule_packs import PACKS, term_of
from server.domain.stay_clocks import local_day, note_change
from server.domain.stay_facts import about_stay
from server.domain.told import told_by
from server.store.conflicts import Conflict
from server.store.rooms import Room, Stay

FEVER, POSITIVE = "发热，待检", "查出阳性"  # why a room is held; what is told of rooms is told in the words of the work
NO_FOURTH = 2  # floors that lie above one another may differ by two where a house has no fourth


def open_positive(act: Act, stay: Stay, taken_at: datetime) -> None:
    """Somebody who stays here turned out positive: their room is held, they are listed to be moved, those around begin anew."""
    act.change(stay, referred_at=act.at)
    _hold_room(act, stay, POSITIVE)
    around = exposed_around(act, stay) if PACKS[stay.pack].resets_floors else []
    running = [other for other in around if other.released_at is None]
    for other in running:
        _begin_anew(act, other, local_day(act, taken_at), stay)
    change_category(act, act.loaded.get("person", stay.person_id), "screen_positive", found="under_control", detected_at=taken_at)
    told = {**told_by(act), "says": "positive", "reset": len(running), "released": len(around) - len(running), "rooms": _rooms(act, around)}
    act.flag("stay.positive", [told], **about_stay(act, stay))


def open_fever(act: Act, stay: Stay, temperature: float | None, symptoms: list[str]) -> None:
    """Somebody here has a fever: their room is held, and the desk sees them with those around, once until the item is closed."""
    _hold_room(act, stay, FEVER)
    if not _is_known_to_the_desk(act, stay):
        told = {**told_by(act), "temperature": temperature, "symptoms": symptoms, "rooms": _rooms(act, exposed_around(act, stay))}
        act.flag("stay.fever", [told], **about_stay(act, stay))


def _is_known_to_the_desk(act: Act, stay: Stay) -> bool:
    """Whether an item about this fever is open, or is opened in this very transaction."""
    key, open_item = ("fever", stay.id), (Conflict.code == "stay.fever") & (Conflict.state == "open")
    found = select(Conflict.id).where(open_item, Conflict.person_id == stay.person_id)
    known = act.work.known.get(key) or act.work.session.scalar(found) is not None
    act.work.known[key] = True
    return known


def let_room_go_on(act: Act, stay: Stay) -> None:
    """The test after a fever was negative: the room is an occupied one again."""
    room = act.loaded.get("room", stay.room_id)
    if room and room.state == "hold" and room.reason == FEVER:
        move_room(act, room, "occupied")


def exposed_around(act: Act, stay: Stay) -> list[Stay]:
    """The other contacts on the same floor and on those directly above and below, in the same building (R-12b)."""
    room = act.loaded.get("room", stay.room_id)
    if room is None:
        return []
    floors = select(Room.floor).where(Room.site_id == room.site_id, Room.building == room.building).distinct()
    near = floors_around(act.work.session.scalars(floors), room.floor)
    there = select(Stay).join(Room, Room.id == Stay.room_id).where(Room.site_id == room.site_id, Room.building == room.building)
    open_ones = there.where(Room.floor.in_(sorted(near)), Stay.ended_at.is_(None), Stay.referred_at.is_(None))
    stays = act.work.session.scalars(open_ones.order_by(Stay.id).with_for_update(of=Stay)).all()
    act.loaded.around.keep(*stays)
    here = [other for other in stays if other.ended_at is None and other.referred_at is None]
    return [other for other in here if other.id != stay.id and other.category not in POSITIVES]


def floors_around(floors: Iterable[str], floor: str) -> set[str]:
    """This floor and its neighbours: the nearest above and below by number, at most two away (many houses have no fourth)."""
    numbers = {name: _number(name) for name in floors}
    here = _number(floor)
    near = {floor} | {name for name, number in numbers.items() if number is not None and number == here}
    if here is None:
        return near
    above = sorted(number for number in numbers.values() if number is not None and here < number <= here + NO_FOURTH)[:1]
    below = sorted(number for number in numbers.values() if number is not None and here - NO_FOURTH <= number < here)[-1:]
    return near | {name for name, number in numbers.items() if number in (*above, *below)}


def _number(floor: str) -> int | None:
    found = re.search(r"\d+", floor)
    return int(found[0]) if found else None


def _begin_anew(act: Act, stay: Stay, day: date, cause: Stay) -> None:
    """The day of the positive sample is a last exposure; nobody's stay becomes shorter by it."""
    if stay.clock_from and stay.clock_from >= day:
        return
    due = due_on(term_of(stay.pack, stay.category, local_day(act, stay.checked_in_at)), day)
    due = max(filter(None, (due, stay.due_on)), default=None)
    note_change(act, stay, "reset", due, None, cause.id)
    act.change(stay, clock_basis="reset", clock_from=day, due_on=due)


def _hold_room(act: Act, stay: Stay, reason: str) -> None:
    room = act.loaded.get("room", stay.room_id)
    if room and (room.state, room.reason) != ("hold", reason) and not (room.state == "hold" and reason == FEVER):
        move_room(act, room, "hold", reason=reason)


def _rooms(act: Act, stays: list[Stay]) -> list[str]:
    rooms = {stay.room_id for stay in stays if stay.room_id}
    act.loaded.load({"room": rooms})
    return sorted(act.loaded.get("room", room).number for room in rooms)
