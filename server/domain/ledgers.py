"""The ledgers of areas, compounds, sites, rooms, vehicles, staff and hospitals: each row is saved by its natural key, new or changed.

All are decisions of the import door or of a desk. A row that says what is already known changes nothing and stamps nothing.
A table is looked up once for a whole transaction, so that ten thousand rooms take seconds.
"""

from datetime import date, datetime

from sqlalchemy import select

from server.domain.acts import CLOCK, Act, new_id
from server.domain.permissions import extent
from server.domain.room_states import begin_spells, move_room
from server.domain.shown_on import touch_transfers_with
from server.domain.site_stages import ROOMS_BEGIN, note_stages
from server.problems import Refused
from server.store.areas import Area, Community
from server.store.rooms import Room
from server.store.sites import Hospital, Site
from server.store.transfers import Vehicle
from server.store.users import User

IN_USE = ("reserved", "occupied")
GIVES_BACK = ("ready", "staff_use", "awaiting_acceptance", "building_up")  # a room that was left comes back by its turnover alone
# Who the ledger of staff names; an administrator, an auditor are never made by a spreadsheet.
STAFF_ROLES = "driver escort receiver site_head community_worker district_desk partner_desk dispatcher commander disinfector".split()


def save_area(act: Act, *, name: str, **values) -> str:
    """An area or partner city, known by its name. `partner` names another area, which may follow later in the same ledger.

    Refuses: access.denied, area.unknown.
    """
    _whole_register(act)
    if partner := values.pop("partner", None):
        values["partner_id"] = (_areas(act).get(partner) or _new_partner(act, partner)).id
    values.setdefault("short", name)
    return _save(act, _areas(act), name, Area, {"name": name}, values)


def save_community(act: Act, *, area: str, name: str, **values) -> str:
    """A residential compound, known by its area and name. Refuses: area.unknown, person.not_own_area."""
    area_id = area_named(act, area).id
    if act.actor is not CLOCK and extent(act.actor.role, "imports.run") == "area" and area_id != act.actor.area_id:
        raise Refused("person.not_own_area")
    key = {"area_id": area_id, "name": name}
    return _save(act, communities_of(act, area_id), name, Community, key, values)


def save_site(
    act: Act,
    *,
    area: str,
    code: str | None = None,
    stages: dict[str, date] | None = None,
    opens_on: date | None = None,
    stage_owner: str | None = None,
    **values,
) -> str:
    """A site, known by its code, or by its name where the ledger has no codes. Refuses: access.denied, area.unknown.

    `stages`: the days on which it came to each stage; `opens_on` and `stage_owner`: the plan of its opening.
    """
    _whole_register(act)
    values["area_id"] = area_named(act, area).id
    known = _sites(act).get(code or values["name"])
    code = code or (known.code if known else values["name"][:20])
    fresh = {"state": "candidate", "state_since": act.at}
    id = _save(act, _sites(act), code, Site, {"code": code}, {**fresh, **values}, only_new=tuple(fresh))
    _sites(act).setdefault(values.get("name") or code, _sites(act)[code])
    if stages or opens_on:
        note_stages(act, _sites(act)[code], stages or {}, opens_on, stage_owner)
    return id


def save_room(act: Act, *, site: str, building: str | None, floor: str | None, number: str, **values) -> str:
    """A room or bed, known by its site, building, floor and number. Its state is set once; afterwards the cycle moves it.

    A room of a house that is still being made ready is not ready either. Refuses: access.denied, site.unknown.
    """
    _whole_register(act)
    house = site_named(act, site)
    site_id = house.id
    place = (building or "", floor or "", number)
    key = {"site_id": site_id, "building": place[0], "floor": place[1], "number": number}
    fresh = {"state": ROOMS_BEGIN.get(house.state, "ready"), "since": act.at}
    rooms = rooms_of(act, site_id)
    is_new = place not in rooms
    id = _save(act, rooms, place, Room, key, {**fresh, **values}, only_new=("state", "since"))
    if is_new:
        act.loaded.keep("room", rooms[place])
        begin_spells(act, rooms[place])
    return id


