"""Where the vehicle stops: one stop a compound, in the order of a short round, and the doors of each in order."""

from math import cos, hypot, radians

from sqlalchemy import select

from server.domain.acts import Act
from server.store.areas import Community
from server.store.people import Person
from server.store.sites import Site
from server.store.transfers import Transfer

KM_A_DEGREE = 111.2


def stops_for(act: Act, transfer: Transfer, group: list[Person]) -> tuple[list[dict], dict[str, str], list[Person]]:
    """The stops, each person's stop, and the people in the order of the doors.

    Who is at a site is fetched there, whatever their home is: all of a return, and a contact who turned out positive.
    """
    if transfer.origin_site_id:
        stop = _stop_at_site(act, transfer.origin_site_id, len(group))
        return [stop], dict.fromkeys((person.id for person in group), stop["id"]), group
    communities = {row.id: row for row in _communities(act, group)}
    held = {person.id: site for person in group if (site := _site_holding(act, person))}
    by_stop: dict[str, list[Person]] = {}
    for person in group:
        door = person.community_id or f"door:{person.compound or person.address or person.id}"
        by_stop.setdefault(held.get(person.id, door), []).append(person)
    stops = [
        {**_stop_at_site(act, key, len(people)), "key": key} if key in held.values() else _stop_of(key, people, communities.get(key))
        for key, people in by_stop.items()
    ]
    stops = _as_one_drives(stops)
    ordered = [person for stop in stops for person in sorted(by_stop[stop["key"]], key=_door)]
    stop_of = {person.id: stop["id"] for stop in stops for person in by_stop[stop["key"]]}
    return [{name: value for name, value in stop.items() if name != "key"} for stop in stops], stop_of, ordered


def _site_holding(act: Act, person: Person) -> str | None:
    """The site that has this person now."""
    custody = act.loaded.custody(person.id)
    return custody.holder_id if custody and custody.holder == "site" else None


def _stop_at_site(act: Act, site_id: str, people: int) -> dict:
    site = act.work.session.get(Site, site_id)
    return _stop(site.id, site.name, site, site.head_name, site.duty_phone or site.head_phone, people)


def _communities(act: Act, group: list[Person]) -> list[Community]:
    ids = {person.community_id for person in group if person.community_id}
    return list(act.work.session.scalars(select(Community).where(Community.id.in_(ids)))) if ids else []


def _stop_of(key: str, people: list[Person], community: Community | None) -> dict:
    if community:
        stop = _stop(key, community.name, community, community.contact_name, community.contact_phone, len(people))
    else:
        stop = _stop(people[0].id, people[0].compound or people[0].address or people[0].name, None, None, None, len(people))
    return {**stop, "key": key}


def _stop(id: str, name: str, place, contact: str | None, phone: str | None, people: int) -> dict:
    lat, lng = (place.lat, place.lng) if place else (None, None)
    return {"id": id, "name": name, "lat": lat, "lng": lng, "contact_name": contact, "contact_phone": phone, "people": people}


def _as_one_drives(stops: list[dict]) -> list[dict]:
    """Nearest next from the northernmost: good enough by hand; the planner orders real rounds."""
    known = sorted((stop for stop in stops if stop["lat"] is not None), key=lambda stop: -stop["lat"])
    unknown = [stop for stop in stops if stop["lat"] is None]
    ordered = known[:1]
    left = known[1:]
    while left:
        nearest = min(left, key=lambda stop: _km(ordered[-1], stop))
        left.remove(nearest)
        ordered.append(nearest)
    return ordered + unknown


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The straight way between two points (latitude, longitude) of one region."""
    north = (one[0] - other[0]) * KM_A_DEGREE
    east = (one[1] - other[1]) * KM_A_DEGREE * cos(radians(one[0]))
    return hypot(north, east)


def _km(one: dict, other: dict) -> float:
    return km_between((one["lat"], one["lng"]), (other["lat"], other["lng"]))


def _door(person: Person) -> tuple:
    return tuple(f"{part or '':>8}" for part in (person.building, person.unit, person.room))
