"""Release: by the rules of the edition, at the site's word or the desk's; the person is in the room until they leave."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.problems import Refused
from server.store.database import db
from server.store.lists.stays import released_here
from server.store.people import Person
from server.store.rooms import Room, Stay
from tests.trip import Trip, verdict_of


def occupant(world, number: str = "0201", name: str = "王小明", exposed: date = date(2022, 3, 20), **more) -> Stay:
    """Somebody who stays at S1 since 21 March, in the room of this number."""
    known = {"category": "close_contact", "phone": "14200001000", "checked_in_at": datetime(2022, 3, 21, 2, tzinfo=UTC), **more}
    known = {"site": "S1", "building": "主楼", "floor": "2", **known}
    person = world.do("save_occupant", number=number, name=name, last_exposed_on=exposed, **known)
    return db.session.query(Stay).filter_by(person_id=person, ended_at=None).one()


def sampled(world, stay: Stay, **more) -> None:
    world.do("record_test_result", stay.id, by="receiver1", **{"samples": 2, "result": "negative", **more})


def again(stay: Stay) -> Stay:
    db.session.expire_all()
    return db.session.get(Stay, stay.id)


def test_a_person_whose_days_are_over_and_whose_last_test_is_negative_is_released_and_still_there(each_world):
    stay = occupant(each_world)
    sampled(each_world, stay)
    number = each_world.do("release_stay", stay.id, by="receiver1")
    stay = again(stay)
    assert number == stay.certificate_no == "S1-20220403-001"
    assert (stay.release_basis, stay.released_by, stay.ended_at) == ("last_test", each_world.users["receiver1"], None)
    assert stay.vacate_due_at - stay.released_at == timedelta(hours=24)
    assert db.session.get(Person, stay.person_id).state == "released"
    assert db.session.get(Room, stay.room_id).state == "occupied"


def test_the_same_release_said_by_two_is_one(world):
    stay = occupant(world)
    sampled(world, stay)
    assert world.do("release_stay", stay.id, by="receiver1") == world.do("release_stay", stay.id, by="desk1")
    assert again(stay).released_by == world.users["receiver1"]


def test_two_releases_of_a_day_have_two_numbers(world):
    stays = [occupant(world, number, name) for number, name in (("0201", "王一"), ("0202", "王二"))]
    for stay in stays:
        sampled(world, stay)
    assert [world.do("release_stay", stay.id) for stay in stays] == ["S1-20220403-001", "S1-20220403-002"]


def test_a_release_that_was_taken_back_stops_no_release_after_it(each_world):
    stays = [occupant(each_world, f"020{n}", f"王{n}") for n in (1, 2, 3)]
    for stay in stays:
        sampled(each_world, stay)
    trip = Trip(each_world)
    first, _second = (trip.says("release_stay", by="receiver1", target=stay.id) for stay in stays[:2])
    assert verdict_of(trip.says("withdraw", by="receiver1", target=stays[0].id, operation=first.id)) == ("applied", None)
    assert verdict_of(trip.says("release_stay", by="receiver1", target=stays[2].id)) == ("applied", None)
    numbers = [again(stay).certificate_no for stay in stays]
    assert numbers == [None, "S1-20220403-002", "S1-20220403-003"]


@pytest.mark.parametrize(
    ("exposed", "tests", "code", "values"),
    [
        (date(2022, 3, 21), [{}], "stay.lacks_days", {"on": "2022-04-04", "day": None}),
        (date(2022, 3, 20), [], "stay.lacks_test", {"on": "2022-04-03", "day": 14}),
        (date(2022, 3, 20), [{"samples": 1}], "stay.lacks_pair", {"on": "2022-04-03", "day": 14}),
    ],
)
def test_what_the_edition_does_not_allow_yet_is_refused_with_the_day_and_test_that_lack(world, exposed, tests, code, values):
    stay = occupant(world, exposed=exposed)
    for test in tests:
        sampled(world, stay, **test)
    with pytest.raises(Refused) as refused:
        world.do("release_stay", stay.id)
    assert (refused.value.code, refused.value.values) == (code, values)
    assert again(stay).released_at is None


def test_a_named_person_may_let_somebody_go_on_at_home_with_a_reason(world):
    stay = occupant(world, exposed=date(2022, 3, 25))
    with pytest.raises(Refused, match="reason.missing"):
        world.do("release_stay", stay.id, allowed_by="医疗组长 钱")
    world.do("release_stay", stay.id, allowed_by="医疗组长 钱", reason="孕 38 周，回家隔离")
    assert again(stay).release_basis == "by_word"
    assert again(stay).release_word == {"allowed_by": "医疗组长 钱", "reason": "孕 38 周，回家隔离", "lacked": ["days", "test"]}


def test_a_site_releases_its_own_people_and_a_desk_those_of_its_areas_sites(world):
    world.user("district_desk", "desk2", area_id=world.area("绿园"))
    world.do("save_site", code="S2", name="别处", kind="hotel", area="绿园", state="open", accepts=["close_contact"])
    world.user("receiver", "receiver2", site_id=world.do("save_site", code="S3", name="三号", kind="hotel", area="绿园", state="open"))
    stay = occupant(world)
    sampled(world, stay)
    for stranger in ("desk2", "receiver2"):
        with pytest.raises(Refused, match="target.unknown"):
            world.do("release_stay", stay.id, by=stranger)
    with pytest.raises(Refused, match="access.denied"):
        world.do("release_stay", stay.id, by="driver1")
    assert world.do("release_stay", stay.id, by="desk1")


def test_an_extension_has_a_reason_and_ends_later(world):
    stay = occupant(world)
    for until, reason, code in ((date(2022, 4, 3), "复检", "stay.not_longer"), (date(2022, 4, 6), " ", "reason.missing")):
        with pytest.raises(Refused, match=code):
            world.do("extend_stay", stay.id, until=until, reason=reason)
    world.do("extend_stay", stay.id, until=date(2022, 4, 6), reason="同室检测异常")
    assert (str(again(stay).due_on), again(stay).extended_reason) == ("2022-04-06", "同室检测异常")


def test_who_is_released_and_still_here_is_a_list_and_who_was_found_positive_since_is_not_on_it(each_world):
    here, positive, unreleased = (occupant(each_world, f"020{n}", f"王{n}") for n in (1, 2, 3))
    for stay in (here, positive):
        sampled(each_world, stay)
        each_world.do("release_stay", stay.id)
    each_world.do("record_test_result", positive.id, by="receiver1", result="positive")
    assert [row.Stay.id for row in released_here(db.session)] == [here.id]
    assert again(unreleased).released_at is None


def test_who_is_released_by_tests_alone_has_no_day(world):
    assert occupant(world, category="asymptomatic").due_on is None
