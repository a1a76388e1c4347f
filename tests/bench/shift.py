"""What a driver's phone holds in the benches: transfers made and prepared through the doors, as a desk and a crew would."""

from server.domain.acts import Incoming
from server.domain.write_path import perform
from tests.trip import Trip
from tests.world import OPERATOR, World

PEOPLE_A_COACH = 20


def boarding_trips(world: World, trips: int) -> list[str]:
    """Coaches of driver1 that stand at the door of twenty people each, everybody verified. Their ids."""
    add_rooms(world, trips * PEOPLE_A_COACH)
    return [Trip(world, PEOPLE_A_COACH, vehicle=a_coach(world, n)).at_the_door().id for n in range(trips)]


def planned_transfers(world: World, transfers: int, people: int = 4) -> list[str]:
    """Transfers that driver1 has before them, of four people each."""
    add_rooms(world, transfers * people)
    listed = world_people(world, transfers * people)
    goal = {"kind": "outbound", "destination": {"kind": "site", "id": world.site}, "driver": world.users["driver1"]}
    groups = [listed[at : at + people] for at in range(0, len(listed), people)]
    return [world.do("make_transfer", people=group, **goal) for group in groups]


def world_people(world: World, people: int) -> list[str]:
    """So many listed close contacts of one compound, in one delivery."""
    area = world.area("宽城")
    known = {"category": "close_contact", "sex": "male", "birth_year": 1980, "compound": "天茂名苑", "home_area_id": area,
             "pickup_area_id": area, "responsible_area_id": area}  # fmt: skip
    return in_one_delivery(world, "list_person", [{"name": f"居民{n}", "phone": f"142{n:08}", **known} for n in range(people)])


def add_rooms(world: World, rooms: int) -> None:
    place = {"site": "S1", "building": "副楼", "floor": "1", "kind": "single"}
    in_one_delivery(world, "save_room", [{**place, "number": f"{n:04}"} for n in range(rooms)])


def a_coach(world: World, n: int) -> str:
    return world.do("save_vehicle", plate=f"吉A·B{n:04}", kind="coach", seats=45, area="宽城", state="clean_ready")


def in_one_delivery(world: World, type: str, all_args: list[dict]) -> list[str]:
    """One operation of a desk for each of these; what they made."""
    verdicts = perform([Incoming(type=type, author=OPERATOR, target=None, args=args) for args in all_args], at=world.clock.now())
    assert all(verdict.took_effect for verdict in verdicts), [verdict.code for verdict in verdicts if not verdict.took_effect][:3]
    return [verdict.made for verdict in verdicts]
