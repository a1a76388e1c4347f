"""People before software: whatever the office believed or ended, those who are aboard are led, let out, and held by one hand."""

from server.store.people import Custody
from server.store.rooms import Room, Stay
from server.store.transfers import Vehicle
from tests.trip import CLEAN, Trip, verdict_of


def other_site(world, rooms: int, **more) -> str:
    known = {"code": "S2", "name": "南山宾馆", "kind": "hotel", "area": "宽城", "state": "open"}
    site = world.do("save_site", **{**known, "accepts": ["close_contact", "screen_positive"], **more})
    for n in range(rooms):
        world.do("save_room", site="S2", building="A", floor="1", number=f"10{n}", kind="single")
    return site


def received_person(world) -> tuple[Trip, str]:
    """A contact who stays at S1."""
    trip = Trip(world, people=1).at_the_gate()
    trip.received(0)
    for side in ("crew", "site"):
        trip.signed(side, {0: "received"})
    return trip, trip.people[0]


# ---- a contact who turns out positive at a site ----


def test_a_contact_who_turns_positive_at_a_site_is_fetched_there(world):
    _first, person = received_person(world)
    goal = other_site(world, rooms=1)
    world.do("set_category", person, category="screen_positive")
    trip = Trip.of(world, [person], destination={"kind": "site", "id": goal})
    assert trip.transfer.origin_site_id == world.site
    assert [stop["name"] for stop in trip.transfer.stops] == ["北湖酒店"]


def test_a_contact_who_turned_positive_leaves_one_room_and_comes_into_another(world):
    first, person = received_person(world)
    world.do("set_category", person, category="screen_positive")
    goal = other_site(world, rooms=1)
    trip = Trip.of(world, [person], destination={"kind": "site", "id": goal})
    assert trip.boarded(0, allowed_by="王科长").code != "custody.held_elsewhere"
    assert (trip.line(0).state, trip.held_by(0), first.room(0).state) == ("aboard", "crew", "hold")
    trip.says("receive_person", 0, outcome="received", room=None)
    assert (trip.line(0).state, trip.stay(0).site_id, trip.row(Custody, person).holder_id) == ("received", goal, goal)
    assert len(trip.read_all(Stay, person_id=person, ended_at=None)) == 1


def test_one_from_a_site_and_one_from_home_are_fetched_each_where_they_are(world):
    _first, person = received_person(world)
    world.do("set_category", person, category="screen_positive")
    neighbour = world.person("李四", category="screen_positive", community_id=world.community)
    trip = Trip.of(world, [person, neighbour], destination={"kind": "site", "id": other_site(world, rooms=2)})
    assert {stop["name"] for stop in trip.transfer.stops} == {"北湖酒店", "天茂名苑"}
    for n in (0, 1):
        trip.boarded(n)
    assert [line.state for line in (trip.line(0), trip.line(1))] == ["aboard", "aboard"]


# ---- ended in the office, and aboard on the road ----


def test_a_coach_that_left_before_it_heard_of_the_cancelling_is_led_on(world):
    trip = Trip(world, people=1)
    world.do("cancel_transfer", trip.id, reason="改期")
    trip.boarded(0)
    assert trip.held_by(0) == "crew"
    world.do("relieve_crew", trip.id, driver=world.users["driver2"], place="服务区", people=1)
    assert trip.row(Custody, trip.people[0]).holder_id == world.users["driver2"]
    goal = other_site(world, rooms=1)
    world.do("divert_transfer", trip.id, site=goal, reason="S1 满了")
    assert trip.row(Room, trip.line(0).room_id).state == "reserved"
    trip.says("receive_person", 0, by="driver2", outcome="received", room=None)
    assert trip.stay(0).site_id == goal


def test_a_vehicle_that_carried_somebody_after_all_is_not_clean(world):
    trip = Trip(world, people=1)
    world.do("cancel_transfer", trip.id, reason="改期")
    assert trip.vehicle.state == "clean_ready"
    trip.boarded(0)
    assert trip.vehicle.state == "contaminated"


def test_with_nobody_aboard_what_has_ended_stays_ended(world):
    trip = Trip(world, people=1)
    world.do("cancel_transfer", trip.id, reason="改期")
    refused = world.say("relieve_crew", trip.id, driver=world.users["driver2"], place="服务区", people=0)
    assert verdict_of(refused) == ("refused", "transfer.already_ended")


# ---- nowhere to go ----


