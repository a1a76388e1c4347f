"""A city with 60,000 people and as many rooms, for the first page's bench alone: written straight into the tables, because the doors would
take minutes for what is only a place to measure in. Each row is as the doors would leave it: the database's own constraints are all on.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy import insert

from server.domain.acts import new_id
from server.store.areas import Area
from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.database import Base, transaction
from server.store.imports import ImportFile, ImportRow
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.transfers import Assignment, Line, Transfer, Vehicle
from server.store.users import Device, User
from tests.world import World

AT_ONCE = 5_000
A_SITE_HAS = 300
A_COACH_TAKES = 20
WAITING_SHARE, ON_THE_WAY_SHARE = 0.08, 0.03
ROOM_STATES = ("ready", "ready", "vacated_dirty", "disinfecting", "aerating", "inspecting", "out_of_service")
CATEGORIES = ("asymptomatic", "confirmed", "close_contact", "close_contact", "secondary_contact")
OPERATIONS_A_PERSON = 5  # listed, verified, boarded, received, checked out


class City:
    """Eleven areas, sites of 300 rooms, people who wait, ride and stay, the log of all of it. `world` has its accounts."""

    def __init__(self, world: World, people: int, rooms: int):
        self.world, self.now, self.chance = world, world.clock.now(), Random(20220403)
        self.areas = [world.area("宽城"), world.area("绿园")] + self.keep(Area, self._more_areas())
        sites = self.keep(Site, self._sites(rooms))
        self.rooms = list(self._rooms(sites, rooms))
        self.people = list(self._people(people))
        self._give_rooms()
        self.keep(Room, self.rooms)
        self.keep(Person, self.people)
        self.keep(Custody, self._custody())
        self.keep(Stay, self._stays())
        self._transfers()
        self._held_rows(people // 200)
        self.keep(Conflict, self._conflicts(people // 600))
        self.keep(Operation, self._log(people * OPERATIONS_A_PERSON))

    def keep(self, table: type[Base], rows) -> list[str]:
        """Write these rows; their ids."""
        ids, rows = [], iter(rows)
        while batch := list(islice(rows, AT_ONCE)):
            with transaction() as session:
                session.connection().execute(insert(table.__table__), batch)
            ids += [row.get("id") for row in batch]
        return ids

    def ago(self, hours_max: float) -> datetime:
        return self.now - timedelta(hours=self.chance.uniform(0, hours_max))

    def _more_areas(self) -> Iterator[dict]:
        for n in range(9):
            yield {
                "id": new_id(),
                "name": f"第{n + 1}区",
                "short": f"{n + 1}区",
                "kind": "district",
                "tier": ("red", "yellow", "green")[n % 3],
            }

    def _sites(self, rooms: int) -> Iterator[dict]:
        for n in range(max(1, rooms // A_SITE_HAS)):
            place = {"area_id": self.areas[n % len(self.areas)], "address": f"长江路{n}号"}
            yield {"id": new_id(), "code": f"B{n:03}", "name": f"隔离点{n}", "kind": "hotel", **place, "state": "open", "accepts": []}

    def _rooms(self, sites: list[str], rooms: int) -> Iterator[dict]:
        for n in range(rooms):
            place = {
                "site_id": sites[n % len(sites)],
                "building": "主楼",
                "floor": str(n // len(sites) // 20),
                "number": f"{n // len(sites):04}",
            }
            state = self.chance.choice(ROOM_STATES)
            yield {"id": new_id(), **place, "kind": "single", "state": state, "since": self.ago(72), "transfer_id": None}

    def _people(self, people: int) -> Iterator[dict]:
        waiting, on_the_way = round(people * WAITING_SHARE), round(people * ON_THE_WAY_SHARE)
        for n in range(people):
            area, listed = self.areas[n % len(self.areas)], self.ago(24 if n < waiting else 240)
            state = "listed" if n < waiting else "awaiting_transfer" if n < waiting + on_the_way else "in_isolation"
            told = {"listed_at": listed, "waits_from": listed, "detected_at": listed, "category_from": listed}
            areas = {"home_area_id": area, "pickup_area_id": area, "responsible_area_id": area}
            door = {"compound": f"小区{n // 600}", "building": "3", "unit": "1", "room": str(n), "address": f"小区{n // 600}3栋1单元{n}"}
            who = {"name": f"居民{n}", "sex": "female" if n % 2 else "male", "birth_year": 1930 + n % 80, "phone": f"142{n:08}"}
            needs = [{"code": "wheelchair", "detail": ""}] if n % 40 == 0 else []
            category = CATEGORIES[n % len(CATEGORIES)]
            yield {"id": new_id(), **who, **areas, **door, "category": category, **told, "state": state, "needs": needs}

    def _give_rooms(self) -> None:
        """Whoever stays has a room of their own, as far as the rooms go; the others stay outside the register."""
        self.staying = [person for person in self.people if person["state"] == "in_isolation"]
        self.lived_in = list(zip(self.staying, self.rooms[: round(len(self.rooms) * 0.75)], strict=False))
        for _person, room in self.lived_in:
            room["state"] = "occupied"

    def _custody(self) -> Iterator[dict]:
        site_of = {person["id"]: room["site_id"] for person, room in self.lived_in}
        for person in self.people:
            stays = person["state"] == "in_isolation"
            holder = {"holder": "site" if stays else "origin", "holder_id": site_of.get(person["id"]) if stays else None}
            yield {"person_id": person["id"], **holder, "since": person["listed_at"] + timedelta(minutes=90 if stays else 0)}

    def _stays(self) -> Iterator[dict]:
        for person, room in self.lived_in:
            place = {"person_id": person["id"], "site_id": room["site_id"], "room_id": room["id"], "kind": "isolation"}
            yield {
                "id": new_id(),
                **place,
                "category": person["category"],
                "checked_in_at": person["listed_at"],
                "due_on": date(2030, 1, 1),
            }

    def _transfers(self) -> None:
        """Coaches of twenty, each with a driver whose phone was heard of within the last hour."""
        riders = [person for person in self.people if person["state"] == "awaiting_transfer"]
        groups = [riders[at : at + A_COACH_TAKES] for at in range(0, len(riders), A_COACH_TAKES)]
        vehicles = [{"id": new_id(), "plate": f"吉B·{n:05}", "kind": "coach", "seats": 40, "state": "assigned"} for n in range(len(groups))]
        drivers = [{"id": new_id(), "username": f"driver-{n}", "name": f"司机{n}", "role": "driver"} for n in range(len(groups))]
        transfers = [self._transfer(n, vehicle["id"]) for n, vehicle in enumerate(vehicles)]
        self.keep(Vehicle, vehicles)
        self.keep(User, drivers)
        self.keep(Device, ({"id": new_id(), "user_id": one["id"], "enrolled_at": self.ago(99), "seen_at": self.ago(1)} for one in drivers))
        self.keep(Transfer, transfers)
        for transfer, driver, people in zip(transfers, drivers, groups, strict=True):
            member = {"id": new_id(), "transfer_id": transfer["id"], "user_id": driver["id"], "role": "driver", "from_at": self.now}
            self.keep(Assignment, [member])
            self.keep(Line, (self._line(transfer["id"], position, person) for position, person in enumerate(people)))

    def _line(self, transfer: str, position: int, person: dict) -> dict:
        return {"id": new_id(), "transfer_id": transfer, "person_id": person["id"], "position": position}

    def _transfer(self, n: int, vehicle: str) -> dict:
        at = {"depart_at": self.now + timedelta(minutes=n), "deadline_at": self.now + timedelta(hours=n % 8 - 1), "created_at": self.ago(8)}
        goal = {"destination_kind": "site", "site_id": self.world.site, "area_id": self.areas[n % len(self.areas)]}
        return {
            "id": new_id(),
            "code": f"B-{n:04}",
            "kind": "outbound",
            "category": "close_contact",
            "state": "planned",
            "vehicle_id": vehicle,
            **at,
            **goal,
        }

    def _held_rows(self, rows: int) -> None:
        for n, area in enumerate(self.areas):
            file = {"id": new_id(), "sha256": f"{n:064}", "name": f"list-{n}.xlsx", "kind": "list", "area_id": area, "state": "done"}
            self.keep(ImportFile, [{**file, "arrived_at": self.ago(12)}])
            self.keep(ImportRow, (self._held_row(file["id"], at) for at in range(rows // len(self.areas))))

    def _held_row(self, file: str, at: int) -> dict:
        place = {"id": new_id(), "file_id": file, "position": at, "row": at + 2}
        return {**place, "verdict": "held", "state": "waiting", "reasons": ["id_missing"], "name": f"待补{at}", "waits": True}

    def _conflicts(self, conflicts: int) -> Iterator[dict]:
        for n in range(conflicts):
            about = {"code": "reception.discrepancy", "area_id": self.areas[n % len(self.areas)], "raised_at": self.ago(6)}
            yield {"id": new_id(), **about, "state": "closed" if n % 3 else "open"}

    def _log(self, operations: int) -> Iterator[dict]:
        """What made all this: as long a log as it would have left."""
        for n in range(operations):
            person, at = self.people[n % len(self.people)], self.ago(240)
            body = json.dumps(
                {"type": "board_person", "v": 1, "target": person["id"], "args": {"name": person["name"], "seat": str(n % 40)}}
            )
            said = {"body": body, "hash": hashlib.sha256(body.encode()).hexdigest(), "received_at": at, "happened_at": at}
            verdict = "refused" if n % 5_000 == 0 else "flagged" if n % 40 == 0 else "applied"
            yield {"id": new_id(), "door": "phone", "type": "board_person", "target": person["id"], **said, "verdict": verdict, "stamp": n}
