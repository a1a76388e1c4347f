"""Point-to-point return: released people go home, their community takes them by name, and their rooms are worked on meanwhile."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.problems import Refused
from server.store.conflicts import Conflict
from server.store.database import db, transaction
from server.store.rooms import Room, Stay
from server.store.users import UserCompound
from server.ticker import pass_time
from tests.domain.test_releases import occupant
from tests.trip import ASKED, Trip, verdict_of

APPLIED = ("applied", None)
WORD = {"accepted_by": "夏敏莹"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def home(world) -> Trip:
    return going_home(world)


def going_home(world, people: int = 2) -> Trip:
    """Two people of 天茂名苑 whose fourteen days at S1 are over, on a return that worker1 is to accept."""
    there = Trip(world, people=people).at_the_gate().handed_over()
    world.pass_time(days=14)
    for n in range(people):
        world.do("release_stay", there.stay(n).id, allowed_by="卢院长", reason="纸质结果阴性")
    with transaction() as session:
        session.merge(UserCompound(user_id=world.users["worker1"], community_id=world.community))
    trip = Trip.of(world, there.people, kind="return", destination={"kind": "home", "id": world.community})
    trip.rooms = there.rooms
    return trip


def accept(trip: Trip, by: str = "worker1", **more) -> None:
    trip.world.do("accept_return", trip.id, by=by, **{**WORD, **more})


def tick(world) -> int:
    return pass_time(world.clock.now())


def ended(stay: Stay) -> datetime | None:
    db.session.expire_all()
    return db.session.get(Stay, stay.id).ended_at


def let_in(trip: Trip, line: int, by: str = "worker1", **more):
    """What the community says of somebody at its gate."""
    return trip.says("receive_person", line, by=by, **{"outcome": "received", "room": None, **more})


def turned_away(trip: Trip) -> Trip:
    """Both are aboard, and the community refuses the first of them at its gate."""
    accept(trip)
    for n in range(2):
        trip.boarded(n)
    assert verdict_of(let_in(trip, 0, outcome="refused", reason="younger_test", note="要 48 小时内的核酸")) == (
        "flagged",
        "reception.refused",
    )
    return trip


def test_nobody_is_sent_home_by_a_desk_before_their_release(each_world):
    stay = occupant(each_world)
    home = {"kind": "home", "id": each_world.community}
    with pytest.raises(Refused, match="return.not_released") as refusal:
        each_world.do("make_transfer", kind="return", people=[stay.person_id], destination=home)
    assert refusal.value.values == {"name": "王小明"}
    each_world.do("release_stay", stay.id, allowed_by="卢院长", reason="纸质结果阴性")
    assert Trip.of(each_world, [stay.person_id], kind="return", destination=home).transfer.state == "planned"


def test_nobody_known_to_be_positive_is_sent_home_by_a_desk(each_world):
    before, after, gone = (occupant(each_world, number, number) for number in ("0201", "0202", "0203"))
    each_world.do("record_test_result", before.id, by="receiver1", result="positive")
    each_world.do("release_stay", after.id, allowed_by="卢院长", reason="纸质结果阴性")
    each_world.do("set_category", after.person_id, category="confirmed")
    let_in(Trip.home(each_world, [gone.person_id]), 0, by="driver1")
    each_world.do("set_category", gone.person_id, category="confirmed")
    waiting = each_world.person("赵一", category="confirmed")
    for person in (before.person_id, after.person_id, gone.person_id, waiting):
        with pytest.raises(Refused, match="return.is_positive"):
            each_world.do("make_transfer", kind="return", people=[person], destination={"kind": "home", "id": each_world.community})


def test_who_was_isolated_as_a_positive_goes_home_when_released(world):
    stay = occupant(world, category="asymptomatic")
    world.do("record_test_result", stay.id, by="receiver1", result="negative")
    world.pass_time(hours=24)
    world.do("record_test_result", stay.id, by="receiver1", result="negative")
    world.do("release_stay", stay.id)
    home = {"kind": "home", "id": world.community}
    assert Trip.of(world, [stay.person_id], kind="return", destination=home).line(0).open


def test_who_turns_out_positive_when_the_return_is_made_already_is_carried_as_it_was_seen(world):
    stay = occupant(world)
    trip = Trip.home(world, [stay.person_id])
    world.do("set_category", stay.person_id, category="confirmed")
    assert trip.boarded(0).took_effect
    assert trip.held_by(0) == "crew"


def test_the_communitys_word_is_the_second_step_of_a_return(home):
    assert home.steps["dock"]["state"] == "waiting"
    accept(home)
    assert (home.steps["dock"]["state"], home.steps["dock"]["by"]) == ("done", "夏敏莹")


def test_the_crew_knows_out_of_which_room_each_is_called(home):
    assert [home.line(n).from_room_id for n in range(2)] == home.rooms
    assert Trip(home.world, people=1, vehicle=None, driver=None, escort=None).line(0).from_room_id is None


def test_a_return_is_not_late_because_its_people_were_found_two_weeks_ago(home):
    assert (home.transfer.deadline_at, home.transfer.deadline_rule) == (None, None)


def test_nobody_is_called_out_of_their_room_before_the_community_has_accepted(home):
    home.says("record_moment", moment="at_pickup")
    assert verdict_of(home.says("record_moment", moment="people_called")) == ("flagged", "gate.not_met.accepted")


def test_what_the_community_said_yesterday_still_stands_today(home):
    accept(home)
    home.world.pass_time(hours=20)
    home.says("record_moment", moment="at_pickup")
    assert verdict_of(home.says("record_moment", moment="people_called")) == APPLIED


def test_a_word_on_the_telephone_is_the_communitys_too_and_shown_as_such(home):
    home.says("record_dock_call", number="14200000001", answered_by="夏敏莹", result="confirmed")
    home.says("record_moment", moment="at_pickup")
    assert verdict_of(home.says("record_moment", moment="people_called")) == APPLIED
    assert (home.transfer.dock["state"], home.transfer.dock["on_behalf"]) == ("confirmed_by_phone", True)


def test_who_leaves_although_nobody_accepted_is_aboard_all_the_same(each_world):
    trip = going_home(each_world)
    for moment in ("at_pickup", "people_called"):
        trip.says("record_moment", moment=moment)
    assert verdict_of(trip.boarded(0)) == APPLIED
    assert (trip.line(0).state, trip.held_by(0), trip.room(0).state) == ("aboard", "crew", "vacated_dirty")


def test_nobody_is_asked_who_stays_behind_in_an_isolation_room(home):
    assert verdict_of(home.says("verify_person", 0, **{**ASKED, "stays_behind": None, "pets": None})) == APPLIED
    assert home.line(0).verified["complete"]
    assert verdict_of(home.boarded(0)) == APPLIED


def test_a_community_that_declines_tells_why_and_the_desk_has_an_item(home):
    home.world.do("decline_return", home.id, by="worker1", declined_by="夏敏莹", reason="要 48 小时内的核酸")
    assert (home.transfer.dock["state"], home.transfer.acceptance) == ("refused", None)
    [item] = home.read_all(Conflict, code="return.declined", state="open")
    assert item.values[-1]["says"] == "要 48 小时内的核酸"
    assert item.area_id == home.world.area("宽城")


def test_a_community_may_take_its_word_back_and_give_it_again(home):
    accept(home)
    home.world.do("decline_return", home.id, by="worker1", declined_by="夏敏莹", reason="楼里又有阳性")
    assert home.steps["dock"]["blocked_by"] == "other"
    accept(home, accepted_by="韩书记")
    assert home.steps["dock"]["by"] == "韩书记"
    with pytest.raises(Refused, match="transfer.already_accepted"):
        accept(home)


def test_only_who_looks_after_the_compound_speaks_for_it(home):
    world = home.world
    world.user("community_worker", "worker2")
    with pytest.raises(Refused, match="target.unknown"):
        accept(home, by="worker2")
    with pytest.raises(Refused, match="target.unknown"):
        world.do("decline_return", home.id, by="worker2", declined_by="某人", reason="不收")
    assert verdict_of(let_in(home, 0, by="worker2")) == ("refused", "target.unknown")


def test_at_the_gate_the_community_takes_them_person_by_person_and_signs(each_world):
    trip = going_home(each_world)
    accept(trip)
    for n in range(2):
        trip.boarded(n)
        assert verdict_of(let_in(trip, n)) == APPLIED
    assert [trip.held_by(n) for n in range(2)] == ["home", "home"]
    assert [trip.person(n).state for n in range(2)] == ["home_monitoring"] * 2
    monitored = trip.stay(0)
    assert (monitored.kind, monitored.site_id, monitored.due_on) == ("monitoring", None, monitored.clock_from + timedelta(days=7))
    both = {0: "received", 1: "received"}
    trip.signed("crew", both)
    assert verdict_of(trip.signed("site", both, by="worker1")) == APPLIED
    assert trip.transfer.state == "closed"


def test_monitoring_at_home_ends_by_itself_when_the_last_day_is_over(each_world):
    """Received on the evening of 17 April, seven days at home by their edition: 24 April is the last of them."""
    trip = going_home(each_world)
    let_in(trip, 0, by="driver1")
    monitored = trip.stay(0)
    assert (monitored.due_on, tick(each_world)) == (date(2022, 4, 24), 1)  # what the site's phones need no more
    each_world.clock.set(datetime(2022, 4, 24, 23, 59, tzinfo=SHANGHAI))
    tick(each_world)
    assert (ended(monitored), trip.person(0).state) == (None, "home_monitoring")
    each_world.clock.set(datetime(2022, 4, 26, 9, tzinfo=SHANGHAI))  # the server was down at midnight
    assert (tick(each_world), tick(each_world)) == (1, 0)
    assert (ended(monitored), trip.person(0).state) == (datetime(2022, 4, 25, tzinfo=SHANGHAI), "closed")


def test_each_edition_says_how_long_somebody_is_watched_at_home(each_world):
    each_world.do("choose_pack", pack="CN-9", from_on=date(2022, 4, 3), area=None, reason="试用九版")
    trip = going_home(each_world)
    let_in(trip, 0, by="driver1")
    assert (trip.stay(0).pack, trip.stay(0).due_on) == ("CN-9", date(2022, 4, 20))


def test_who_came_home_without_a_known_isolation_is_watched_by_the_edition_of_the_day(world):
    home = {"kind": "home", "id": world.community}
    trip = Trip.of(world, [world.person("王零")], kind="return", destination=home)
    let_in(trip, 0, by="driver1")
    assert (trip.stay(0).pack, trip.stay(0).due_on) == ("CN-8+2022-03", date(2022, 4, 10))


def test_who_turns_out_positive_while_watched_at_home_waits_again_and_no_clock_changes_that(home):
    let_in(home, 0, by="driver1")
    home.world.do("set_category", home.people[0], category="screen_positive")
    assert home.person(0).state == "listed"
    home.world.pass_time(days=8)
    tick(home.world)
    assert (home.person(0).state, home.stay(0)) == ("listed", None)


def test_who_is_received_at_home_has_left_their_room_even_if_nobody_told_that_they_boarded(each_world):
    trip = going_home(each_world)
    assert verdict_of(let_in(trip, 0, by="driver1")) == APPLIED
    assert (trip.stay(0).kind, trip.room(0).state) == ("monitoring", "vacated_dirty")


def test_who_is_refused_at_the_gate_stays_with_the_crew_and_the_desk_has_an_item(each_world):
    trip = turned_away(going_home(each_world))
    assert (trip.held_by(0), trip.line(0).state, trip.line(0).open) == ("crew", "aboard", True)
    assert trip.items() == ["reception.refused"]


def test_who_shows_the_certificate_again_is_let_in(home):
    turned_away(home)
    home.world.pass_time(minutes=30)
    assert verdict_of(let_in(home, 0)) == ("flagged", "discrepancy")
    assert (home.held_by(0), home.person(0).state) == ("home", "home_monitoring")


def test_the_desk_sends_who_was_refused_to_another_community_which_is_asked_in_turn(home):
    turned_away(home)
    let_in(home, 1)
    world = home.world
    other = world.do("save_community", area="绿园", name="青年花园")
    world.do("divert_transfer", home.id, by="dispatcher", community=other, reason="母亲家在青年花园")
    assert (home.transfer.community_id, home.transfer.dock["state"], home.transfer.acceptance) == (other, "asked", None)
    with pytest.raises(Refused, match="target.unknown"):
        accept(home)  # worker1 does not speak for 青年花园
    assert verdict_of(let_in(home, 0, by="driver1")) == ("flagged", "discrepancy")
    assert (home.held_by(0), home.held_by(1)) == ("home", "home")


def test_the_desk_sends_who_was_refused_back_to_the_site_and_a_room_is_found(each_world):
    trip = turned_away(going_home(each_world))
    trip.world.do("divert_transfer", trip.id, by="dispatcher", site=trip.world.site, reason="社区夜里不开门")
    room = trip.line(0).room_id
    assert trip.row(Room, room).state == "reserved"
    trip.says("receive_person", 0, by="receiver1", outcome="received", room=room)
    assert (trip.held_by(0), trip.row(Room, room).state) == ("site", "occupied")


def test_who_is_back_at_the_site_for_the_night_is_released_still_and_begins_no_new_isolation(home):
    turned_away(home)
    first = home.read_all(Stay, person_id=home.people[0], ended_how="returned")[0]
    home.world.do("divert_transfer", home.id, by="dispatcher", site=home.world.site, reason="社区夜里不开门")
    home.says("receive_person", 0, by="receiver1", outcome="received", room=home.line(0).room_id)
    assert home.person(0).state == "released"
    assert (home.stay(0).clock_from, home.stay(0).due_on) == (first.clock_from, first.due_on)
    assert first.released_at is not None and home.stay(0).released_at == first.released_at
    assert (home.stay(0).certificate_no, bool(first.certificate_no)) == (None, True), "one certificate, one number"


def test_a_room_mistyped_at_the_gate_and_told_again_leaves_them_released(home):
    turned_away(home)
    home.world.do("divert_transfer", home.id, by="dispatcher", site=home.world.site, reason="社区夜里不开门")
    wrong = home.says("receive_person", 0, by="receiver1", outcome="received", room=home.world.rooms[7])
    assert verdict_of(home.says("withdraw", by="receiver1", operation=wrong.id)) == APPLIED
    home.says("receive_person", 0, by="receiver1", outcome="received", room=home.line(0).room_id)
    assert home.stay(0).room_id == home.line(0).room_id
    assert home.stay(0).released_at is not None


def test_a_site_that_takes_them_back_before_the_desk_knows_is_believed(home):
    turned_away(home)
    free = home.world.rooms[7]
    home.says("receive_person", 0, by="receiver1", outcome="received", room=free)
    assert (home.held_by(0), home.stay(0).site_id, home.row(Room, free).state) == ("site", home.world.site, "occupied")


def test_another_community_is_for_returns_only(world):
    trip = Trip(world)
    with pytest.raises(Refused, match="site.unknown"):
        world.do("divert_transfer", trip.id, by="dispatcher", community=world.community, reason="不合适")


def test_who_does_not_come_out_stays_in_their_room(home):
    assert home.says("record_outcome", 0, outcome="refused").verdict == "applied"
    assert (home.held_by(0), home.room(0).state, home.person(0).state) == ("site", "occupied", "released")
    assert verdict_of(home.boarded(1)) == APPLIED
