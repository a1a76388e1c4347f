"""Newly freed rooms go first to the areas a desk names (S0-10), and nobody is left in a coach for it."""

import pytest
from sqlalchemy import select

from server.domain.turnover_rules import CHECKLIST
from server.domain.turnovers import CYCLE
from server.problems import Refused
from server.store.database import db
from server.store.rooms import Room
from tests.trip import Trip
from tests.world import OPERATOR, World


@pytest.fixture
def town(world) -> World:
    """Six rooms of S1 have never been used, two were freed and made ready again just now."""
    for room in world.rooms[:2]:
        turn_over(world, room, by=("receiver1", "head1"))
    assert [room_state(world, number) for number in (0, 1)] == ["ready", "ready"]
    return world


def turn_over(world, room: str, by: tuple) -> None:
    """Somebody has left a room, and it is made ready by two people."""
    one, other = by
    record = {"agent": "chlorine", "strength_mg_l": 1000, "provisioned": list(CHECKLIST)}
    for state in CYCLE:
        second = state in ("inspecting", "provisioning")
        world.do("set_room_state", room, by=other if second else one, state=state, **(record if state != "vacated_dirty" else {}))
        world.pass_time(minutes=40)


def room_state(world, number: int) -> str:
    return db.session.scalar(select(Room.state).where(Room.id == world.rooms[number]))


def of_area(world, short: str, count: int, phone: int) -> list[str]:
    area = world.area(short)
    values = {"home_area_id": area, "pickup_area_id": area, "responsible_area_id": area}
    return [
        world.person(f"{short}{number}", phone=f"1420{phone + number:07}", birth_year=1970 + number, **values) for number in range(count)
    ]


def make(world, people: list[str], **more) -> set[str]:
    """Plan a transfer to S1; which rooms it was given, by their number."""
    id = world.do("make_transfer", kind="outbound", people=people, destination={"kind": "site", "id": world.site}, **more)
    rooms = db.session.scalars(select(Room.number).where(Room.transfer_id == id)).all()
    db.session.commit()
    return set(rooms)


def test_without_a_rule_rooms_are_given_in_the_order_of_the_doors(town):
    assert make(town, of_area(town, "绿园", 2, 100)) == {"0201", "0202"}


def test_the_first_area_gets_the_newly_freed_rooms_first(town):
    town.do("save_freed_rooms_first", areas=[town.area("宽城")], hours=24)
    assert make(town, of_area(town, "宽城", 3, 200)) == {"0201", "0202", "0203"}


def test_others_get_what_was_not_freed_now_and_are_told_what_is_kept(town):
    town.do("save_freed_rooms_first", areas=[town.area("宽城")], hours=24)
    of_area(town, "宽城", 5, 300)
    assert make(town, of_area(town, "绿园", 4, 400)) == {"0203", "0204", "0205", "0206"}
    with pytest.raises(Refused) as refused:
        make(town, of_area(town, "绿园", 4, 500))
    assert (refused.value.code, refused.value.values["rooms"]) == ("site.rooms_kept_first", 2)


def test_rooms_stand_idle_for_nobody_nobody_of_the_first_area_waits(town):
    town.do("save_freed_rooms_first", areas=[town.area("宽城")], hours=24)
    of_area(town, "宽城", 1, 300)
    assert len(make(town, of_area(town, "绿园", 7, 400))) == 7  # one is kept for the one who waits


def test_a_desk_passes_the_rule_by_name_and_with_a_reason(town):
    town.do("save_freed_rooms_first", areas=[town.area("宽城")], hours=24)
    of_area(town, "宽城", 5, 300)
    people = of_area(town, "绿园", 8, 400)
    assert len(make(town, people, priority_passed_by="林指挥长", priority_reason="孕妇急转")) == 8


def test_a_room_counts_as_newly_freed_for_so_many_hours(town):
    town.do("save_freed_rooms_first", areas=[town.area("宽城")], hours=24)
    of_area(town, "宽城", 5, 300)
    town.pass_time(hours=30)
    assert len(make(town, of_area(town, "绿园", 8, 400))) == 8


def test_a_coach_with_people_aboard_is_sent_to_any_ready_room(world):
    world.do(
        "save_site", code="S2", name="南湖酒店", kind="hotel", area="宽城", address="南湖路 2 号", state="open", accepts=["close_contact"]
    )
    freed = world.do("save_room", site="S2", building="主楼", floor="1", number="0101", kind="single")
    other = world.do("save_room", site="S2", building="主楼", floor="1", number="0102", kind="single")
    for room in (freed, other):
        turn_over(world, room, by=("dispatcher", OPERATOR))
    world.do("save_freed_rooms_first", areas=[world.area("绿园")], hours=24)
    of_area(world, "绿园", 2, 300)
    trip = Trip(world)
    trip.at_the_gate()
    world.do("divert_transfer", trip.id, site=db.session.scalar(select(Room.site_id).where(Room.id == freed)), reason="满了")
    assert {row.state for row in db.session.scalars(select(Room).where(Room.id.in_([freed, other])))} == {"reserved"}


def test_only_a_desk_of_the_city_or_command_sets_the_rule(world):
    for who, code in (("commander", None), ("dispatcher", None), ("desk1", "access.denied")):
        verdict = world.say("save_freed_rooms_first", by=who, areas=[world.area("宽城")])
        assert verdict.code == code
    assert world.say("save_freed_rooms_first", areas=["somewhere"]).code == "area.unknown"
    assert world.say("save_freed_rooms_first", areas=[], hours=0).code == "request.unreadable"
