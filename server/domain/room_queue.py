"""In which order the rooms of a site are turned over: those promised to people on the way first, then those that somebody waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.idle_rooms import Served
from server.domain.turnover_rules import TurnoverRules
from server.domain.turnovers import CYCLE
from server.store.rooms import Room


@dataclass(frozen=True)
class Turning:
    """A room in its turnover: whose work it is, from when on it is late, when it will be ready if every stage keeps its target."""

    room: Room
    owner: str
    late_from: datetime
    ready_by: datetime
    wanted: str | None  # promised, in_demand, or nobody waits for it yet

    def late_by(self, at: datetime) -> timedelta | None:
        """How far it is over its target; None while it is not."""
        return at - self.late_from if at > self.late_from else None


def turning_rooms(rooms: list[Room], rules: TurnoverRules, *, at: datetime, owed: int, served: Served) -> list[Turning]:
    """The rooms in their turnover, in the order of the work.

    `owed`: people on the way to this site for whom no room is held. As many rooms are promised to them: those nearest to ready. `served`:
    whom the site's rooms could serve of all who wait. Within each group what is most over its target comes first.
    """
    turning = [one for one in rooms if one.state in rules.stages]
    nearest = sorted(turning, key=lambda room: (-CYCLE.index(room.state), room.since))
    promised = {room.id for room in nearest[:owed]}
    rows = [_turning(room, rules, at, _wanted(room, promised, served)) for room in turning]
    order = {"promised": 0, "in_demand": 1, None: 2}
    return sorted(rows, key=lambda row: (order[row.wanted], row.late_from, row.room.building, row.room.number))


def _wanted(room: Room, promised: set[str], served: Served) -> str | None:
    if room.id in promised:
        return "promised"
    return "in_demand" if served.by_room(room.kind) else None


def _turning(room: Room, rules: TurnoverRules, at: datetime, wanted: str | None) -> Turning:
    stage = rules.stages[room.state]
    late_from = room.since + timedelta(minutes=stage.target_minutes)
    still = [rules.stages[state].target_minutes for state in CYCLE[CYCLE.index(room.state) + 1 : -1]]
    ready_by = max(late_from, at) + timedelta(minutes=sum(still))
    return Turning(room, stage.owner, late_from, ready_by, wanted)
