"""Loads what a batch of operations is about in a few queries, and locks it in id order."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from server.store.around import Around
from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.people import Custody, Person
from server.store.room_counts import RoomCount
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.stays import ClockChange, HealthCheck, StayTest
from server.store.transfers import Assignment, Line, Transfer, Vehicle
from server.store.turnovers import RoomSpell, Turnover
from server.store.users import Device
from server.store.waste import WastePickup

TABLES = {
    "transfer": Transfer,
    "room": Room,
    "person": Person,
    "site": Site,
    "vehicle": Vehicle,
    "conflict": Conflict,
    "device": Device,
    "turnover": Turnover,
    "room_count": RoomCount,
    "waste_pickup": WastePickup,
    "stay": Stay,
    "stay_test": StayTest,
    "health_check": HealthCheck,
    "clock_change": ClockChange,
}
PARTS = 400  # ids in one query: SQLite and PostgreSQL both take them
IS_LOGGED = select(Operation.__table__.c.id).where(Operation.__table__.c.id.in_(bindparam("ids")))
LOGGED = select(Operation).where(Operation.id.in_(bindparam("ids")))
LINES = select(Line).where(Line.transfer_id.in_(bindparam("ids"))).order_by(Line.transfer_id, Line.position)
LINES = LINES.options(joinedload(Line.person), joinedload(Line.held_room))
CREW = select(Assignment).where(Assignment.transfer_id.in_(bindparam("ids"))).options(joinedload(Assignment.user))
CUSTODIES = select(Custody).where(Custody.person_id.in_(bindparam("people"))).order_by(Custody.person_id).with_for_update(key_share=True)


class Loaded:
    """The rows one transaction works on. A row asked for that was not loaded beforehand is loaded then."""

    def __init__(self, session: Session):
        self.session = session
        self.custodies: dict[str, Custody] = {}
        self.around = Around(session)
        self._rows: dict[tuple[str, str], object] = {}
        self._log: dict[str, Operation | None] = {}

    def load(self, wanted: dict[str, Iterable[str]]) -> None:
        """Load and lock `{noun: ids}`. A transfer comes with its vehicle and its people's custody, locked too, and with its lines, people,
        rooms, stays and crew, which are not: two who change one room at once are told apart by its spells."""
        for noun in sorted(wanted):
            ids = sorted(id for id in wanted[noun] if (noun, id) not in self._rows)
            for start in range(0, len(ids), PARTS):
                self._load(noun, ids[start : start + PARTS])

    def get(self, noun: str, id: str | None):
        """The row of that noun with this id, or None."""
        if id is None:
            return None
        if (noun, id) not in self._rows:
            self._load(noun, [id])
        return self._rows.get((noun, id))

    def keep(self, noun: str, row) -> None:
        """Remember a row that was made in this transaction."""
        self._rows[noun, row.id] = row

    def all(self, noun: str) -> list:
        """Every row of that noun that this transaction has loaded or made."""
        return [row for (kind, _id), row in self._rows.items() if kind == noun and row is not None]

    def transfer(self, id: str | None) -> Transfer | None:
        """The transfer with its lines and crew, loaded and locked once; None where there is none."""
        return self.get("transfer", id)

    def turnover(self, room: Room) -> Turnover | None:
        """The turnover that a room is in, or that made it ready; those of all rooms loaded here come in one query."""
        if room.turnover_id and ("turnover", room.turnover_id) not in self._rows:
            self.load({"turnover": {other.turnover_id for other in (room, *self.all("room")) if other.turnover_id}})
        return self.get("turnover", room.turnover_id)

    def spell(self, room: Room) -> RoomSpell | None:
        """The spell that lasts of a room; likewise."""
        return self.around.spell_of(room.id, (other.id for other in self.all("room")))

    def custody(self, person_id: str) -> Custody | None:
        """Who holds this person now."""
        if person_id not in self.custodies:
            self._load_custodies([person_id])
        return self.custodies.get(person_id)

    def logged(self, ids: Iterable[str]) -> dict[str, Operation]:
        """Those of these operations that the log held before this transaction."""
        ids = set(ids)
        unknown = sorted(ids.difference(self._log))
        for start in range(0, len(unknown), PARTS):
            part = unknown[start : start + PARTS]
            self._log.update(dict.fromkeys(part))
            if here := self.session.connection().scalars(IS_LOGGED, {"ids": part}).all():  # seldom: most of what comes is new
                self._log.update({row.id: row for row in self.session.scalars(LOGGED, {"ids": here})})
        return {id: self._log[id] for id in ids if self._log[id]}

    def _load(self, noun: str, ids: list[str]) -> None:
        if noun == "stay":
            self._forget_what_was_read_before(ids)
        rows = self.session.scalars(rows_of(noun), {"ids": ids}).all()
        if noun == "transfer":
            load_parts(self.session, rows)
        self._rows.update({(noun, row.id): row for row in rows})
        self._rows.update({(noun, id): None for id in ids if (noun, id) not in self._rows})
        if noun == "transfer":
            people = sorted(line.person_id for row in rows for line in row.lines)
            for start in range(0, len(people), PARTS):
                self._load_custodies(people[start : start + PARTS])
            for row in rows:
                self._rows.update({("room", line.room_id): line.held_room for line in row.lines if line.room_id})
            self.load({"vehicle": {row.vehicle_id for row in rows if row.vehicle_id}})
            self.around.load(people, [line.room_id for row in rows for line in row.lines if line.room_id])
        if noun == "room":
            self.around.load(rooms=ids)
        if noun == "stay":
            self.around.keep(*rows)

    def _forget_what_was_read_before(self, stays: list[str]) -> None:
        """Stays are read with the people and rooms around a transfer, unlocked: what is locked now is as it stands now."""
        known = (self.session.identity_map.get(identity_key(Stay, id)) for id in stays)
        for stay in known:
            if stay is not None and not self.session.is_modified(stay):
                self.session.expire(stay)

    def _load_custodies(self, people: list[str]) -> None:
        self.custodies.update({custody.person_id: custody for custody in self.session.scalars(CUSTODIES, {"people": people})})


@cache
def rows_of(noun: str) -> Select:
    """The query for the rows of a noun with these `ids`, locked in their order. Built once: building costs as much as asking."""
    table = TABLES[noun]
    # FOR NO KEY UPDATE: the foreign keys that another transaction checks at its commit, when it holds the counter, must not wait.
    return select(table).where(table.id.in_(bindparam("ids"))).order_by(table.id).with_for_update(of=table, key_share=True)


def load_parts(session: Session, transfers: list[Transfer]) -> None:
    """Load what hangs on these (at most PARTS) transfers, as `whole_transfer` does, by two statements that are built once."""
    for relation, query in (("lines", LINES), ("crew", CREW)):
        found = {row.id: (row, []) for row in transfers if relation in inspect(row).unloaded}
        for part in session.scalars(query, {"ids": list(found)}) if found else ():
            found[part.transfer_id][1].append(part)
        for row, parts in found.values():
            set_committed_value(row, relation, parts)


def whole_transfer() -> tuple:
    """The loading options for a transfer with everything that its rules and its body need."""
    return (
        selectinload(Transfer.lines).options(joinedload(Line.person), joinedload(Line.held_room)),
        selectinload(Transfer.crew).joinedload(Assignment.user),
    )
