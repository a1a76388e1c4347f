"""How many isolation rooms an area is to have: rooms for 10,000 residents (R-22: 20; Henan in 2022 40, then 60, R-23)."""

from server.domain.acts import Act
from server.domain.permissions import extent
from server.problems import Refused
from server.store.areas import Area

PER_10K = 20  # where nobody has set another number


def set_room_target(act: Act, *, area: str, population: int | None, rooms_per_10k: int | None) -> None:
    """The residents of an area and the rooms to have for 10,000 of them; without a number the national one holds.

    Refuses: area.unknown, request.unreadable (a number below nought).
    """
    row = act.work.session.get(Area, area)
    reach = extent(act.actor.role, "sites.plan")
    if row is None or not (reach == "all" or (reach == "area" and row.id == act.actor.area_id)):
        raise Refused("area.unknown", name=area)
    if min(population or 0, rooms_per_10k or 0) < 0:
        raise Refused("request.unreadable")
    act.touch(row)
    row.population, row.rooms_per_10k = population, rooms_per_10k


def target_of(area: Area) -> int | None:
    """The rooms that this area is to have; None where its residents are not known."""
    per_10k = PER_10K if area.rooms_per_10k is None else area.rooms_per_10k
    return None if area.population is None else -(-area.population * per_10k // 10_000)