def save_room_state(
    act: Act,
    *,
    site: str,
    building: str | None,
    floor: str | None,
    number: str,
    state: str,
    since: datetime | None = None,
    reason: str | None = None,
) -> str:
    """What a ledger says of a room's state. An older word than the one we have changes nothing; a room in use is left to its people.

    Refuses: access.denied, site.unknown, room.unknown, room.in_use.
    """
    _whole_register(act)
    room = room_named(act, site, building, floor, number)
    since = min(since or act.at, act.at)
    if room.state == state and (room.reason == reason or reason is None):
        return room.id
    if room.state in IN_USE or state in IN_USE or (state in GIVES_BACK and _was_left_and_not_made_ready(act, room)):
        raise Refused("room.in_use", room=number, state=room.state)
    if room.by_id is None or room.since <= since:
        move_room(act, room, state, since=since, reason=reason)
    return room.id


def _was_left_and_not_made_ready(act: Act, room: Room) -> bool:
    """Whether somebody whom we know left this room, and its turnover goes on: a line of a ledger is no inspection (L-4)."""
    turnover = act.loaded.turnover(room)
    return turnover is not None and turnover.stay_id is not None and turnover.ready_at is None


def save_vehicle(act: Act, *, plate: str, area: str | None = None, **values) -> str:
    """A vehicle, known by its plate. Its state is set once; afterwards its trips move it. Refuses: access.denied, area.unknown."""
    _whole_register(act)
    values["area_id"] = area_named(act, area).id if area else None
    fresh = {"state": "clean_ready", "since": act.at}
    by_plate = _table(act, Vehicle, "plate")
    return _save(act, by_plate, plate, Vehicle, {"plate": plate}, {**fresh, **values}, only_new=("state", "since"))


def save_hospital(act: Act, *, name: str, area: str | None = None, **values) -> str:
    """A line of the hospital directory, known by its name. Refuses: access.denied, area.unknown."""
    _whole_register(act)
    values["area_id"] = area_named(act, area).id if area else None
    return _save(act, _table(act, Hospital, "name"), name, Hospital, {"name": name}, values)


def save_staff(act: Act, *, name: str, role: str, phone: str | None = None, unit: str | None = None, facts: dict) -> str:
    """Somebody of the ledger of staff becomes a user who cannot sign in yet: an invitation gives the password.

    Known by name, telephone and role. `unit` is a site's code or name, or an area's.
    Refuses: access.denied, staff.role_unknown, staff.unit_unknown.
    """
    _whole_register(act)
    if role not in STAFF_ROLES:
        raise Refused("staff.role_unknown")
    site = _sites(act).get(unit or "")
    area = _areas(act).get(unit or "")
    if (role in ("receiver", "site_head") and site is None) or (role in ("district_desk", "partner_desk") and area is None):
        raise Refused("staff.unit_unknown", unit=unit or "")
    values = {"site_id": site and site.id, "area_id": area.id if area else site and site.area_id, "facts": {"unit": unit, **facts}}
    users = act.work.known.setdefault(("table", User), {})
    if not users:
        users.update({(user.name, user.phone, user.role): user for user in act.work.session.scalars(select(User))})
    key = {"name": name, "phone": phone, "role": role}
    known = users.get((name, phone, role))
    username = known.username if known else _free_username(act, role)
    return _save(act, users, (name, phone, role), User, key, {"username": username, **values}, only_new=("username",))


# ---- what is known, by the words of a ledger ----


def area_named(act: Act, name: str) -> Area:
    """The area with this name or short name. Refuses: area.unknown."""
    area = _areas(act).get(name)
    if area is None:
        raise Refused("area.unknown", name=name)
    return area


