"""Going home in the office: groups made into transfers in one act, the community's page, and who is turned away at the gate."""

import pytest
from sqlalchemy import select

from server.store.conflicts import Conflict
from server.store.database import db, transaction
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.transfers import Line, Transfer, Vehicle
from server.store.users import UserCompound
from tests.console.browser import Browser
from tests.trip import CLEAN, Trip


def release_everybody(world, at: Trip) -> None:
    for n in range(len(at.people)):
        world.do("release_stay", at.stay(n).id, allowed_by="卢院长", reason="纸质结果阴性")


def stayed(world, people: int = 3, community: str | None = None) -> Trip:
    """People who came to S1 with driver1's coach, whose isolation is over. The coach was disinfected there."""
    trip = Trip(world, people=people, **{f"person{n}": {"community_id": community} for n in range(people)}).at_the_gate().handed_over()
    world.pass_time(hours=2)
    trip.says("disinfect_vehicle", **CLEAN)
    world.pass_time(days=14)
    release_everybody(world, trip)
    return trip


@pytest.fixture
def there(world) -> Trip:
    with transaction() as session:
        session.add(UserCompound(user_id=world.users["worker1"], community_id=world.community))
    return stayed(world, community=world.community)


def only_return() -> Transfer:
    db.session.expire_all()
    return db.session.scalars(select(Transfer).where(Transfer.kind == "return")).one()


def arrange(browser: Browser, *keys: str, **fields):
    """Tick these groups and press the button."""
    page = browser.open("/returns")
    found = [one["value"] for one in page.all("input") if one["name"] == "group"]
    return browser.send("/returns", group=list(keys) or found, **fields)


def test_who_turns_out_positive_after_the_release_is_not_sent_home(there, desk):
    there.world.do("record_test_result", there.stay(0).id, by="receiver1", result="positive")
    assert "2 人已解除，还占着 2 间" in desk("desk1").open("/returns").text


def test_whom_the_desk_knows_to_be_positive_is_not_sent_home(there, desk):
    there.world.do("set_category", there.people[0], category="confirmed")
    assert "2 人已解除，还占着 2 间" in desk("desk1").open("/returns").text


def test_released_people_are_shown_by_community_and_site_with_the_rooms_they_take_up(there, desk):
    page = desk("desk1").open("/returns")
    assert "3 人已解除，还占着 3 间" in page.text
    assert "天茂名苑" in page.text and "北湖酒店" in page.text


def test_the_coach_that_stands_at_the_site_clean_and_of_their_class_is_proposed_first(there, desk):
    there.world.do("save_vehicle", plate="吉A·T0002", kind="coach", seats=40, area="绿园", state="clean_ready")
    page = desk("dispatcher").open("/returns")
    [vehicle] = [one for one in page.all("select") if one["name"].startswith("vehicle")]
    assert [option.text.split(" · ")[0] for option in vehicle.all("option")][1:] == ["吉A·T0001", "吉A·T0002"]
    assert "就在该隔离点，本来就要回去" in vehicle.text


def test_a_coach_that_carried_positives_is_not_proposed_for_contacts(there, desk):
    world = there.world
    other = world.do("save_vehicle", plate="吉A·T0003", kind="coach", seats=40, area="宽城", state="clean_ready")
    with transaction() as session:
        session.get(Vehicle, other).last_category = "positive"
    [vehicle] = [one for one in desk("dispatcher").open("/returns").all("select") if one["name"].startswith("vehicle")]
    assert "吉A·T0003" not in vehicle.text


def test_one_act_makes_a_return_of_each_chosen_group_and_tells_what_became_of_each(there, desk):
    page = arrange(desk("desk1"), depart_at="2022-04-17T21:30")
    made = only_return()
    assert f"天茂名苑 ← 北湖酒店 3 人 · {made.code} 3 人 已安排" in page.text
    assert (made.origin_site_id, made.community_id, len(there.lines_of(made.id))) == (there.world.site, there.world.community, 3)
    assert "没有已解除、还在房间里的人。" in page.text


def test_a_row_that_a_rule_refuses_stays_and_the_others_are_made(there, desk):
    world = there.world
    lost = stayed(world, people=1)  # nobody knows their community
    with transaction() as session:
        session.get(Person, lost.people[0]).community_id = None
    page = arrange(desk("dispatcher"))
    assert "小区不明 ← 北湖酒店 1 人" in page.text
    assert only_return().community_id == world.community
    assert "1 人已解除，还占着 1 间" in page.text


