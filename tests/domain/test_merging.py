"""Two records that are one person become one, and can be parted again as if nothing had been."""

import pytest
from sqlalchemy import select

from server.domain.people_search import find_people
from server.problems import Refused
from server.store.database import db, secret
from server.store.lists.within import Within
from server.store.people import Custody, Person
from tests.trip import Trip

ID = "22019919800101003X"


def record(id: str) -> dict:
    """Everything a person's row says."""
    return dict(db.session.execute(select(Person.__table__).where(Person.id == id)).mappings().one())


@pytest.fixture
def two(world) -> tuple[str, str]:
    """王小明 twice: once with a telephone, once with the ID number and what they need."""
    one = world.person(phone="14200001000", needs=[{"code": "wheelchair"}])
    other = world.person(phone=None, id_number=ID, needs=[{"code": "dialysis", "detail": "周二"}], words="会说朝鲜语")
    return one, other


def test_the_record_that_stays_takes_over_what_it_lacked(world, two):
    one, other = two
    assert world.do("merge_people", one, by="desk1", other=other, reason="同一人") == one
    kept = record(one)
    assert (kept["phone"], kept["id_tail"], kept["words"]) == ("14200001000", "003X", "会说朝鲜语")
    assert {need["code"] for need in kept["needs"]} == {"wheelchair", "dialysis"}
    assert [found.id for found in find_people(db.session, "王小明", secret(), Within(everything=True))] == [one]


def test_parting_them_restores_both_records_exactly(each_world):
    one = each_world.person(phone="14200001000", needs=[{"code": "wheelchair"}])
    other = each_world.person(phone=None, id_number=ID, birth_date=None, sex="male")
    before = record(one), record(other)
    each_world.do("merge_people", one, other=other, reason="同一人")
    assert record(one) != before[0]
    each_world.do("unmerge_people", other, reason="不是同一人")
    assert (record(one), record(other)) == before


def test_what_was_changed_after_the_merge_stays_when_they_are_parted(world, two):
    one, other = two
    world.do("merge_people", one, other=other, reason="同一人")
    world.do("edit_person", one, changes={"words": {"was": "会说朝鲜语", "now": "会说英语"}})
    world.do("unmerge_people", other, reason="不是同一人")
    assert record(one)["words"] == "会说英语" and record(one)["id_key"] is None and record(other)["id_tail"] == "003X"


def make_transfer(world, person: str) -> str:
    return world.do(
        "make_transfer", kind="outbound", people=[person], destination={"kind": "site", "id": world.site}, vehicle=world.vehicle,
        driver=world.users["driver1"],
    )  # fmt: skip


def test_the_record_on_its_way_is_the_one_that_stays(world, two):
    one, other = two
    make_transfer(world, other)
    assert world.do("merge_people", one, other=other, reason="同一人") == other
    assert record(one)["merged_into"] == other


def test_two_records_that_are_both_under_way_are_not_merged(world, two):
    one, other = two
    make_transfer(world, one)
    world.do(
        "save_occupant",
        site="S1",
        building="主楼",
        floor="2",
        number="0208",
        name="王小明",
        id_key=record(other)["id_key"],
        category="close_contact",
    )
    with pytest.raises(Refused, match="person.merge_open_lines"):
        world.do("merge_people", one, other=other, reason="同一人")
    assert record(one)["merged_into"] is record(other)["merged_into"] is None


@pytest.mark.parametrize(("other", "code"), [("itself", "person.same"), ("nobody", "person.unknown")])
def test_a_record_is_merged_with_another_that_exists(world, two, other, code):
    with pytest.raises(Refused, match=code):
        world.do("merge_people", two[0], other=two[0] if other == "itself" else "nobody", reason="同一人")


def test_two_id_numbers_are_never_merged(world, two):
    third = world.person(id_number="220199198001010048", phone="14200001002")
    with pytest.raises(Refused, match="person.two_ids"):
        world.do("merge_people", two[1], other=third, reason="同一人")


def test_a_merge_and_its_undoing_say_why(world, two):
    with pytest.raises(Refused, match="reason.missing"):
        world.do("merge_people", two[0], other=two[1], reason="")
    with pytest.raises(Refused, match="person.not_merged"):
        world.do("unmerge_people", two[1], reason="不是同一人")


def test_a_merged_record_is_in_nobodys_hands_but_its_own(world, two):
    world.do("merge_people", two[0], other=two[1], reason="同一人")
    assert {db.session.get(Custody, id).holder for id in two} == {"origin"}


def test_the_record_of_whom_a_hospital_has_stays_when_it_is_merged_with_one_who_waits(world):
    trip = Trip(world, people=1).at_the_door()
    trip.says("hand_to_care", 0, to="hospital", taken_by="急诊")
    again = world.person("王零", phone="14200007070")
    kept = world.do("merge_people", again, other=trip.people[0], reason="同一人")
    assert (kept, trip.held_by(0)) == (trip.people[0], "hospital")