def site_named(act: Act, word: str) -> Site:
    """The site with this code or name. Refuses: site.unknown."""
    site = _sites(act).get(word)
    if site is None:
        raise Refused("site.unknown")
    return site


def room_named(act: Act, site: str, building: str | None, floor: str | None, number: str) -> Room:
    """The room at this place of a site; a list that leaves out building or floor is understood where only one room fits.

    Refuses: site.unknown, room.unknown.
    """
    rooms = rooms_of(act, site_named(act, site).id)
    room = rooms.get((building or "", floor or "", number))
    if room is None:
        fits = [one for (at, on, no), one in rooms.items() if no == number and (building or at) == at and (floor or on) == on]
        if len(fits) != 1:
            raise Refused("room.unknown")
        room = fits[0]
    return room


def communities_of(act: Act, area_id: str) -> dict[str, Community]:
    """The compounds of an area, by name."""
    return _once(act, ("communities", area_id), select(Community).where(Community.area_id == area_id), lambda row: row.name)


def rooms_of(act: Act, site_id: str) -> dict[tuple, Room]:
    """The rooms of a site, by building, floor and number."""
    is_new = ("rooms", site_id) not in act.work.known
    query = select(Room).where(Room.site_id == site_id)
    rooms = _once(act, ("rooms", site_id), query, lambda row: (row.building, row.floor, row.number))
    for room in rooms.values() if is_new else ():
        act.loaded.keep("room", room)
    return rooms


def _areas(act: Act) -> dict[str, Area]:
    """Areas by name, and by short name where no other has it as its name."""
    if ("areas",) not in act.work.known:
        rows = act.work.session.scalars(select(Area)).all()
        act.work.known["areas",] = {**{row.short: row for row in rows}, **{row.name: row for row in rows}}
    return act.work.known["areas",]


def _sites(act: Act) -> dict[str, Site]:
    if ("sites",) not in act.work.known:
        rows = act.work.session.scalars(select(Site)).all()
        act.work.known["sites",] = {**{row.name: row for row in rows}, **{row.code: row for row in rows}}
    return act.work.known["sites",]


def _table(act: Act, table: type, column: str) -> dict:
    return _once(act, ("table", table), select(table), lambda row: getattr(row, column))


def _once(act: Act, question: tuple, query, key) -> dict:
    if question not in act.work.known:
        act.work.known[question] = {key(row): row for row in act.work.session.scalars(query)}
    return act.work.known[question]


# ---- saving ----


def _save(act: Act, known: dict, at, table: type, key: dict, values: dict, only_new: tuple[str, ...] = ()) -> str:
    row = known.get(at)
    if row is None:
        row = known[at] = table(id=new_id(), **key, **values)
        if table is Area:
            known.setdefault(row.short, row)
        return act.add(row).id
    changed = {name: value for name, value in values.items() if name not in only_new and getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed and hasattr(row, "record_keys"):
        act.touch(row)
    if changed:
        touch_transfers_with(act, row)
    return row.id


def _new_partner(act: Act, name: str) -> Area:
    """A partner city that a ledger names before its own line comes."""
    save_area(act, name=name, kind="partner_city")
    return _areas(act)[name]


def _free_username(act: Act, role: str) -> str:
    """driver1, driver2 … : short enough to be said by telephone."""
    stem = role.replace("_", "")
    taken = act.work.known.get(("usernames",))
    if taken is None:
        taken = act.work.known["usernames",] = set(act.work.session.scalars(select(User.username)))
    number = act.work.known.get(("usernames", stem), 0) + 1
    while f"{stem}{number}" in taken:
        number += 1
    act.work.known["usernames", stem] = number
    taken.add(f"{stem}{number}")
    return f"{stem}{number}"


def _whole_register(act: Act) -> None:
    """Ledgers of everybody's places and means are not one district's to change."""
    if act.actor is not CLOCK and extent(act.actor.role, "imports.run") != "all":
        raise Refused("access.denied")
