"""A province with two years behind it, for the bench of rooms: sites of 300 rooms, everybody who stayed in them, and the log of it.

At present most rooms are lived in, some are between two people, two thousand people wait. Behind them lies the history: stays spread over
the days, each with its coach, its hold, its six stages of turnover, and an operation for every change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from server.domain.acts import new_id
from server.store.areas import Area
from server.store.change_log import CustodyEvent, Operation, ScopeEntry
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.site_days import SiteDay
from server.store.sites import Site
from server.store.transfers import Line, Transfer
from server.store.turnovers import RoomSpell, Turnover
from tests.bench.bulk import bulk, moment
from tests.world import World

ROOMS_A_SITE, AREAS, PARTNERS, A_COACH_TAKES = 300, 17, 5, 20
OCCUPIED, RESERVED, BETWEEN, BLOCKED = 0.70, 0.03, 0.12, 0.02  # of all rooms, now; the rest is ready
WAITING = 0.01  # people who wait, for each room
STAGES = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning")
TIMES = ("vacated_at", "disinfecting_at", "contact_at", "aerating_at", "inspecting_at", "provisioning_at")
MINUTES = (120, 30, 60, 30, 30, 40)  # of each stage
CATEGORIES = ("asymptomatic", "confirmed", "close_contact", "close_contact", "secondary_contact")
STAY_DAYS = 10
ZERO = "0" * 64


@dataclass(frozen=True)
class Size:
    """How much there is."""

    rooms: int
    people: int  # of all time
    days: int


class Province:
    """`world` has the accounts; everything else is new."""

    def __init__(self, world: World, size: Size):
        self.world, self.size, self.chance = world, size, Random(20220403)
        self.now = world.clock.now().astimezone(UTC).replace(tzinfo=None)
        self.log: list[dict] = []
        with bulk() as self.keep:
            self.areas = list(self._areas())
            self.keep(Area, self.areas)
            self.sites = list(self._sites())
            self.keep(Site, self.sites)
            for site in self.sites:
                self._fill(site)
            self._flush()
            self._people_who_wait(round(size.rooms * WAITING))
            self.keep(SiteDay, self._days())

    def _areas(self) -> Iterator[dict]:
        for n in range(AREAS):
            kind = "district" if n < AREAS - PARTNERS else "partner_city"
            yield {"id": new_id(), "name": f"第{n}区", "short": f"{n}区", "kind": kind, "tier": "yellow"}

    def _sites(self) -> Iterator[dict]:
        for n in range(max(1, self.size.rooms // ROOMS_A_SITE)):
            takes = '["close_contact","secondary_contact"]' if n % 3 else '["positive"]'
            known = {"code": f"P{n:04}", "name": f"隔离点{n}", "kind": "hotel", "area_id": self._area_of(n), "address": "长江路",
                     "state": "open", "accepts": takes, "facilities": "{}"}  # fmt: skip
            yield {"id": new_id(), **known, "state_since": moment(self.now - timedelta(days=self.size.days))}

    def _area_of(self, site: int) -> str:
        """Every twentieth site stands in a partner city."""
        return self.areas[-1 - site // 20 % PARTNERS if site % 20 == 0 else site % (AREAS - PARTNERS)]["id"]

    def _fill(self, site: dict) -> None:
        """The rooms of one site with all that ever was in them, and the coaches that brought the people."""
        here = min(ROOMS_A_SITE, self.size.rooms)
        present = round(here * OCCUPIED)
        before = max(round(self.size.people / self.size.rooms * here) - present, 0)
        rooms, self.stays = [], []
        self.site, self.rows = site, {table: [] for table in (RoomSpell, Turnover, Person, Custody, CustodyEvent, Stay, Line, Transfer)}
        for n in range(here):
            earlier = before // here + (n < before % here)
            rooms.append(self._room(n, earlier, now=self._present(n / here)))
        self._coaches()
        self.keep(Room, rooms)
        self.keep(ScopeEntry, (self._entry(site, room) for room in rooms))
        for table, kept in self.rows.items():
            self.keep(table, kept)
        if len(self.log) > 100_000:
            self._flush()

    def _present(self, place: float) -> str:
        """What the room at this place of its site is now."""
        place = (place * 7919) % 1
        for state, share in (("occupied", OCCUPIED), ("reserved", RESERVED), ("between", BETWEEN), ("blocked", BLOCKED)):
            if place < share:
                return self.chance.choice(STAGES) if state == "between" else state
            place -= share
        return "ready"

    def _room(self, n: int, earlier: int, now: str) -> dict:
        """One room: its spells from the beginning until now, one after another without a hole."""
        room = {
            "id": new_id(),
            "site_id": self.site["id"],
            "building": "主楼",
            "floor": str(n // 20 + 1),
            "number": f"{n:04}",
            "kind": "single",
        }
        begin, self.position = self.now - timedelta(days=self.size.days), 0
        self.at, self.room, self.turnover = begin, room["id"], None
        slot = (self.size.days - 40) / max(earlier, 1)
        for k in range(earlier):
            arrives = begin + timedelta(days=slot * k + self.chance.uniform(1, max(slot - STAY_DAYS - 2, 1.5)))
            self._stay(arrives, arrives + timedelta(days=min(STAY_DAYS, slot - 2) + self.chance.random() / 2))
        since = self._until_now(now)
        vacated = {"last_vacated_at": None, "last_ready_at": None, "turnover_id": self.turnover}
        held = self._hold_for_a_coach(room["id"]) if now == "reserved" else {"transfer_id": None, "reserved_until": None}
        return {**room, "state": now, "since": moment(since), "by_id": None, **vacated, **held}

    def _until_now(self, now: str) -> datetime:
        """The last spells; gives since when the room is as it is."""
        if now == "occupied":
            self._stay(self.now - timedelta(days=self.chance.uniform(0.2, STAY_DAYS)), None)
        elif now in STAGES:
            arrives = self.now - timedelta(days=11)
            done = STAGES.index(now)
            leaves = self.now - timedelta(minutes=sum(MINUTES[:done]) + self.chance.uniform(1, 60))
            self._stay(arrives, leaves, stages=done)
            return self._spell(now, leaves + timedelta(minutes=sum(MINUTES[:done])), None)
        elif now in ("reserved", "blocked"):
            since = self.now - timedelta(minutes=self.chance.uniform(5, 100))
            self._spell("ready", self.at, since)
            return self._spell(now, since, None)
        else:
            return self._spell("ready", self.at, None)
        return self.at

    def _stay(self, arrives: datetime, leaves: datetime | None, stages: int = 6) -> None:
        """Ready until held, held until lived in, and the stages after it until ready again."""
        held = arrives - timedelta(minutes=90)
        self._spell("ready", self.at, held)
        self._spell("reserved", held, arrives)
        self._spell("occupied", arrives, leaves)
        stay = self._somebody(arrives, leaves)
        if leaves is None:
            self.at = arrives
            return
        begins = [leaves + timedelta(minutes=sum(MINUTES[:n])) for n in range(7)]
        self.turnover = new_id()
        ready = begins[6] if stages == 6 else None
        times = {name: moment(begins[n]) if n <= stages else None for n, name in enumerate(TIMES)}
        ends = {"ready_at": ready and moment(ready), "ended_at": ready and moment(ready), "ended_how": "ready" if ready else None}
        told = {"agent": "chlorine", "strength_mg_l": 1000, "contact_minutes": 60, "aired_minutes": 30, "provisioned": "[]"}
        known = {"id": self.turnover, "room_id": self.room, "site_id": self.site["id"], "stay_id": stay, "seen_from": "vacated_dirty"}
        self.rows[Turnover].append({**known, **times, **ends, **told})
        for n in range(stages):
            self._spell(STAGES[n], begins[n], begins[n + 1])
        self.at = begins[stages]

    def _spell(self, state: str, since: datetime, until: datetime | None) -> datetime:
        self.position += 1
        operation = self._said("set_room_state", self.room, since)
        times = {"from_at": moment(since), "until_at": until and moment(until), "by_id": None, "operation_id": operation}
        self.rows[RoomSpell].append(
            {"id": new_id(), "room_id": self.room, "site_id": self.site["id"], "position": self.position, "state": state, **times}
        )
        return since

    def _somebody(self, arrives: datetime, leaves: datetime | None) -> str:
        """A person with their stay; gives the stay's id."""
        found, person, n = arrives - timedelta(hours=self.chance.uniform(2, 12)), new_id(), len(self.stays)
        category = CATEGORIES[n % 5]
        self.rows[Person].append(self._person(person, found, category, "isolated" if leaves is None else "home_monitoring"))
        holder = {"holder": "site" if leaves is None else "home", "holder_id": self.site["id"], "since": moment(leaves or arrives)}
        self.rows[Custody].append({"person_id": person, **holder})
        for holder, at in (("crew", arrives - timedelta(hours=1)), ("site", arrives), ("home", leaves)):
            if at:
                operation = self._said("receive_person", person, at)
                self.rows[CustodyEvent].append({"id": new_id(), "person_id": person, "holder": holder, "holder_id": self.site["id"],
                                                "operation_id": operation, "at": moment(at)})  # fmt: skip
        due = (arrives + timedelta(days=STAY_DAYS if self.chance.random() < 0.97 else 2)).date()
        ended = {"ended_at": leaves and moment(leaves), "ended_how": leaves and "released", "on_phones": "0" if leaves else "1"}
        clock = {
            "pack": "CN-8+2022-03",
            "clock_basis": "last_exposure",
            "clock_from": (due - timedelta(days=14)).isoformat(),
            "due_on": due.isoformat(),
        }
        stay = {"id": new_id(), "person_id": person, "site_id": self.site["id"], "room_id": self.room, "place": 1, "kind": "quarantine",
                "category": category, "needs": "[]", "checked_in_at": moment(arrives), **clock, **ended}  # fmt: skip
        self.rows[Stay].append(stay)
        self.stays.append((arrives, person, self.room))
        return stay["id"]

    def _person(self, id: str, found: datetime, category: str, state: str) -> dict:
        area = self.areas[self.chance.randrange(AREAS - PARTNERS)]["id"]
        told = dict.fromkeys(("listed_at", "waits_from", "detected_at", "category_from"), moment(found))
        where = {
            "home_area_id": area,
            "pickup_area_id": area,
            "responsible_area_id": area,
            "compound": "天茂名苑",
            "building": "3",
            "unit": "1",
        }
        return {"id": id, "name": f"居民{id[-6:]}", "sex": "female", "birth_year": 1980, "phone": f"142{id[-4:]}", **where, **told,
                "category": category, "state": state, "needs": "[]", "extra": "{}"}  # fmt: skip

    def _coaches(self) -> None:
        """Those who came about the same time came in one coach."""
        self.stays.sort()
        for start in range(0, len(self.stays), A_COACH_TAKES):
            group = self.stays[start : start + A_COACH_TAKES]
            transfer = self._transfer(group[0][0], ended=group[-1][0])
            for position, (arrives, person, room) in enumerate(group):
                ended = {"state": "received", "open": "0", "outcome": "received", "ended_at": moment(arrives)}
                self.rows[Line].append(
                    {"id": new_id(), "transfer_id": transfer, "person_id": person, "position": position, "room_id": room, **ended}
                )

    def _hold_for_a_coach(self, room: str) -> dict:
        """A coach on its way with one person, for whom the room is held."""
        person, transfer = new_id(), self._transfer(self.now, ended=None)
        self.rows[Person].append(self._person(person, self.now - timedelta(hours=5), "close_contact", "awaiting_transfer"))
        self.rows[Custody].append(
            {"person_id": person, "holder": "origin", "holder_id": None, "since": moment(self.now - timedelta(hours=5))}
        )
        going = {"state": "expected", "open": "1", "outcome": None, "ended_at": None}
        self.rows[Line].append({"id": new_id(), "transfer_id": transfer, "person_id": person, "position": 0, "room_id": room, **going})
        return {"transfer_id": transfer, "reserved_until": moment(self.now + timedelta(hours=2))}

    def _transfer(self, at: datetime, ended: datetime | None) -> str:
        id = new_id()
        times = {"created_at": moment(at - timedelta(hours=3)), "depart_at": moment(at), "ended_at": ended and moment(ended)}
        empty = {"stops": "[]", "dock": "{}", "moments": "{}", "handover": "{}", "problems": "[]", "emergencies": "[]", "diverted": "0"}
        seen = {"crew_sees": "0", "site_sees": "1" if ended is None else "0", "priority": "normal", "category": "close_contact"}
        goal = {"destination_kind": "site", "site_id": self.site["id"], "area_id": self.site["area_id"]}
        known = {"id": id, "code": id[-12:], "kind": "outbound", "state": "closed" if ended else "planned"}
        self.rows[Transfer].append({**known, **goal, **times, **empty, **seen})
        return id

    def _people_who_wait(self, people: int) -> None:
        listed = [
            self._person(new_id(), self.now - timedelta(hours=self.chance.uniform(0, 20)), CATEGORIES[n % 5], "listed")
            for n in range(people)
        ]
        self.keep(Person, listed)
        self.keep(Custody, ({"person_id": one["id"], "holder": "origin", "holder_id": None, "since": one["listed_at"]} for one in listed))

    def _said(self, type: str, target: str, at: datetime) -> str:
        """The operation behind a change, for the log."""
        id = new_id()
        body = f'{{"type":"{type}","v":1,"author":"{id}","target":"{target}","args":{{"state":"disinfecting","reason":null,"note":null}}}}'
        said = {"id": id, "door": "phone", "type": type, "v": 1, "target": target, "body": body, "hash": ZERO}
        times = {"received_at": moment(at), "happened_at": moment(at), "time_uncertain": "0"}
        self.log.append({**said, **times, "verdict": "applied", "stamp": 1, "attempts": 1})
        return id

    def _flush(self) -> None:
        self.keep(Operation, self.log)
        self.log = []

    def _entry(self, site: dict, room: dict) -> dict:
        return {"scope": f"site:{site['id']}", "type": "room", "id": room["id"], "seq": 1, "present": "1", "first_entered": 1, "rev": 1}

    def _days(self) -> Iterator[dict]:
        """A row a site and day, as the night would have written it."""
        today: date = self.now.date()
        seconds = {"available_seconds": 280 * 86_400, "occupied_seconds": 200 * 86_400, "ready_seconds": 60 * 86_400, "idle_seconds": 9_000}
        counts = {"check_ins": 20, "check_outs": 20, "overstays": 3, "reservations": 21, "expired": 1, "turnovers": 20}
        for n in range(1, self.size.days + 1):
            for site in self.sites:
                known = {
                    "day": (today - timedelta(days=n)).isoformat(),
                    "site_id": site["id"],
                    "site_state": "open",
                    "rooms": '{"occupied":200}',
                }
                yield {
                    **known,
                    **seconds,
                    **counts,
                    "vacated_after": ",".join(["95"] * counts["check_outs"]),
                    "turnaround_median": 18_000,
                    "turnaround_ninety": 30_000,
                    "written_at": moment(self.now),
                }
