"""Days of people who stay: tests, rounds, a positive in the house, another edition."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.problems import Refused
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.people import CategoryHistory, Person
from server.store.rooms import Room, Stay
from server.store.stays import ClockChange
from tests.domain.test_nobody_left import other_site
from tests.domain.test_releases import again, occupant, sampled
from tests.trip import Trip, verdict_of

WELL = {"part": "evening", "temperature": None, "symptoms": [], "medicine_days": None, "request": None}


def house(world) -> dict[str, Stay]:
    """A contact on each of four floors of S1, all exposed on 20 March, and one in another building."""
    for building, floor in (("主楼", "3"), ("主楼", "4"), ("主楼", "5"), ("附楼", "3")):
        world.do("save_room", site="S1", building=building, floor=floor, number=f"0{floor}01", kind="single")
    found = {}
    for name, building, floor in (("2", "主楼", "2"), ("3", "主楼", "3"), ("4", "主楼", "4"), ("5", "主楼", "5"), ("附", "附楼", "3")):
        found[name] = occupant(world, f"0{floor}01", f"住{name}", building=building, floor=floor)
    return found


def items(code: str) -> list[Conflict]:
    db.session.expire_all()
    return db.session.query(Conflict).filter_by(code=code, state="open").all()


def test_a_positive_in_the_house_holds_the_room_lists_the_person_and_begins_the_clocks_around_anew_in_one_act(each_world):
    stays = house(each_world)
    verdict = each_world.say("record_test_result", stays["3"].id, by="receiver1", result="positive", ct=29.0)
    assert verdict_of(verdict) == ("flagged", "stay.positive")
    found = again(stays["3"])
    person, room = db.session.get(Person, found.person_id), db.session.get(Room, found.room_id)
    assert found.referred_at is not None
    assert (person.category, person.found, person.state) == ("screen_positive", "under_control", "listed")
    assert (room.state, room.reason) == ("hold", "查出阳性")
    due = {name: (again(stay).clock_basis, str(again(stay).due_on)) for name, stay in stays.items() if name != "3"}
    around, far = ("reset", "2022-04-17"), ("last_exposure", "2022-04-03")
    assert due == {"2": around, "4": around, "5": far, "附": far}
    [item] = items("stay.positive")
    assert (item.site_id, item.area_id, item.person_id) == (each_world.site, each_world.area("宽城"), found.person_id)
    assert {name: item.values[0][name] for name in ("reset", "released", "rooms")} == {"reset": 2, "released": 0, "rooms": ["0201", "0401"]}
    assert {change.cause_stay_id for change in db.session.query(ClockChange).filter_by(kind="reset")} == {found.id}


def test_a_positive_tapped_by_mistake_is_taken_back_whole(world):
    stays = house(world)
    trip = Trip(world)
    world.user("receiver", "receiver9", site_id=world.site)
    verdict = trip.says("record_test_result", by="receiver9", target=stays["3"].id, result="positive")
    back = trip.says("withdraw", by="receiver9", target=stays["3"].id, operation=verdict.id)
    assert verdict_of(back) == ("applied", None)
    found = again(stays["3"])
    person = db.session.get(Person, found.person_id)
    assert (found.referred_at, person.category, person.state) == (None, "close_contact", "isolated")
    assert db.session.get(Room, found.room_id).state == "occupied"
    assert {str(again(stay).due_on) for stay in stays.values()} == {"2022-04-03"}
    assert not items("stay.positive")
    history = db.session.query(CategoryHistory).filter_by(person_id=person.id).all()
    assert [one.category for one in sorted(history, key=lambda one: one.id)] == ["close_contact", "screen_positive", "close_contact"]
    assert all(change.taken_back_at for change in db.session.query(ClockChange))


def test_somebody_found_positive_is_not_released_but_leaves_for_hospital_and_the_room_stays_on_hold(world):
    stay = house(world)["3"]
    world.do("record_test_result", stay.id, by="receiver1", result="positive")
    with pytest.raises(Refused, match="stay.referred"):
        world.do("release_stay", stay.id, allowed_by="钱", reason="复核")
    trip = Trip.of(world, [stay.person_id], kind="hospital", destination={"kind": "elsewhere", "name": "定点医院", "address": "和平路"})
    trip.boarded(0)
    assert (again(stay).ended_how, db.session.get(Room, stay.room_id).state) == ("referred_hospital", "hold")


def test_whom_the_desk_knows_to_be_positive_is_not_released_by_the_site(world):
    stay = occupant(world)
    sampled(world, stay)
    world.do("set_category", stay.person_id, category="confirmed")
    with pytest.raises(Refused, match="stay.referred"):
        world.do("release_stay", stay.id, by="receiver1")


@pytest.mark.parametrize("verb", ["set_category", "list_again"])
def test_a_positive_that_the_desk_or_a_list_knows_sets_in_motion_what_a_test_does(each_world, verb):
    stays = house(each_world)
    found = stays["3"]
    each_world.do(verb, found.person_id, category="confirmed")
    assert again(found).referred_at
    assert db.session.get(Room, found.room_id).state == "hold"
    assert {again(stays[floor]).clock_basis for floor in "24"} == {"reset"}
    assert len(items("stay.positive")) == 1
    each_world.do("record_test_result", found.id, by="receiver1", result="positive")
    assert len(items("stay.positive")) == 1


def test_a_positive_by_mistake_is_taken_back_at_the_desk_but_not_past_a_test(world):
    stays = house(world)
    tapped, tested = stays["3"], stays["5"]
    world.do("record_test_result", tested.id, by="receiver1", result="positive")
    for stay in (tapped, tested):
        world.do("set_category", stay.person_id, category="confirmed")
        world.do("set_category", stay.person_id, category="close_contact")
    assert again(tapped).referred_at is None and again(tested).referred_at
    assert db.session.get(Room, tapped.room_id).state == "occupied"
    assert db.session.get(Room, tested.room_id).state == "hold"


def test_a_positive_of_one_who_is_here_as_a_positive_is_a_value_and_nothing_more(world):
    stay = occupant(world, category="asymptomatic")
    assert verdict_of(world.say("record_test_result", stay.id, by="receiver1", result="positive", ct=31.0)) == ("applied", None)
    assert again(stay).referred_at is None
    assert not items("stay.positive")


def test_a_positive_is_released_after_two_values_a_day_apart(world):
    stay = occupant(world, category="asymptomatic")
    world.do("record_test_result", stay.id, by="receiver1", result="positive", ct=36.0)
    with pytest.raises(Refused, match="stay.lacks_negatives"):
        world.do("release_stay", stay.id)
    world.pass_time(hours=24)
    world.do("record_test_result", stay.id, by="receiver1", result="negative")
    world.do("release_stay", stay.id)
    assert again(stay).release_basis == "ct_twice"


def test_a_fever_holds_the_room_and_tells_the_desk_once_and_a_negative_test_lets_the_room_go_on(each_world):
    stay = house(each_world)["3"]
    fever = each_world.say("record_health", stay.id, by="receiver1", **{**WELL, "temperature": 37.8})
    assert verdict_of(fever) == ("flagged", "stay.fever")
    assert items("stay.fever")[0].values[0]["rooms"] == ["0201", "0401"]
    assert verdict_of(each_world.say("record_health", stay.id, by="receiver1", **{**WELL, "temperature": 37.9})) == ("applied", None)
    assert len(items("stay.fever")) == 1
    assert (db.session.get(Room, stay.room_id).state, again(stay).clock_basis) == ("hold", "last_exposure")
    each_world.do("record_test_result", stay.id, by="receiver1", result="negative")
    db.session.expire_all()
    assert db.session.get(Room, stay.room_id).state == "occupied"


def test_only_a_negative_sample_of_the_feverish_one_taken_since_lets_the_room_go_on(each_world):
    feverish, other = occupant(each_world, name="甲"), occupant(each_world, name="乙")
    each_world.do("record_health", feverish.id, by="receiver1", **{**WELL, "temperature": 37.8})
    assert again(feverish).room_id == again(other).room_id
    yesterday = each_world.clock.now() - timedelta(hours=20)
    for stay, taken_at, state in ((other, None, "hold"), (feverish, yesterday, "hold"), (feverish, None, "occupied")):
        each_world.do("record_test_result", stay.id, by="receiver1", result="negative", taken_at=taken_at)
        db.session.expire_all()
        assert db.session.get(Room, feverish.room_id).state == state


def test_who_comes_to_a_feverish_one_does_not_end_the_hold_of_the_room(world):
    family = [{"door": "宽城|天茂名苑|3|2|501", "birth_year": year, "building": None} for year in (1985, 2012)]
    trip = Trip(world, person0=family[0], person1=family[1]).at_the_gate()
    trip.received(0)
    world.do("record_health", trip.stay(0).id, by="receiver1", **{**WELL, "temperature": 38.2})
    assert verdict_of(trip.received(1)) == ("applied", None)
    assert trip.stay(1).room_id == trip.stay(0).room_id
    assert trip.row(Room, trip.stay(0).room_id).state == "hold"


def test_a_well_person_needs_no_number_and_medicines_that_end_go_to_the_desk(world):
    stay = occupant(world)
    assert verdict_of(world.say("record_health", stay.id, by="receiver1", **WELL)) == ("applied", None)
    ends = world.say("record_health", stay.id, by="receiver1", **{**WELL, "medicine_days": 2})
    assert verdict_of(ends) == ("flagged", "stay.medicines_end")


def test_what_is_told_of_somebody_who_has_left_is_kept_and_shown(world):
    stay = occupant(world)
    Trip.home(world, [stay.person_id]).boarded(0)
    assert again(stay).ended_how == "returned"
    world.pass_time(minutes=10)
    assert verdict_of(world.say("record_health", stay.id, by="receiver1", **WELL)) == ("flagged", "stay.fact_after_end")


@pytest.mark.parametrize(("ago", "codes"), [(0, ["stay.fact_after_end", "stay.positive"]), (1500, ["stay.positive"])])
def test_a_positive_that_comes_after_the_person_has_left_lists_them_and_tells_the_desk_once(world, ago, codes):
    stays = house(world)
    world.pass_time(minutes=10)
    home = Trip.home(world, [stays["3"].person_id])
    home.boarded(0)
    world.pass_time(minutes=20)
    for _twice in range(2):
        home.says("record_test_result", by="receiver1", target=stays["3"].id, ago=ago, result="positive")
    found = again(stays["3"])
    person = db.session.get(Person, found.person_id)
    assert (person.category, person.found, found.referred_at) == ("screen_positive", "under_control", None)
    assert db.session.get(Room, found.room_id).state == "vacated_dirty"
    assert [len(items(code)) for code in codes] == ([2, 1] if len(codes) == 2 else [1])
    assert {again(stays[floor]).clock_basis for floor in "24"} == {"last_exposure" if ago == 0 else "reset"}


def test_a_positive_of_one_who_went_on_to_another_room_holds_the_room_where_they_stay_now(each_world):
    left = occupant(each_world)
    trip = Trip.of(each_world, [left.person_id], kind="site_to_site", destination={"kind": "site", "id": each_world.site}).at_the_gate()
    each_world.pass_time(minutes=10)
    trip.received(0)
    now, room = trip.stay(0), trip.line(0).room_id
    assert (now.room_id, now.id == left.id, trip.row(Room, room).state) == (room, False, "occupied")
    sampled_at = each_world.clock.now() - timedelta(minutes=25)
    said = trip.says("record_test_result", by="receiver1", target=left.id, result="positive", taken_at=sampled_at)
    assert (trip.row(Room, room).state, trip.row(Room, room).reason) == ("hold", "查出阳性")
    assert (again(now).referred_at is not None, again(left).referred_at) == (True, None)
    assert len(items("stay.positive")) == 1
    assert trip.says("withdraw", by="receiver1", target=left.id, operation=said.id).took_effect
    assert (again(now).referred_at, trip.row(Room, room).state) == (None, "occupied")


def test_a_positive_of_one_who_went_on_makes_those_around_begin_anew_at_both_sites_and_each_has_an_item(each_world):
    stays, sampled_at = house(each_world), each_world.clock.now()
    goal = other_site(each_world, rooms=2)
    neighbour = occupant(each_world, "100", "邻居", site="S2", building="A", floor="1")
    trip = Trip.of(each_world, [stays["3"].person_id], kind="site_to_site", destination={"kind": "site", "id": goal}).at_the_gate()
    each_world.pass_time(hours=5)
    trip.received(0)
    said = trip.says("record_test_result", by="receiver1", target=stays["3"].id, result="positive", taken_at=sampled_at)
    assert {str(again(stays[floor]).clock_from) for floor in "24"} == {"2022-04-03"}
    assert (again(neighbour).clock_basis, str(again(neighbour).clock_from)) == ("reset", "2022-04-04")  # when the positive came
    told = {item.site_id: (item.room_id, item.values[0]["reset"], item.values[0]["rooms"]) for item in items("stay.positive")}
    assert told == {each_world.site: (stays["3"].room_id, 2, ["0201", "0401"]), goal: (trip.stay(0).room_id, 1, ["100"])}
    assert trip.says("withdraw", by="receiver1", target=stays["3"].id, operation=said.id).took_effect
    assert {again(stay).clock_basis for stay in (neighbour, stays["2"], stays["4"])} == {"last_exposure"}
    assert not items("stay.positive")


def test_only_those_who_work_at_the_site_are_heard(world):
    stay = occupant(world)
    for stranger in ("driver1", "partner1"):
        with pytest.raises(Refused, match="target.unknown"):
            world.do("record_health", stay.id, by=stranger, **WELL)


def test_a_corrected_exposure_moves_the_clock_and_says_so(world):
    stay = occupant(world)
    changes = {"last_exposed_on": {"was": date(2022, 3, 20), "now": date(2022, 3, 22)}}
    world.do("edit_person", stay.person_id, changes=changes)
    assert (str(again(stay).due_on), again(stay).clock_basis) == ("2022-04-05", "last_exposure")
    [change] = db.session.query(ClockChange).filter_by(stay_id=stay.id)
    assert (change.kind, str(change.was_due_on), str(change.due_on)) == ("corrected", "2022-04-03", "2022-04-05")


def test_an_exposure_that_only_a_later_list_knows_moves_the_clock_too(world):
    stay = occupant(world, exposed=None)
    assert again(stay).clock_basis == "arrival"
    world.do("list_again", stay.person_id, last_exposed_on=date(2022, 3, 25))
    assert (again(stay).clock_basis, str(again(stay).due_on)) == ("last_exposure", "2022-04-08")


def test_an_exposure_that_a_merged_record_knows_moves_the_clock_and_back(world):
    stay = occupant(world, exposed=None)
    other = world.person("王小明", last_exposed_on=date(2022, 3, 25))
    world.do("merge_people", stay.person_id, other=other, reason="同一人")
    assert (again(stay).clock_basis, str(again(stay).due_on)) == ("last_exposure", "2022-04-08")
    world.do("unmerge_people", other, reason="不是同一人")
    assert (again(stay).clock_basis, str(again(stay).due_on)) == ("arrival", "2022-04-04")


def test_a_secondary_contact_who_becomes_a_close_one_owes_their_days(world):
    stay = occupant(world, category="secondary_contact")
    assert str(again(stay).due_on) == "2022-03-27"
    world.do("set_category", stay.person_id, category="close_contact")
    assert (again(stay).category, str(again(stay).due_on)) == ("close_contact", "2022-04-03")


def test_another_edition_leaves_running_stays_as_they_are_unless_it_is_said(each_world):
    before = occupant(each_world)
    area, today = each_world.area("宽城"), date(2022, 4, 3)
    each_world.do("choose_pack", area=area, pack="CN-9", from_on=today, reason="省指挥部 12 号通知")
    after = occupant(each_world, "0202", "后来", exposed=date(2022, 4, 1), checked_in_at=datetime(2022, 4, 3, 2, tzinfo=UTC))
    assert (again(before).pack, str(again(before).due_on)) == ("CN-8+2022-03", "2022-04-03")
    assert (again(after).pack, str(again(after).due_on)) == ("CN-9", "2022-04-08")


def test_running_stays_go_over_by_name_and_each_says_why(each_world):
    stay, extended = occupant(each_world, exposed=date(2022, 3, 25)), occupant(each_world, "0202", "加期", exposed=date(2022, 3, 25))
    each_world.do("extend_stay", extended.id, until=date(2022, 4, 10), reason="同室异常")
    each_world.do("choose_pack", area=None, pack="CN-9", from_on=date(2022, 4, 3), reason="12 号通知", running="carry_over")
    assert (again(stay).pack, str(again(stay).due_on)) == ("CN-9", "2022-04-01")
    assert str(again(extended).due_on) == "2022-04-10"
    [change] = db.session.query(ClockChange).filter_by(stay_id=stay.id, kind="pack")
    assert (str(change.was_due_on), str(change.due_on), change.reason) == ("2022-04-08", "2022-04-01", "CN-8+2022-03 → CN-9: 12 号通知")


def test_a_choice_needs_a_known_edition_a_reason_and_its_day(world):
    today = date(2022, 4, 3)
    for values, code in (
        ({"pack": "CN-7"}, "pack.unknown"),
        ({"reason": " "}, "reason.missing"),
        ({"running": "carry_over", "from_on": date(2022, 4, 9)}, "pack.carry_over_later"),
        ({"area": "nowhere"}, "area.unknown"),
        ({"running": "all"}, "request.unreadable"),
    ):
        with pytest.raises(Refused, match=code):
            world.do("choose_pack", **{"area": None, "pack": "CN-9", "from_on": today, "reason": "通知", **values})
