"""What a fever or a positive sets in motion inside a site: the room is held, the desk is told, and those around begin anew (R-12b)."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import select

from server.domain.acts import Act
from server.domain.categories import POSITIVES
from server.domain.clocks import due_on
from server.domain.room_states import move_room
from server.domain.rule_packs import PACKS, term_of
from server.domain.site_facts import about_stay
from server.domain.stay_clocks import local_day, note_change, samples_of, tests_of
from server.domain.told import told_by
from server.store.conflicts import Conflict
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.stays import HealthCheck

FEVER, POSITIVE = "发热，待检", "查出阳性"  # why a room is held; what is told of rooms is told in the words of the work
NO_FOURTH = 2  # floors that lie above one another may differ by two where a house has no fourth


def open_positive(act: Act, stay: Stay, taken_at: datetime) -> None:
    """Somebody who stays here, or did, turned out positive: their room is held, those around begin anew, and the desk is told.

    The room is held that they are in now, here or at the site they went on to. People begin anew around each room where they were since
    the sample was taken, and each site has an item of its own.
    """
    now = stay if stay.ended_at is None else act.loaded.around.stay_of(stay.person_id)
    _refer(act, now)
    around: dict[str, list[Stay]] = {}
    rooms_since = _stays_since(act, stay, now, taken_at)
    for one in rooms_since:
        around.setdefault(one.site_id, []).extend(_begin_anew_around(act, one, taken_at))
    for last in {one.site_id: one for one in rooms_since or [stay]}.values():
        _tell_desk(act, last, around.get(last.site_id, []))


def _stays_since(act: Act, stay: Stay, now: Stay | None, taken_at: datetime) -> list[Stay]:
    """Where this person stayed when the sample was taken, and since: at sites, the first one first."""
    ended_since = select(Stay).where(Stay.person_id == stay.person_id, Stay.ended_at >= taken_at, Stay.ended_how != "withdrawn")
    known = {one.id: one for one in (*act.work.session.scalars(ended_since), stay, now) if one}.values()
    here = [one for one in known if one.site_id and (one.ended_at is None or one.ended_at >= taken_at)]
    return sorted(here, key=lambda one: one.checked_in_at)


def _begin_anew_around(act: Act, stay: Stay, taken_at: datetime) -> list[Stay]:
    """The contacts around this room, of whom those who are not released yet begin anew: from the sample, or from when the positive came."""
    around = exposed_around(act, stay) if PACKS[stay.pack].resets_floors else []
    for other in around:
        if other.released_at is None:
            _begin_anew(act, other, local_day(act, max(taken_at, stay.checked_in_at)), stay)
    return around


def _tell_desk(act: Act, stay: Stay, around: list[Stay]) -> None:
    exposed = {other.id: other for other in around}.values()
    released = sum(other.released_at is not None for other in exposed)
    told = {"says": "positive", "reset": len(exposed) - released, "released": released, "rooms": _rooms(act, exposed)}
    act.flag("stay.positive", [{**told_by(act), **told}], **about_stay(act, stay))


def open_positive_of(act: Act, person: Person) -> None:
    """A desk or a list knows somebody to be positive: who stays at a site as a contact is a positive there as by a test."""
    stay = act.loaded.around.stay_of(person.id)
    if _may_be_referred(stay):
        open_positive(act, stay, person.category_from)


def take_referral_back(act: Act, person: Person) -> None:
    """The desk knows better, and no test said positive: the stay goes on. Clocks that began anew are not set back by it."""
    stay = act.loaded.around.stay_of(person.id)
    if stay is None or stay.referred_at is None or _was_tested_positive(act, stay):
        return
    act.change(stay, referred_at=None)
    room = act.loaded.get("room", stay.room_id)
    still = [other for other in act.loaded.around.stays_in(stay.room_id) if other.referred_at] if room else []
    if room and (room.state, room.reason) == ("hold", POSITIVE) and not still:
        move_room(act, room, "occupied")


def _was_tested_positive(act: Act, stay: Stay) -> bool:
    samples = samples_of(stay, tests_of(act, stay), act.work.settings.time_zone)
    return any(sample.kind == "person" and sample.is_positive for sample in samples)


def _refer(act: Act, stay: Stay | None) -> None:
    """Whoever is in this room is to be moved as a positive; one who is watched at home, or is isolated as a positive, needs no hold."""
    if _may_be_referred(stay):
        act.change(stay, referred_at=act.at)
        _hold_room(act, stay, POSITIVE)


def _may_be_referred(stay: Stay | None) -> bool:
    return stay is not None and stay.site_id is not None and stay.referred_at is None and stay.category not in POSITIVES


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
    """Everybody in the room who had a fever was tested negative since: it is an occupied one again."""
    room = act.loaded.get("room", stay.room_id)
    if (
        room
        and (room.state, room.reason) == ("hold", FEVER)
        and not any(_is_to_be_tested(act, one) for one in act.loaded.around.stays_in(room.id))
    ):
        move_room(act, room, "occupied")


def _is_to_be_tested(act: Act, stay: Stay) -> bool:
    """Whether no negative sample of this person is as young as their last fever."""
    standing = [check for check in checks_of(act, stay) if check.taken_back_at is None]
    fevers = [check.at for check in standing if is_fever(stay.pack, check.temperature, check.symptoms)]
    samples = samples_of(stay, tests_of(act, stay), act.work.settings.time_zone)
    negative = [sample.at for sample in samples if sample.kind == "person" and sample.result == "negative"]
    return bool(fevers) and max(negative, default=datetime.min.replace(tzinfo=UTC)) < max(fevers)


def is_fever(pack: str | None, temperature: float | None, symptoms: list[str]) -> bool:
    """Whether this counts as a fever in this edition."""
    return "fever" in symptoms or (temperature is not None and temperature >= PACKS[pack or "CN-8"].fever_from)


def checks_of(act: Act, stay: Stay) -> list[HealthCheck]:
    """What the rounds saw of this person; a check that is recorded in this transaction is put in by whoever records it."""
    key = ("checks", stay.id)
    if key not in act.work.known:
        act.work.known[key] = list(act.work.session.scalars(select(HealthCheck).where(HealthCheck.stay_id == stay.id)))
    return act.work.known[key]


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


def _rooms(act: Act, stays: Iterable[Stay]) -> list[str]:
    rooms = {stay.room_id for stay in stays if stay.room_id}
    act.loaded.load({"room": rooms})
    return sorted(act.loaded.get("room", room).number for room in rooms)
