"""What site and crew tell at the gate: received into a room, refused, not there; and the list that both sign."""

from datetime import date

from server.store.rooms import Room, Stay
from tests.trip import Trip, verdict_of
from tests.world import ADMINISTRATOR

APPLIED = ("applied", None)


def test_a_received_person_is_in_the_sites_hands_and_in_a_room(each_world):
    trip = Trip(each_world).at_the_gate()
    assert verdict_of(trip.received(0)) == APPLIED
    assert (trip.line(0).state, trip.line(0).open, trip.held_by(0), trip.person(0).state) == ("received", False, "site", "isolated")
    assert (trip.room(0).state, trip.room(0).transfer_id) == ("occupied", None)
    assert trip.stay(0).room_id == trip.rooms[0]


def test_the_clock_of_a_contact_runs_from_the_last_exposure(world):
    trip = Trip(world, person0={"last_exposed_on": date(2022, 4, 1)}).at_the_gate()
    trip.received(0)
    trip.received(1)
    stays = trip.stay(0), trip.stay(1)
    assert [stay.kind for stay in stays] == ["quarantine", "quarantine"]
    assert [str(stay.clock_from) for stay in stays] == ["2022-04-01", "2022-04-03"]
    assert str(stays[0].due_on) == "2022-04-15"


def test_a_second_receiver_who_says_the_same_attests_it(world):
    world.user("receiver", "receiver2", site_id=world.site)
    trip = Trip(world).at_the_gate()
    trip.received(0)
    world.pass_time(minutes=20)
    assert verdict_of(trip.received(0, by="receiver2")) == APPLIED
    assert [told["by_name"] for told in trip.line(0).received["attested"]] == ["receiver2"]


def test_a_second_receiver_who_names_another_room_is_a_discrepancy_and_changes_nothing(each_world):
    each_world.user("receiver", "receiver2", site_id=each_world.site)
    trip = Trip(each_world).at_the_gate()
    trip.received(0)
    assert verdict_of(trip.received(0, by="receiver2", room=each_world.rooms[7])) == ("flagged", "discrepancy")
    assert trip.stay(0).room_id == trip.rooms[0]
    assert trip.row(Room, each_world.rooms[7]).state == "ready"


