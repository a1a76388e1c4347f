"""The floors of the simulated days: a site's crew takes the dirty rooms through the cycle, a second person looks at what the first did."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from sqlalchemy import select

from server.demo.days.city import City, Story
from server.demo.phones import Did
from server.demo.stories import minutes
from server.domain.turnover_rules import turnover_rules_on
from server.store.database import db
from server.store.rooms import Room

STAGES = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning", "ready")
FIRST_HOUR, LAST_HOUR = 7, 23
ROOMS_A_ROUND = 6  # of each of a crew
LOOKS_EVERY = timedelta(minutes=30)
MINUTES_A_ROOM = {"disinfecting": 9, "inspecting": 4, "provisioning": 6}  # of one of the crew; contact and airing take as long as they take
MINUTES_A_ROUND = {"contact_time": 32, "aerating": 35}
RECORD = {"agent": "chlorine", "strength_mg_l": 1000, "contact_minutes": 30, "aired_minutes": 30}
BY_THE_SECOND = ("inspecting", "provisioning")


def floor_work(city: City, site_id: str) -> Story:
    """Round after round while it is day: whatever is dirty, or was left in the middle, as many rooms as the crew can do at once."""
    chance = Random(f"{city.seed} {city.sites[site_id].code}")
    crew = chance.randint(1, 3)
    yield minutes(chance.uniform(0, 30))
    while True:
        rooms = to_do(site_id)[: crew * ROOMS_A_ROUND] if FIRST_HOUR <= city.now.hour < LAST_HOUR else []
        if rooms:
            yield from one_round(city, site_id, rooms, crew, chance)
        yield LOOKS_EVERY * chance.uniform(0.5, 1.5)


def one_round(city: City, site_id: str, rooms: list[tuple[str, str]], crew: int, chance: Random) -> Iterator[timedelta]:
    """All rooms of a round stage by stage; those that were left in the middle join where they stood."""
    for place, stage in enumerate(STAGES[1:], start=1):
        here = [room for room, state in rooms if STAGES.index(state) < place]
        if not here:
            continue
        phone = city.second_phone(site_id) if stage in BY_THE_SECOND else city.site_phone(site_id)
        phone.send(city.now, [Did("set_room_state", room, args_of(city, stage)) for room in here])
        needed = MINUTES_A_ROOM.get(stage, 0) * len(here) / crew + MINUTES_A_ROUND.get(stage, 0)
        yield minutes(needed * chance.uniform(1.0, 1.3))


def args_of(city: City, stage: str) -> dict:
    """What the phone says: the record of the disinfection with each stage, the whole checklist with the last."""
    checklist = list(turnover_rules_on(city.now.date()).checklist) if stage == "ready" else None
    return {"state": stage, "reason": None, "note": None, **RECORD, "provisioned": checklist}


def to_do(site_id: str) -> list[tuple[str, str]]:
    """(room, state) of what waits to be worked on, the longest vacated first."""
    query = select(Room.id, Room.state).where(Room.site_id == site_id, Room.state.in_(STAGES[:-1]))
    rows = db.session.execute(query.order_by(Room.since, Room.building, Room.floor, Room.number)).all()
    db.session.commit()
    return [tuple(row) for row in rows]
