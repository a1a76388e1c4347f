"""How a phone sees a transfer: the crew with address and telephone until a person is aboard, the site without, with the category."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import bindparam, select

from server.domain.people import age_at
from server.domain.steps import step_states
from server.domain.vehicles import usable_seats
from server.store.areas import Community
from server.store.conflicts import Conflict
from server.store.loading import PARTS, load_parts
from server.store.people import Custody
from server.store.rooms import Room
from server.store.sites import Hospital, Site
from server.store.transfers import Line, Transfer, Vehicle
from sync.records import told
from sync.records.view import View, iso

HELD_BY = select(Custody.transfer_id).where(Custody.holder == "crew", Custody.holder_id == bindparam("user")).distinct()
OPEN_CONFLICTS = select(Conflict.transfer_id).where(Conflict.transfer_id.in_(bindparam("ids", expanding=True)), Conflict.state == "open")


class Member(NamedTuple):
    """Somebody who is, or was, in the crew."""

    user_id: str
    to_at: datetime | None


class Ends(NamedTuple):
    """What the gate asks of a transfer: its crew and the sites at its ends."""

    id: str
    crew: tuple[Member, ...]
    crew_sees: bool
    site_id: str | None
    origin_site_id: str | None
    site_sees: bool


class TransferView(View):
    table = Transfer

    def load(self, ids: list[str]) -> list[Transfer]:
        rows = super().load(ids)
        for start in range(0, len(rows), PARTS):
            load_parts(self.session, rows[start : start + PARTS])
        self.look_around(rows)
        return rows

    def look_around(self, rows: list[Transfer]) -> None:
        """Load the places, vehicles and open conflicts that the bodies of these rows show."""
        self.vehicles = self.by_id(Vehicle, [row.vehicle_id for row in rows])
        places = [place for row in rows for place in (row.site_id, row.backup_site_id, row.origin_site_id)]
        self.sites = self.by_id(Site, places)
        self.hospitals = self.by_id(Hospital, [row.hospital_id for row in rows])
        self.communities = self.by_id(Community, [row.community_id for row in rows])
        self.rooms_left = self.by_id(Room, [line.from_room_id for row in rows for line in row.lines])
        self.open_conflicts = self._open_conflicts([row.id for row in rows])

    def parts(self, row: Transfer) -> Iterator[object]:
        """The row and all that its bodies show."""
        yield row
        for line in row.lines:
            yield from (part for part in (line, line.person, line.held_room) if part)
        for member in row.crew:
            yield from (member, member.user)
        for around in (self.vehicles, self.sites, self.hospitals, self.communities, self.rooms_left):
            yield from around.values()

    @classmethod
    def facts(cls, row: Transfer) -> Ends:
        crew = tuple(Member(member.user_id, member.to_at) for member in row.crew)
        return Ends(row.id, crew, row.crew_sees, row.site_id, row.origin_site_id, row.site_sees)

    def side(self, facts: Ends) -> bool:
        """Whether it is shown as to its crew. Whoever still holds one of its people is that, too."""
        return self._in_crew(facts) or self.holds_people(facts)

    def holds_people(self, facts: Ends) -> bool:
        """Asked only for who is not in the crew: custody moves without a transfer's revision, so it is asked anew each time."""
        return not (self._in_crew(facts) and facts.crew_sees) and facts.id in self.held

    @cached_property
    def held(self) -> set[str]:
        """The transfers with people whom the user has in their hands."""
        return set(self.session.scalars(HELD_BY, {"user": self.user.id}))

    def _in_crew(self, transfer: Ends | Transfer) -> bool:
        return any(member.user_id == self.user.id and member.to_at is None for member in transfer.crew)

    def body(self, row: Transfer, for_crew: bool | None = None) -> dict:
        for_crew = self.side(row) if for_crew is None else for_crew
        return {
            "code": row.code,
            "kind": row.kind,
            "category": row.category,
            "priority": row.priority,
            "state": row.state,
            "depart_at": iso(row.depart_at),
            "deadline_at": iso(row.deadline_at),
            "deadline_rule": row.deadline_rule,
            "cancelled": told.shown(row.cancelled, "reason"),
            "diverted": row.diverted,
            "vehicle": vehicle_body(self.vehicles.get(row.vehicle_id)),
            "crew": [crew_body(member) for member in row.crew if member.to_at is None],
            "desk": {"name": row.desk_name, "phone": row.desk_phone},
            "origin": self._site(row.origin_site_id),
            "destination": self._destination(row),
            "backup": self._site(row.backup_site_id),
            "stops": row.stops if for_crew else [],
            "lines": [self._line(line, for_crew, row) for line in row.lines],
            "dock": told.dock_body(row.dock),
            "vehicle_check": told.check_body(row.vehicle_check),
            "route": told.route_body(row.route),
            "moments": told.moments_body(row.moments),
            "handover": told.handover_body(row.handover),
            "disinfection": told.disinfection_body(row.disinfection),
            "problems": told.problems_body(row.problems),
            "emergencies": told.emergencies_body(row.emergencies),
            "acceptance": told.shown(row.acceptance),
            "steps": step_states(row, self.sites[row.site_id].name if row.site_id else None),
            "conflicts": self.open_conflicts.get(row.id, 0),
        }

    def _line(self, line: Line, for_crew: bool, row: Transfer) -> dict:
        return {**line_body(line, for_crew, row), "from_room": room_body(self.rooms_left.get(line.from_room_id))}

    def _destination(self, row: Transfer) -> dict:
        if row.destination_kind == "site":
            return self._site(row.site_id)
        if row.destination_kind == "hospital" and row.hospital_id:
            hospital = self.hospitals[row.hospital_id]
            return place_body("hospital", hospital, hospital.phone)
        if row.destination_kind == "home" and row.community_id:
            community = self.communities[row.community_id]
            return {**place_body("home", community, community.contact_phone), "address": community.name}
        return {**EMPTY_PLACE, **(row.place or {}), "kind": row.destination_kind}

    def _site(self, id: str | None) -> dict | None:
        site = self.sites.get(id)
        return place_body("site", site, site.duty_phone or site.head_phone) if site else None

    def _open_conflicts(self, ids: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(ids), 400):
            for id in self.session.connection().scalars(OPEN_CONFLICTS, {"ids": ids[start : start + 400]}):
                found[id] = found.get(id, 0) + 1
        return found


