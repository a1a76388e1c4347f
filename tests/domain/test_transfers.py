"""Making and changing a transfer by hand."""

import pytest
from sqlalchemy import select

from server.problems import Refused
from server.store.database import db
from server.store.rooms import Room
from server.store.transfers import Assignment, Line, Transfer, Vehicle


def make(world, people, **more):
    given = {"kind": "outbound", "destination": {"kind": "site", "id": world.site}, "driver": world.users["driver1"], **more}
    return world.do("make_transfer", people=people, **given)


def transfer_of(world, id) -> Transfer:
    db.session.expire_all()
    return db.session.get(Transfer, id)


def lines_of(id) -> list[Line]:
    return list(db.session.scalars(select(Line).where(Line.transfer_id == id).order_by(Line.position)))


def room_states() -> list[str]:
    db.session.expire_all()
    return sorted(db.session.scalars(select(Room.state)))


def refusal(run) -> str:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value.code


def test_a_transfer_holds_a_room_for_each_person_in_the_same_act(each_world):
    world = each_world
    made = make(world, [world.person("王一"), world.person("王二")], vehicle=world.vehicle)
    assert all(line.room_id for line in lines_of(made))
    assert room_states().count("reserved") == 2
    assert db.session.get(Vehicle, world.vehicle).state == "assigned"


def test_a_refused_transfer_holds_nothing(world):
    people = [world.person(f"王{n}") for n in range(9)]
    assert refusal(lambda: make(world, people)) == "site.too_few_rooms"
    assert room_states().count("reserved") == 0


def test_an_unknown_driver_is_refused_before_anything_is_held(world):
    assert refusal(lambda: make(world, [world.person()], driver="nobody")) == "user.unknown"
    assert room_states().count("reserved") == 0


def test_positives_and_contacts_never_share_a_vehicle(world):
    people = [world.person("王一"), world.person("王二", category="confirmed")]
    assert refusal(lambda: make(world, people)) == "transfer.categories_mixed"


def test_someone_whose_category_is_unknown_rides_alone(world):
    unknown, known = world.person("王一", category=None), world.person("王二")
    assert refusal(lambda: make(world, [unknown, known])) == "transfer.category_unknown_alone"
    assert make(world, [unknown])


def test_a_site_takes_only_the_categories_it_accepts(world):
    assert refusal(lambda: make(world, [world.person(category="confirmed")])) == "site.category"


def test_a_person_has_one_open_transfer(each_world):
    world = each_world
    person = world.person()
    make(world, [person])
    assert refusal(lambda: make(world, [person])) == "transfer.person_busy"


def test_half_of_the_seats_are_used(world):
    small = world.do("save_vehicle", plate="吉A·T0002", kind="minibus", seats=4, area="宽城", state="clean_ready")
    people = [world.person(f"王{n}") for n in range(3)]
    assert refusal(lambda: make(world, people, vehicle=small)) == "transfer.too_many_for_vehicle"


def test_a_child_is_not_parted_from_every_guardian_without_a_name_and_a_reason(world):
    door = "宽城|天茂名苑|3|2|501"
    mother = world.person("王母", door=door, birth_year=1985)
    child = world.person("王小", door=door, birth_year=2012)
    assert refusal(lambda: make(world, [child])) == "transfer.household_split"
    assert refusal(lambda: make(world, [mother])) == "transfer.household_split"
    assert make(world, [child], split_approved_by="李主任", split_reason="母亲已送医")


def test_a_child_shares_the_room_of_a_guardian(world):
    door = "宽城|天茂名苑|3|2|501"
    family = [world.person("王母", door=door, birth_year=1985), world.person("王小", door=door, birth_year=2012)]
    first, second = lines_of(make(world, family))
    assert first.room_id == second.room_id
    assert {first.group_reason, second.group_reason} == {None, "child_with_guardian"}
    assert room_states().count("reserved") == 1


def test_cancelling_gives_back_rooms_and_vehicle_and_lets_people_wait_again(world):
    person = world.person()
    made = make(world, [person], vehicle=world.vehicle)
    world.do("cancel_transfer", made, reason="改派")
    assert room_states().count("reserved") == 0
    assert db.session.get(Vehicle, world.vehicle).state == "clean_ready"
    assert make(world, [person])


def test_a_crew_that_holds_people_is_relieved_not_replaced(world):
    made = make(world, [world.person()])
    line = lines_of(made)[0]
    world.do("board_person", made, by="driver1", line=line.id, identity=["id_card", "face"])
    assert refusal(lambda: world.do("reassign_transfer", made, driver=world.users["driver2"])) == "transfer.people_aboard"
    assert refusal(lambda: world.do("cancel_transfer", made, reason="改派")) == "transfer.people_aboard"
    world.do("relieve_crew", made, driver=world.users["driver2"], place="服务区", people=1)


def test_a_relief_with_another_count_is_shown(world):
    made = make(world, [world.person()])
    verdict = world.say("relieve_crew", made, driver=world.users["driver2"], place="服务区", people=2)
    assert (verdict.verdict, verdict.code) == ("flagged", "relief.count_differs")


def test_a_desk_of_another_area_cannot_tell_whether_a_transfer_exists(world):
    made = make(world, [world.person()])
    other = world.user("district_desk", "desk2", area_id=world.area("绿园"))
    assert other
    assert refusal(lambda: world.do("cancel_transfer", made, by="desk2", reason="x")) == "target.unknown"
    assert refusal(lambda: world.do("cancel_transfer", "no-such", by="desk2", reason="x")) == "target.unknown"


def test_the_deadline_is_the_end_of_the_day_on_which_the_person_was_found(world):
    made = transfer_of(world, make(world, [world.person()]))
    local = made.deadline_at.astimezone(world.app.config["BIHUAN"].time_zone)
    assert (local.month, local.day, local.hour) == (4, 4, 0)


def test_codes_count_up_within_the_day(world):
    codes = [transfer_of(world, make(world, [world.person(f"王{n}")])).code for n in range(2)]
    assert codes == ["0403-001", "0403-002"]


def test_driver_and_escort_change_places_and_are_two_still(world):
    made = make(world, [world.person()], driver=world.users["driver2"], escort=world.users["escort1"])
    world.do("reassign_transfer", made, driver=world.users["escort1"], escort=world.users["driver2"])
    present = select(Assignment.role, Assignment.user_id).where(Assignment.transfer_id == made, Assignment.to_at.is_(None))
    assert sorted(db.session.execute(present).all()) == [("driver", world.users["escort1"]), ("escort", world.users["driver2"])]


def test_on_the_same_day_a_year_later_a_code_stands_for_no_second_transfer(world):
    first = make(world, [world.person("王一")])
    world.pass_time(days=365)
    second = make(world, [world.person("王二")])
    assert [transfer_of(world, id).code for id in (first, second)] == ["0403-001", "0403-002"]
