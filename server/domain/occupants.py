"""Who already is in a room when the register begins: the ledger of occupants becomes people, stays, custody and occupied rooms."""

from datetime import date, datetime

from sqlalchemy import select

from server.domain.acts import CLOCK, Act, new_id
from server.domain.categories import POSITIVES
from server.domain.custody import move_custody
from server.domain.ledgers import room_named
from server.domain.people import person_with_key, register_person
from server.domain.permissions import extent
from server.domain.room_states import move_room
from server.domain.stay_clocks import start_clock
from server.problems import Refused
from server.store.people import Person
from server.store.rooms import Room, Stay

SHARED = "在住台账"  # two people whom a ledger shows in one room: it is so, whoever allowed it


def save_occupant(
    act: Act,
    *,
    site: str,
    building: str | None,
    floor: str | None,
    number: str,
    name: str,
    checked_in_at: datetime | None = None,
    last_exposed_on: date | None = None,
    **values,
) -> str:
    """Somebody who stays in a room, since when and last exposed when. The clock runs from the last exposure, not from check-in.

    `values` as for people.list_person. Known by ID number, else by name in that room. Saying it again changes nothing.
    Refuses: access.denied, site.unknown, room.unknown, room.in_use (held for a transfer), occupant.elsewhere.
    """
    if act.actor is not CLOCK and extent(act.actor.role, "imports.run") != "all":
        raise Refused("access.denied")
    room = room_named(act, site, building, floor, number)
    stays = _stays_at(act, room.site_id)
    in_room = stays.setdefault(room.id, [])
    person = person_with_key(act, values["id_key"]) if values.get("id_key") else None
    if person is None:
        person = next((one for one, _stay in in_room if one.name == name and not _two_ids(one, values)), None)
    if person is not None and any(one.id == person.id for one, _stay in in_room):
        return person.id
    if room.state == "reserved":
        raise Refused("room.in_use", room=number, state=room.state)
    if person is not None and (person.state != "listed" or _stays_elsewhere(act, person)):
        raise Refused("occupant.elsewhere", name=name)
    checked_in_at = min(checked_in_at or act.at, act.at)
    if person is None:
        listed = {**values, "last_exposed_on": last_exposed_on, "listed_at": checked_in_at}
        person = register_person(act, name, listed, state="isolated")
    person.state = "isolated"
    person.last_exposed_on = last_exposed_on or person.last_exposed_on
    stay = _check_in(act, person, room, checked_in_at, len(in_room))
    in_room.append((person, stay))
    return person.id


def _check_in(act: Act, person: Person, room: Room, at: datetime, others: int) -> Stay:
    stay = Stay(
        id=new_id(),
        person_id=person.id,
        site_id=room.site_id,
        room_id=room.id,
        place=others + 1,
        group_reason=SHARED if others else None,
        kind="isolation" if person.category in POSITIVES else "quarantine",
        category=person.category or "unknown",
        needs=person.needs,
        checked_in_at=at,
    )
    start_clock(act, stay, person)
    act.add(stay)
    move_room(act, room, "occupied", since=at)
    move_custody(act, person.id, "site", room.site_id).since = at
    return stay


def _stays_at(act: Act, site_id: str) -> dict[str, list[tuple[Person, Stay]]]:
    """Who stays in each room of a site, looked up once a transaction."""
    if ("stays", site_id) not in act.work.known:
        open_stays = select(Person, Stay).join(Stay).where(Stay.site_id == site_id, Stay.ended_at.is_(None))
        found: dict[str, list] = {}
        for person, stay in act.work.session.execute(open_stays):
            found.setdefault(stay.room_id, []).append((person, stay))
        act.work.known["stays", site_id] = found
    return act.work.known["stays", site_id]


def _stays_elsewhere(act: Act, person: Person) -> bool:
    return act.work.session.scalar(select(Stay.id).where(Stay.person_id == person.id, Stay.ended_at.is_(None))) is not None


def _two_ids(person: Person, values: dict) -> bool:
    return bool(person.id_key and values.get("id_key") and person.id_key != values["id_key"])