EMPTY_PLACE = dict.fromkeys(("kind", "id", "name", "address", "phone", "lat", "lng", "area"))


def vehicle_body(vehicle: Vehicle | None) -> dict | None:
    if vehicle is None:
        return None
    return {
        "id": vehicle.id,
        "plate": vehicle.plate,
        "kind": vehicle.kind,
        "seats": vehicle.seats,
        "seats_usable": usable_seats(vehicle),
    }


def crew_body(member) -> dict:
    return {"user": member.user_id, "name": member.user.name, "role": member.role, "phone": member.user.phone}


def place_body(kind: str, place, phone: str | None) -> dict:
    return {
        "kind": kind,
        "id": place.id,
        "name": place.name,
        "address": getattr(place, "address", None),
        "phone": phone,
        "lat": place.lat,
        "lng": place.lng,
        "area": place.area_id,
    }


def line_body(line: Line, for_crew: bool, transfer: Transfer) -> dict:
    """One person. Address and telephones only for the crew, and only until the person is aboard or has another end."""
    person = line.person
    at_door = for_crew and line.state == "expected"
    return {
        "id": line.id,
        "person": line.person_id,
        "position": line.position,
        "stop": line.stop_id if for_crew else None,
        "household": person.household_id,
        "name": person.name,
        "age": age_at(person, transfer.created_at),
        "sex": person.sex,
        "id_tail": person.id_tail,
        "category": person.category,
        "case_type": person.case_type,
        "last_test": iso(person.sampled_at or person.detected_at),
        "address": address_body(person) if at_door else None,
        "phone": person.phone if at_door else None,
        "second_phone": person.second_phone if at_door else None,
        "needs": person.needs,
        "words": person.words,
        "room": room_body(line.held_room),
        "state": line.state,
        "verified": told.verified_body(line.verified, for_crew),
        "boarded_at": iso(line.boarded_at),
        "outcome": line.outcome,
        "outcome_at": iso(line.outcome_at),
        "received": told.received_body(line.received),
        "note": line.note,
    }


def room_body(room: Room | None) -> dict | None:
    return room and {"id": room.id, "building": room.building, "floor": room.floor, "number": room.number}


def address_body(person) -> dict:
    return {
        "compound": person.compound,
        "building": person.building,
        "unit": person.unit,
        "room": person.room,
        "raw": person.address,
    }


VIEWS = {"transfer": TransferView}