def test_people_whose_community_nobody_knows_go_where_the_desk_says(there, desk):
    world = there.world
    with transaction() as session:
        for id in there.people:
            session.get(Person, id).community_id = None
    browser = desk("dispatcher")
    [key] = [one["value"] for one in browser.open("/returns").all("input") if one["name"] == "group"]
    browser.send("/returns", **{"group": key, f"community {key}": world.community})
    assert only_return().community_id == world.community


def test_more_people_than_seats_are_several_transfers_and_the_first_has_the_coach(there, desk):
    world = there.world
    small = world.do("save_vehicle", plate="吉A·T0004", kind="minibus", seats=4, area="宽城", state="clean_ready")
    browser = desk("dispatcher")
    [key] = [one["value"] for one in browser.open("/returns").all("input") if one["name"] == "group"]
    browser.send("/returns", **{"group": key, f"vehicle {key}": small, f"driver {key}": world.users["driver2"]})
    db.session.expire_all()
    made = db.session.scalars(select(Transfer).where(Transfer.kind == "return").order_by(Transfer.code)).all()
    assert [(one.vehicle_id, len(there.lines_of(one.id))) for one in made] == [(small, 2), (None, 1)]


def test_a_desk_sees_and_arranges_only_its_own_people(there, desk):
    there.world.user("district_desk", "desk2", area_id=there.world.area("绿园"))
    assert "没有已解除、还在房间里的人。" in desk("desk2").open("/returns").text


def test_making_one_by_hand_proposes_the_coach_at_the_site_first(there, desk):
    there.world.do("save_vehicle", plate="吉A·A0001", kind="coach", seats=60, area="绿园", state="clean_ready")
    page = desk("dispatcher").open(f"/transfers/new/details?kind=return&person={there.people[0]}")
    [vehicle] = [one for one in page.all("select") if one["name"] == "vehicle"]
    assert "吉A·T0001" in vehicle.all("option")[1].text


def coming(there: Trip, desk) -> Trip:
    """The return is arranged, accepted, and everybody is aboard."""
    world = there.world
    browser = desk("dispatcher")
    [key] = [one["value"] for one in browser.open("/returns").all("input") if one["name"] == "group"]
    browser.send("/returns", **{"group": key, f"driver {key}": world.users["driver1"]})
    transfer = only_return().id
    worker = desk("worker1")
    assert "夏敏莹 已接收" in worker.send(f"/transfers/{transfer}/acceptance", accepted_by="夏敏莹").text
    trip = Trip.__new__(Trip)
    trip.world, trip.people, trip.id, trip.rooms, trip._delivery = world, there.people, transfer, there.rooms, None
    trip.lines = trip.lines_of(transfer)
    for n in range(3):
        trip.boarded(n)
    return trip


def test_the_community_takes_them_person_by_person_on_its_page_and_signs(there, desk):
    trip = coming(there, desk)
    worker = desk("worker1")
    assert "接人回家" in worker.open("/compounds").text
    answers = {f"outcome {line}": "received" for line in trip.lines}
    worker.send(f"/transfers/{trip.id}/homecoming", counterpart="赵师傅", **answers)
    db.session.expire_all()
    assert {db.session.get(Custody, person).holder for person in trip.people} == {"home"}
    assert trip.transfer.handover["site"]["by_name"] == "worker1"


def test_the_communitys_page_shows_each_certificate(there, desk):
    trip = coming(there, desk)
    page = desk("worker1").open(f"/transfers/{trip.id}/homecoming")
    numbers = db.session.scalars(select(Stay.certificate_no).where(Stay.certificate_no.is_not(None))).all()
    assert len(numbers) == 3 and all(number in page.text for number in numbers)


def test_the_desk_does_not_ask_who_goes_home_who_stays_behind(there, desk):
    desk("dispatcher").send(
        "/returns", group=[one["value"] for one in desk("dispatcher").open("/returns").all("input") if one["name"] == "group"]
    )
    transfer = only_return().id
    [line, *_others] = there.lines_of(transfer)
    asked = {
        "identity": ["id_card", "face"],
        "sources_agree": "yes",
        "address_read_back": "y",
        "whereabouts": "home",
        "told": "y",
        "agrees": "agrees",
    }
    page = desk("dispatcher").open(f"/transfers/{transfer}/lines/{line}/verification")
    assert "家里留下谁" not in page.text
    desk("dispatcher").send(f"/transfers/{transfer}/lines/{line}/verification", **asked)
    assert there.row(Line, line).verified["complete"]