def test_with_people_aboard_they_are_sent_to_a_site_that_has_too_few_rooms_and_it_is_shown(world):
    trip = Trip(world).at_the_gate()
    goal = other_site(world, rooms=1)
    verdict = world.say("divert_transfer", trip.id, site=goal, reason="电话里答应加床")
    assert verdict_of(verdict) == ("flagged", "gate.passed")
    assert (trip.transfer.site_id, trip.transfer.diverted) == (goal, True)
    assert {room.state for room in trip.read_all(Room, site_id=world.site)} == {"ready"}


def test_with_nobody_aboard_a_site_with_too_few_rooms_is_refused_and_nothing_changes(world):
    trip = Trip(world)
    verdict = world.say("divert_transfer", trip.id, site=other_site(world, rooms=1), reason="x")
    assert verdict_of(verdict) == ("refused", "site.too_few_rooms")
    assert (trip.transfer.site_id, trip.room(0).state) == (world.site, "reserved")


# ---- a vehicle is clean when it was cleaned ----


def test_a_used_vehicle_does_not_become_clean_by_way_of_the_workshop(world):
    trip, _person = received_person(world)
    world.do("set_vehicle_state", world.vehicle, state="out_of_service", reason="换轮胎")
    back = {"state": "clean_ready", "reason": "修好了"}
    assert verdict_of(world.say("set_vehicle_state", world.vehicle, **back)) == ("refused", "vehicle.not_ready")
    world.pass_time(minutes=61)
    trip.says("disinfect_vehicle", **CLEAN)
    assert trip.vehicle.state == "out_of_service"
    world.do("set_vehicle_state", world.vehicle, **back)
    assert trip.vehicle.state == "clean_ready"


def test_another_area_s_desk_does_not_set_a_vehicle_s_state(world):
    world.user("district_desk", "desk2", area_id=world.area("绿园"))
    refused = world.say("set_vehicle_state", world.vehicle, by="desk2", state="out_of_service", reason="x")
    assert verdict_of(refused) == ("refused", "vehicle.unknown")


# ---- at the gate ----


def test_who_is_turned_away_at_the_gate_is_aboard_whatever_was_told_at_the_door(world):
    trip = Trip(world).at_the_door()
    trip.says("record_outcome", 0, outcome="absent")
    trip.boarded(1)
    trip.says("receive_person", 0, by="receiver1", outcome="refused", reason="no_room")
    assert (trip.line(0).state, trip.line(0).open, trip.held_by(0)) == ("aboard", True, "crew")
    for side in ("crew", "site"):
        trip.signed(side, {0: "refused", 1: "received"})
    assert trip.transfer.ended_at is None, "nobody closes a transfer with people aboard"


def test_a_site_is_not_given_up_while_people_are_on_their_way_to_it(world):
    trip = Trip(world).at_the_gate()
    refused = world.say("close_site", world.site, reason="到期")
    assert verdict_of(refused) == ("refused", "site.has_people")
    assert trip.transfer.site_id == world.site


# ---- a breakdown on the way ----


def test_after_a_breakdown_the_people_go_on_in_another_coach_and_both_are_to_be_cleaned(world):
    trip = Trip(world).at_the_gate()
    spare = world.do("save_vehicle", plate="吉A·T0002", kind="coach", seats=40, area="宽城", state="clean_ready")
    relief = {"driver": world.users["driver2"], "place": "服务区", "people": 2, "vehicle": spare}
    assert world.say("relieve_crew", trip.id, **relief).verdict == "applied"
    assert (trip.vehicle.state, trip.row(Vehicle, spare).state) == ("contaminated", "loaded")
    assert trip.transfer.vehicle_id == spare
    for n in (0, 1):
        trip.received(n)
    for side in ("crew", "site"):
        trip.signed(side, {0: "received", 1: "received"})
    assert trip.row(Vehicle, spare).state == "contaminated"


def test_a_coach_that_is_no_fit_takes_people_from_the_road_all_the_same_and_it_is_shown(world):
    trip = Trip(world).at_the_gate()
    spare = world.do("save_vehicle", plate="吉A·T0003", kind="minibus", seats=40, area="宽城", state="out_of_service")
    verdict = world.say("relieve_crew", trip.id, driver=world.users["driver2"], place="服务区", people=2, vehicle=spare)
    assert verdict_of(verdict) == ("flagged", "gate.passed")
    assert trip.transfer.vehicle_id == spare
