"""The ledgers of areas, compounds, sites, rooms, vehicles and hospitals: each row is saved by its natural key, new or changed.

All are decisions of the import door or of a desk. A row that says what is already known changes nothing and stamps nothing.
"""

from datetime import datetime

from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.problems import Refused
from server.store.areas import Area, Community
from server.store.rooms import Room
from server.store.sites import Hospital, Site
from server.store.transfers import Vehicle


def save_area(act: Act, *, name: str, **values) -> str:
    """An area or partner city, known by its name. `partner` names another area."""
    partner = values.pop("partner", None)
    if partner:
        values["partner_id"] = area_named(act, partner).id
    return _save(act, Area, {"name": name}, values)


def save_community(act: Act, *, area: str, name: str, **values) -> str:
    """A residential compound, known by its area and name."""
    return _save(act, Community, {"area_id": area_named(act, area).id, "name": name}, values)


def save_site(act: Act, *, code: str, area: str, **values) -> str:
    """A site, known by its code."""
    values["area_id"] = area_named(act, area).id
    return _save(act, Site, {"code": code}, {"state_since": act.at, **values}, only_new=("state", "state_since"))


def save_room(act: Act, *, site: str, building: str, floor: str, number: str, **values) -> str:
    """A room or bed, known by its site's code, building, floor and number. Its state is set once; afterwards the cycle moves it."""
    site_id = act.work.session.scalar(select(Site.id).where(Site.code == site))
    if site_id is None:
        raise Refused("site.unknown")
    key = {"site_id": site_id, "building": building, "floor": floor, "number": number}
    return _save(act, Room, key, {"state": "ready", "since": act.at, **values}, only_new=("state", "since"))


def save_vehicle(act: Act, *, plate: str, area: str | None = None, **values) -> str:
    """A vehicle, known by its plate."""
    values["area_id"] = area_named(act, area).id if area else None
    return _save(act, Vehicle, {"plate": plate}, {"since": act.at, **values}, only_new=("state", "since"))


def save_hospital(act: Act, *, name: str, area: str | None = None, **values) -> str:
    """A line of the hospital directory, known by its name."""
    values["area_id"] = area_named(act, area).id if area else None
    return _save(act, Hospital, {"name": name}, values)


def area_named(act: Act, name: str) -> Area:
    """The area with this name or short name. Refuses: area.unknown."""
    area = act.work.session.scalar(select(Area).where((Area.name == name) | (Area.short == name)))
    if area is None:
        raise Refused("area.unknown", name=name)
    return area


def _save(act: Act, table: type, key: dict, values: dict, only_new: tuple[str, ...] = ()) -> str:
    row = act.work.session.scalar(select(table).filter_by(**key))
    if row is None:
        row = table(id=new_id(), **key, **values)
        return act.add(row).id
    changed = {
        name: value for name, value in values.items() if name not in only_new and not _same(getattr(row, name), value)
    }
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        if hasattr(row, "record_keys"):
            act.touch(row)
    return row.id


def _same(old, new) -> bool:
    if isinstance(old, datetime) and isinstance(new, datetime):
        return old == new
    return old == new
