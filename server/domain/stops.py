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

    A return or a move between sites has one stop, the site they leave.
    """
    if transfer.origin_site_id:
        site = act.work.session.get(Site, transfer.origin_site_id)
        stop = _stop(site.id, site.name, site, site.head_name, site.duty_phone or site.head_phone, len(group))
        return [stop], dict.fromkeys((person.id for person in group), site.id), group
    communities = {row.id: row for row in _communities(act, group)}
    by_stop: dict[str, list[Person]] = {}
    for person in group:
        by_stop.setdefault(person.community_id or f"door:{person.compound or person.address or person.id}", []).append(person)
    stops = [_stop_of(key, people, communities.get(key)) for key, people in by_stop.items()]
    stops = _in_order(stops)
    ordered = [person for stop in stops for person in sorted(by_stop[stop["key"]], key=_door)]
    stop_of = {person.id: stop["id"] for stop in stops for person in by_stop[stop["key"]]}
    return [{name: value for name, value in stop.items() if name != "key"} for stop in stops], stop_of, ordered


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


def _in_order(stops: list[dict]) -> list[dict]:
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


def _km(one: dict, other: dict) -> float:
    north = (one["lat"] - other["lat"]) * KM_A_DEGREE
    east = (one["lng"] - other["lng"]) * KM_A_DEGREE * cos(radians(one["lat"]))
    return hypot(north, east)


def _door(person: Person) -> tuple:
    return tuple(f"{part or '':>8}" for part in (person.building, person.unit, person.room))