def test_who_the_page_does_not_answer_for_is_not_absent(there, desk):
    trip = coming(there, desk)
    desk("worker1").send(f"/transfers/{trip.id}/homecoming", counterpart="赵师傅", **{f"outcome {trip.lines[0]}": "received"})
    assert [trip.line(n).state for n in range(3)] == ["received", "aboard", "aboard"]
    assert [one["line"] for one in trip.transfer.handover["site"]["lines"]] == [trip.lines[0]]


@pytest.mark.parametrize(("language", "said"), [("zh", "要更近的检测结果"), ("en", "wants a newer test result")])
def test_that_a_community_wants_a_younger_test_is_a_reason_of_its_own(there, desk, language, said):
    trip, item = refused(there, desk)
    assert trip.line(0).received["reason"] == "younger_test"
    assert said in desk("dispatcher", language).open(f"/conflicts/{item}").text
    again = desk("worker1").open(f"/transfers/{trip.id}/homecoming")
    assert [one["value"] for one in again.all("option") if "selected" in one.attributes] == ["younger_test"]


def test_a_reason_that_nobody_chose_is_another_one(there, desk):
    trip = coming(there, desk)
    desk("worker1").send(f"/transfers/{trip.id}/homecoming", counterpart="赵师傅", **{f"outcome {trip.lines[0]}": "refused"})
    assert trip.line(0).received["reason"] == "other"


def refused(there: Trip, desk) -> tuple[Trip, str]:
    trip = coming(there, desk)
    line = trip.lines[0]
    said = {f"outcome {line}": "refused", f"reason {line}": "younger_test", f"note {line}": "要 48 小时内的核酸"}
    desk("worker1").send(f"/transfers/{trip.id}/homecoming", counterpart="赵师傅", **said)
    item = db.session.scalar(select(Conflict.id).where(Conflict.code == "reception.refused"))
    return trip, item


def test_who_is_turned_away_stays_with_the_crew_and_the_item_shows_the_desk_three_ways_on(there, desk):
    trip, item = refused(there, desk)
    assert trip.held_by(0) == "crew"
    page = desk("desk1").open(f"/conflicts/{item}")
    number = db.session.scalar(select(Stay.certificate_no).where(Stay.person_id == trip.people[0]))
    assert "要 48 小时内的核酸" in page.text and number in page.text
    assert "送到另一个小区，或送回隔离点" in page.text


def test_the_desk_sends_them_back_to_the_site_where_a_room_is_found(there, desk):
    trip, _item = refused(there, desk)
    page = desk("dispatcher").open(f"/transfers/{trip.id}/diversion")
    [site] = [one for one in page.all("select") if one["name"] == "site"]
    assert there.world.site == site.all("option")[1]["value"]
    desk("dispatcher").send(f"/transfers/{trip.id}/diversion", community="", site=there.world.site, reason="社区夜里不开门")
    assert trip.row(Room, trip.line(0).room_id).state == "reserved"


def test_the_desk_sends_them_to_another_community_but_not_to_two_places(there, desk):
    trip, _item = refused(there, desk)
    other = there.world.do("save_community", area="宽城", name="青年花园")
    both = desk("dispatcher").send(f"/transfers/{trip.id}/diversion", community=other, site=there.world.site, reason="母亲家")
    assert both.status == 422
    desk("dispatcher").send(f"/transfers/{trip.id}/diversion", community=other, site="", reason="母亲家在青年花园")
    assert (trip.transfer.community_id, trip.transfer.dock["state"]) == (other, "asked")


def test_a_community_declines_on_its_page_and_today_says_that_it_waits(there, desk):
    world = there.world
    desk("dispatcher").send(
        "/returns", group=[one["value"] for one in desk("dispatcher").open("/returns").all("input") if one["name"] == "group"]
    )
    transfer = only_return()
    page = desk("worker1").send(f"/transfers/{transfer.id}/declination", declined_by="夏敏莹", reason="要 48 小时内的核酸")
    assert "已答复不接收" in page.text
    assert "社区不接收" in desk("dispatcher").open("/returns").text
    assert "要 48 小时内的核酸" in desk("dispatcher").open(f"/transfers/{transfer.id}").text
    assert world.site == transfer.origin_site_id