def test_received_by_one_and_absent_by_the_other_is_a_discrepancy(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    assert verdict_of(trip.received(0, by="driver1", outcome="absent", room=None)) == ("flagged", "discrepancy")
    assert trip.line(0).state == "received"


def test_the_crew_may_tell_the_reception_and_the_site_adds_the_room(world):
    trip = Trip(world).at_the_gate()
    assert verdict_of(trip.received(0, by="driver1", room=None)) == APPLIED
    assert (trip.held_by(0), trip.stay(0).room_id, trip.room(0).state) == ("site", None, "reserved")
    assert verdict_of(trip.received(0)) == APPLIED
    assert (trip.stay(0).room_id, trip.room(0).state) == (trip.rooms[0], "occupied")


def test_a_room_with_somebody_in_it_is_flagged_and_the_person_has_no_room(each_world):
    trip = Trip(each_world).at_the_gate()
    trip.received(0)
    assert verdict_of(trip.received(1, room=trip.rooms[0])) == ("flagged", "room_conflict")
    assert (trip.line(1).state, trip.held_by(1), trip.stay(1).room_id) == ("received", "site", None)
    assert trip.stay(0).room_id == trip.rooms[0]


def test_who_has_no_room_after_a_conflict_gets_the_next_one_that_is_named(each_world):
    trip = Trip(each_world).at_the_gate()
    trip.received(0)
    trip.received(1, room=trip.rooms[0])
    assert verdict_of(trip.received(1, room=each_world.rooms[7])) == APPLIED
    assert (trip.stay(1).room_id, trip.room(1).state) == (each_world.rooms[7], "ready")


def test_a_room_that_is_not_ready_is_not_given(world):
    trip = Trip(world).at_the_gate()
    trip.says("set_room_state", by="receiver1", target=world.rooms[7], state="blocked", reason="水管漏水")
    assert verdict_of(trip.received(0, room=world.rooms[7])) == ("flagged", "room_conflict")
    assert trip.stay(0).room_id is None


def test_another_ready_room_is_taken_and_the_reserved_one_is_free_again(world):
    trip = Trip(world).at_the_gate()
    assert verdict_of(trip.received(0, room=world.rooms[7])) == APPLIED
    assert (trip.row(Room, world.rooms[7]).state, trip.room(0).state) == ("occupied", "ready")


def test_two_people_of_one_transfer_may_exchange_their_rooms(each_world):
    trip = Trip(each_world).at_the_gate()
    assert verdict_of(trip.received(0, room=trip.rooms[1])) == APPLIED
    assert trip.line(1).room_id == trip.rooms[0]
    assert verdict_of(trip.received(1, room=trip.rooms[0])) == APPLIED


def test_a_child_joins_its_mother_in_one_room(each_world):
    door = "宽城|天茂名苑|3|2|501"
    mother, child = {"door": door, "birth_year": 1985}, {"door": door, "birth_year": 2012}
    trip = Trip(each_world, person0=mother, person1=child).at_the_gate()
    assert trip.rooms[0] == trip.rooms[1]
    assert [verdict_of(trip.received(n)) for n in (0, 1)] == [APPLIED, APPLIED]
    assert [trip.stay(n).place for n in (0, 1)] == [1, 2]
    assert trip.stay(1).group_reason


def test_a_person_turned_away_stays_with_the_crew_and_the_desk_is_told(each_world):
    trip = Trip(each_world).at_the_gate()
    assert verdict_of(trip.received(0, outcome="refused", room=None, reason="no_room")) == ("flagged", "reception.refused")
    assert (trip.line(0).state, trip.held_by(0), trip.line(0).received["outcome"]) == ("aboard", "crew", "refused")


def test_who_was_turned_away_may_be_let_in_later_and_both_are_shown(world):
    trip = Trip(world).at_the_gate()
    trip.received(0, outcome="refused", room=None, reason="no_room")
    world.pass_time(minutes=40)
    assert verdict_of(trip.received(0)) == ("flagged", "discrepancy")
    assert (trip.line(0).state, trip.held_by(0)) == ("received", "site")


def test_absent_at_the_gate_but_aboard_by_the_crew_is_a_discrepancy(world):
    trip = Trip(world).at_the_gate()
    assert verdict_of(trip.received(0, outcome="absent", room=None)) == ("flagged", "discrepancy")
    assert (trip.line(0).state, trip.held_by(0)) == ("aboard", "crew")


def test_a_reception_is_heard_before_the_boarding_and_the_late_boarding_fits(each_world):
    trip = Trip(each_world)
    assert verdict_of(trip.received(0)) == APPLIED
    assert verdict_of(trip.boarded(0, ago=3600)) == APPLIED
    assert (trip.line(0).state, trip.held_by(0)) == ("received", "site")
    assert trip.line(0).boarded_at < trip.line(0).ended_at


def test_who_is_at_another_site_is_not_moved_by_a_second_reception(world):
    trip = Trip(world).at_the_door()
    trip.says("record_outcome", 0, outcome="absent")
    other = world.do("make_transfer", kind="outbound", people=[trip.people[0]], destination={"kind": "site", "id": world.site})
    trip.boarded(0)  # they came down after all, and the first coach took them
    trip.received(0)
    stays = trip.stay(0).id
    [line] = trip.lines_of(other)
    verdict = trip.says("receive_person", line, by="receiver1", target=other, outcome="received", room=world.rooms[7])
    assert verdict_of(verdict) == ("flagged", "custody.held_elsewhere")
    assert (trip.stay(0).id, trip.row(Room, world.rooms[7]).state) == (stays, "ready")


def test_a_returning_person_leaves_the_room_at_boarding_and_is_home_when_received(each_world):
    world = each_world
    trip = Trip(world).at_the_gate()
    trip.received(0)
    world.pass_time(days=14)
    back = Trip.home(world, [trip.people[0]], driver=world.users["driver2"]).id
    [line] = trip.lines_of(back)
    trip.says("board_person", line, by="driver2", target=back, identity=["id_card", "face"], allowed_by="郑主任")
    assert (trip.stay(0), trip.room(0).state, trip.person(0).state) == (None, "vacated_dirty", "returning")
    trip.says("receive_person", line, by="driver2", target=back, outcome="received", room=None)
    assert (trip.held_by(0), trip.person(0).state) == ("home", "home_monitoring")


def test_at_a_hospital_the_hospital_holds_the_person(world):
    hospital = world.do("save_hospital", name="传染病医院", colour="yellow")
    trip = Trip(world, people=1, kind="hospital", destination={"kind": "hospital", "id": hospital}, priority="emergency")
    assert verdict_of(trip.says("record_moment", moment="en_route")) == APPLIED
    assert verdict_of(trip.boarded(0)) == APPLIED
    assert verdict_of(trip.received(0, by="driver1")) == APPLIED
    assert (trip.held_by(0), trip.stay(0)) == ("hospital", None)


def test_the_transfer_closes_when_both_have_signed_and_each_line_has_an_end(each_world):
    trip = Trip(each_world).at_the_gate()
    trip.received(0)
    trip.received(1)
    both = {0: "received", 1: "received"}
    assert verdict_of(trip.signed("crew", both)) == APPLIED
    assert trip.transfer.ended_at is None
    assert verdict_of(trip.signed("site", both)) == APPLIED
    assert (trip.transfer.state, trip.vehicle.state) == ("closed", "contaminated")
    assert trip.transfer.ended_at is not None


def test_a_line_that_nobody_named_is_open_never_absent(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    trip.signed("crew", {0: "received"})
    assert verdict_of(trip.signed("site", {0: "received"})) == APPLIED
    assert (trip.line(1).state, trip.transfer.state) == ("aboard", "arrived")
    trip.received(1)
    assert trip.transfer.state == "closed"


def test_what_the_two_lists_say_differently_is_a_discrepancy(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    trip.signed("crew", {0: "received", 1: "received"})
    assert verdict_of(trip.signed("site", {0: "received"})) == ("flagged", "discrepancy")


def test_a_list_that_says_otherwise_than_the_reception_is_a_discrepancy(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    assert verdict_of(trip.signed("crew", {0: "refused"})) == ("flagged", "discrepancy")


def test_a_side_may_sign_for_further_lines_but_not_otherwise_for_the_same(world):
    trip = Trip(world).at_the_gate()
    trip.signed("crew", {0: "received"})
    assert verdict_of(trip.signed("crew", {0: "received", 1: "received"})) == APPLIED
    assert len(trip.transfer.handover["crew"]["lines"]) == 2
    assert verdict_of(trip.signed("crew", {0: "absent"})) == ("flagged", "discrepancy")
    assert trip.transfer.handover["crew"]["lines"][0]["outcome"] == "received"


def test_a_desk_closes_a_transfer_that_nobody_signs(world):
    trip = Trip(world).at_the_gate()
    assert trip.world.say("close_transfer", trip.id, reason="站点不签").code == "transfer.people_aboard"
    trip.received(0)
    trip.received(1)
    world.do("close_transfer", trip.id, reason="站点不签")
    assert (trip.transfer.state, trip.vehicle.state) == ("closed", "contaminated")


def test_an_ambulance_takes_a_person_over_on_the_way(each_world):
    trip = Trip(each_world).at_the_gate()
    assert verdict_of(trip.says("hand_to_care", 0, to="ambulance_120", taken_by="急救车 吉A120")) == APPLIED
    assert (trip.line(0).state, trip.line(0).open, trip.held_by(0)) == ("elsewhere", False, "hospital")
    assert (trip.room(0).state, trip.person(0).state) == ("ready", "medical_emergency")


def test_care_follows_on_an_outcome_at_the_door_without_an_item(world):
    trip = Trip(world).at_the_door()
    trip.says("record_outcome", 0, outcome="emergency")
    assert verdict_of(trip.says("hand_to_care", 0, to="ambulance_120")) == APPLIED
    assert (trip.line(0).outcome, trip.held_by(0)) == ("emergency", "hospital")


def test_no_gate_gives_back_to_the_crew_whom_they_gave_to_an_ambulance_however_slow_the_clock_that_told_it(each_world):
    trip = Trip(each_world)
    trip.says("hand_to_care", 0, ago=600, to="ambulance_120")  # by that clock before the desk had made the transfer
    trip.says("receive_person", 0, by="receiver1", outcome="refused", reason="fever")
    assert (trip.held_by(0), trip.line(0).state) == ("hospital", "elsewhere")
    assert "reception.refused" in trip.items()


def test_who_was_received_and_needs_care_is_where_people_saw_them(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    verdict = trip.says("hand_to_care", 0, by="receiver1", to="hospital")
    assert verdict_of(verdict) == ("flagged", "care.after_reception")
    assert (trip.held_by(0), trip.stay(0), trip.room(0).state) == ("hospital", None, "vacated_dirty")
    [stay] = trip.read_all(Stay, person_id=trip.people[0])
    assert stay.ended_how == "referred_hospital"


def test_a_room_that_nobody_went_into_is_free_when_the_transfer_closes(each_world):
    trip = Trip(each_world).at_the_gate()
    trip.received(0, room=None)
    trip.received(1)
    for side in ("crew", "site"):
        trip.signed(side, {0: "received", 1: "received"})
    assert (trip.transfer.state, trip.room(0).state, trip.room(0).transfer_id) == ("closed", "ready", None)
    assert trip.room(1).state == "occupied"


def test_a_site_that_had_the_transfer_is_heard_after_the_desk_sent_it_elsewhere(each_world):
    trip = Trip(each_world).at_the_gate()
    other = each_world.do("save_site", code="S9", name="青年宾馆", kind="hotel", area="宽城", state="open", accepts=["close_contact"])
    for n in (1, 2):
        each_world.do("save_room", site="S9", building="主楼", floor="1", number=f"010{n}", kind="single")
    each_world.do("divert_transfer", trip.id, site=other, reason="满了")
    assert verdict_of(trip.received(0)) == ("flagged", "late_after_reassign")
    assert (trip.line(0).state, trip.held_by(0), trip.stay(0).site_id) == ("received", "site", each_world.site)


def test_a_receiver_who_was_moved_to_another_site_is_heard_about_the_first(world):
    trip = Trip(world).at_the_gate()
    other = world.do("save_site", code="S9", name="青年宾馆", kind="hotel", area="宽城", state="open", accepts=["close_contact"])
    world.do("change_user", world.users["receiver1"], by=ADMINISTRATOR, site_id=other)
    assert verdict_of(trip.received(0)) == ("flagged", "late_after_reassign")
    assert trip.stay(0).site_id == world.site
    assert trip.says("set_room_state", by="receiver1", target=world.rooms[7], state="blocked").verdict == "applied"


def test_a_site_that_never_had_the_transfer_is_told_nothing_of_it(world):
    trip = Trip(world).at_the_gate()
    other = world.do("save_site", code="S9", name="青年宾馆", kind="hotel", area="宽城", state="open", accepts=["close_contact"])
    world.user("receiver", "receiver9", site_id=other)
    assert verdict_of(trip.received(0, by="receiver9")) == ("refused", "target.unknown")
