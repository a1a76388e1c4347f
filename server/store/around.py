"""What surrounds a transfer and its rooms: who stays where, since when a room is as it is, which other transfer still expects a person."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from server.store.rooms import Stay
from server.store.transfers import Line
from server.store.turnovers import RoomSpell

PARTS = 400
# Two questions, each with an index of its own: asked as one with "or", SQLite looks through everybody who stays anywhere.
STAYS_OF = select(Stay.id).where(Stay.person_id.in_(bindparam("people")), Stay.ended_at.is_(None))
STAYS_IN = select(Stay.id).where(Stay.room_id.in_(bindparam("rooms")), Stay.room_id.is_not(None), Stay.ended_at.is_(None))
STAYS = select(Stay).where(Stay.id.in_(bindparam("ids"))).order_by(Stay.id)
OPEN_SPELLS = select(RoomSpell).where(RoomSpell.room_id.in_(bindparam("rooms")), RoomSpell.until_at.is_(None))
OPEN_LINES = select(Line.person_id, Line.id).where(Line.person_id.in_(bindparam("people")), Line.open)


class Around:
    """Open stays by person and by room, open spells by room, open lines by person, for all that one transaction has loaded."""

    def __init__(self, session: Session):
        self._session = session
        self._known: set[tuple[str, str]] = set()
        self._stays: dict[tuple[str, str], dict[str, Stay]] = defaultdict(dict)
        self._lines: dict[str, set[str]] = defaultdict(set)
        self._spells: dict[str, RoomSpell | None] = {}

    def load(self, people: Iterable[str] = (), rooms: Iterable[str] = ()) -> None:
        """Read, in a few queries, what is open for these people and rooms."""
        people = sorted(id for id in people if ("person", id) not in self._known)
        rooms = sorted(id for id in rooms if ("room", id) not in self._known)
        self._known |= {("person", id) for id in people} | {("room", id) for id in rooms}
        for start in range(0, max(len(people), len(rooms)), PARTS):
            self._load(people[start : start + PARTS], rooms[start : start + PARTS])

    def stay_of(self, person_id: str) -> Stay | None:
        """The open stay of a person."""
        self.load(people=[person_id])
        return next((stay for stay in self._stays["person", person_id].values() if stay.ended_at is None), None)

    def stays_in(self, room_id: str) -> list[Stay]:
        """The open stays in a room: one, but for people who share it for a reason."""
        self.load(rooms=[room_id])
        return [stay for stay in self._stays["room", room_id].values() if stay.ended_at is None and stay.room_id == room_id]

    def spell_of(self, room_id: str, others: Iterable[str] = ()) -> RoomSpell | None:
        """The spell of a room that lasts. What is not known yet of it and of the `others` is read at once."""
        if room_id not in self._spells:
            unknown = sorted({room_id, *others} - self._spells.keys())
            self._spells.update(dict.fromkeys(unknown))
            for start in range(0, len(unknown), PARTS):
                part = {"rooms": unknown[start : start + PARTS]}
                self._spells.update({spell.room_id: spell for spell in self._session.scalars(OPEN_SPELLS, part)})
        return self._spells[room_id]

    def spell(self, id: str) -> RoomSpell | None:
        """A spell by its id, open or ended."""
        return next((spell for spell in self._spells.values() if spell and spell.id == id), None) or self._session.get(RoomSpell, id)

    def keep_spell(self, spell: RoomSpell) -> None:
        """Remember which spell of a room lasts from now on."""
        self._spells[spell.room_id] = spell

    def expected_elsewhere(self, line: Line) -> bool:
        """Whether another open line has this person: an ended line must not be opened again then."""
        self.load(people=[line.person_id])
        return bool(self._lines[line.person_id] - {line.id})

    def keep(self, *stays: Stay) -> None:
        """Remember stays that were begun, or loaded by themselves, in this transaction."""
        for stay in stays:
            self._stays["person", stay.person_id][stay.id] = stay
            if stay.room_id:
                self._stays["room", stay.room_id][stay.id] = stay

    def _load(self, people: list[str], rooms: list[str]) -> None:
        connection = self._session.connection()
        stays = set(connection.scalars(STAYS_IN, {"rooms": rooms})) if rooms else set()
        if people:
            stays.update(connection.scalars(STAYS_OF, {"people": people}))
        if stays:  # seldom: who is on the way stays nowhere yet
            self.keep(*self._session.scalars(STAYS, {"ids": sorted(stays)}))
        if people:
            for person, line in connection.execute(OPEN_LINES, {"people": people}):
                self._lines[person].add(line)
