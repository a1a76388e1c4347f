"""Steps 1 to 4: verified, docked, checked, routed. A list is never refused; what it lacks is a warning on it."""

from datetime import timedelta

from server.domain.readiness import ITEMS
from server.store.conflicts import Conflict
from sync.records.told import dock_body
from tests.trip import ACCEPTED, ALL_ITEMS, CALL, NOBODY_STAYS, Trip, verdict_of

APPLIED = ("applied", None)


def test_a_whole_verification_is_kept_on_the_line(each_world):
    trip = Trip(each_world)
    assert verdict_of(trip.verified(0)) == APPLIED
    told = trip.line(0).verified
    assert (told["by_name"], told["complete"], told["missing"]) == ("driver1", True, [])


def test_what_a_verification_lacks_is_a_warning_on_it(world):
    trip = Trip(world)
    verdict = trip.verified(0, identity=["face"], address_read_back=False)
    assert verdict_of(verdict) == ("flagged", "check.incomplete")
    assert trip.line(0).verified["missing"] == ["identity", "address_read_back"]


def test_who_cannot_be_alone_needs_a_named_carer_or_the_desk_by_name(world):
    trip = Trip(world)
    alone = {**NOBODY_STAYS, "answer": "carer", "who": "两岁孩子", "carer_name": " "}
    assert verdict_of(trip.verified(0, stays_behind=alone)) == ("flagged", "dependant.without_carer")
    assert verdict_of(trip.verified(0, stays_behind={**alone, "carer_name": "姑姑李梅"})) == APPLIED
    assert verdict_of(trip.verified(1, stays_behind={**alone, "answer": "desk", "desk_name": "宽城专班 郑"})) == APPLIED


def test_who_was_not_there_to_be_asked_is_not_said_to_have_answered(world):
    trip = Trip(world)
    assert verdict_of(trip.verified(0, agrees="absent", stays_behind=None, pets=None)) == ("flagged", "check.incomplete")
    assert trip.line(0).verified["missing"] == ["agrees", "carer"]


def test_needs_are_added_and_an_address_is_corrected(each_world):
    trip = Trip(each_world, person0={"unit": "2", "needs": [{"code": "dialysis", "detail": "周二"}]})
    assert verdict_of(trip.verified(0, needs=["dialysis", "wheelchair"], address={"unit": {"was": "2", "now": "3"}})) == APPLIED
    assert trip.person(0).unit == "3"
    assert [need["code"] for need in trip.person(0).needs] == ["dialysis", "wheelchair"]


def test_an_address_that_somebody_changed_meanwhile_is_shown_with_both_values(world):
    trip = Trip(world, person0={"unit": "2", "room": "501"})
    trip.verified(0, address={"unit": {"was": "2", "now": "3"}})
    edits = {"unit": {"was": "2", "now": "4"}, "room": {"was": "501", "now": "502"}}
    assert verdict_of(trip.verified(0, by="escort1", address=edits)) == ("flagged", "address.changed_by_two")
    assert (trip.person(0).unit, trip.person(0).room) == ("3", "502")
    [item] = trip.read_all(Conflict, state="open")
    assert [value["says"] for value in item.values] == [{"unit": "3"}, {"unit": "4"}]


def test_that_somebody_objects_is_told_and_no_outcome(world):
    trip = Trip(world)
    assert trip.verified(0, agrees="objects").verdict == "flagged"
    assert (trip.line(0).state, trip.line(0).outcome) == ("expected", None)


def test_a_later_verification_of_a_relieved_crew_does_not_take_the_place_of_the_present_one(world):
    trip = Trip(world)
    world.do("reassign_transfer", trip.id, driver=world.users["driver2"])
    trip.verified(0, by="driver2")
    assert verdict_of(trip.verified(0, agrees="objects"))[0] == "flagged"
    assert "told_by_two_crews" in trip.items()
    assert trip.line(0).verified["by_name"] == "driver2"


def test_a_confirmation_by_telephone_is_never_the_sites_own(each_world):
    trip = Trip(each_world)
    assert verdict_of(trip.says("record_dock_call", **CALL)) == APPLIED
    dock = trip.transfer.dock
    assert (dock["state"], dock["on_behalf"], dock["answered_by"]) == ("confirmed_by_phone", True, "吴前台")


def test_every_call_is_kept(world):
    trip = Trip(world)
    trip.says("record_dock_call", **{**CALL, "result": "no_answer", "answered_by": None})
    trip.says("record_dock_call", **CALL)
    assert [call["result"] for call in trip.transfer.dock["calls"]] == ["no_answer", "confirmed"]


def test_a_refusal_after_a_confirmation_opens_an_item_that_offers_the_backup(each_world):
    backup = each_world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="宽城", state="open", accepts=["close_contact"])
    trip = Trip(each_world, backup_site=backup)
    trip.says("record_dock_call", **CALL)
    answer = {**ACCEPTED, "answer": "refused", "reason": "no_power_or_heat"}
    assert verdict_of(trip.says("answer_docking", by="receiver1", **answer)) == ("flagged", "dock.refused_after_confirmation")
    assert (trip.transfer.dock["state"], trip.transfer.dock["on_behalf"]) == ("refused", False)
    [item] = trip.read_all(Conflict, state="open")
    assert item.values[-1]["backup"] == backup


def test_the_site_answers_once(world):
    trip = Trip(world)
    assert verdict_of(trip.says("answer_docking", by="receiver1", **ACCEPTED)) == APPLIED
    assert verdict_of(trip.says("answer_docking", by="head1", **ACCEPTED)) == ("refused", "transfer.dock_already_answered")


def test_beds_rooms_and_the_staff_of_the_shift_are_three_answers_each_with_its_time(each_world):
    trip = Trip(each_world)
    later = each_world.clock.now() + timedelta(hours=1)
    trip.says("answer_docking", by="receiver1", **{**ACCEPTED, "rooms_ready": False, "rooms_ready_at": later, "staff_ready_at": later})
    dock = trip.transfer.dock
    assert (dock["beds_ready"], dock["rooms_ready"], dock["staff_ready"]) == (True, False, True)
    assert (dock["rooms_ready_at"], dock["staff_ready_at"]) == (later.isoformat(), None)


def test_a_call_tells_the_three_answers_too_and_shows_none_that_was_not_asked(each_world):
    trip = Trip(each_world)
    trip.says("record_dock_call", **CALL)
    assert "beds_ready" not in trip.transfer.dock
    later = each_world.clock.now() + timedelta(hours=1)
    told = {"beds_ready": True, "rooms_ready": False, "rooms_ready_at": later, "staff_ready": True}
    each_world.do("record_dock_call", trip.id, by="dispatcher", **CALL, **told)
    dock = trip.transfer.dock
    assert (dock["beds_ready"], dock["rooms_ready"], dock["rooms_ready_at"], dock["staff_ready"]) == (True, False, later.isoformat(), True)
    assert dock["calls"][-1]["rooms_ready_at"] == later.isoformat()
    assert dock_body(dock)["ready"]["rooms"] == {"ready": False, "at": later.isoformat()}


def test_a_site_that_was_not_ready_answers_again_when_it_is(world):
    trip = Trip(world)
    trip.says("answer_docking", by="receiver1", **{**ACCEPTED, "beds_ready": False})
    assert verdict_of(trip.says("answer_docking", by="head1", **ACCEPTED)) == APPLIED
    assert trip.transfer.dock["beds_ready"] is True
    assert verdict_of(trip.says("answer_docking", by="receiver1", **ACCEPTED)) == ("refused", "transfer.dock_already_answered")


def test_a_site_confirms_again_when_its_word_has_grown_old(world):
    trip = Trip(world)
    trip.says("answer_docking", by="receiver1", **ACCEPTED)
    world.pass_time(minutes=61)
    assert verdict_of(trip.says("answer_docking", by="receiver1", **ACCEPTED)) == APPLIED


def test_the_site_answers_after_a_confirmation_by_telephone(world):
    trip = Trip(world)
    trip.says("record_dock_call", **CALL)
    assert verdict_of(trip.says("answer_docking", by="receiver1", **ACCEPTED)) == APPLIED
    assert (trip.transfer.dock["state"], len(trip.transfer.dock["calls"])) == ("confirmed", 1)


def test_an_ended_transfer_is_not_answered(world):
    trip = Trip(world)
    world.do("cancel_transfer", trip.id, reason="改派")
    assert verdict_of(trip.says("answer_docking", by="receiver1", **ACCEPTED)) == ("refused", "transfer.already_ended")


def test_the_site_gives_rooms_and_those_held_before_are_free_again(each_world):
    trip = Trip(each_world)
    seventh = each_world.rooms[6]
    assert verdict_of(trip.says("answer_docking", by="receiver1", **ACCEPTED, rooms={trip.lines[0]: seventh})) == APPLIED
    assert (trip.line(0).room_id, trip.room(0).state) == (seventh, "ready")
    assert trip.transfer.dock["rooms_promised"] == 2


def test_a_room_that_is_not_ready_cannot_be_given(world):
    trip = Trip(world)
    trip.says("set_room_state", by="receiver1", target=world.rooms[6], state="blocked")
    answer = {**ACCEPTED, "rooms": {trip.lines[0]: world.rooms[6]}}
    assert verdict_of(trip.says("answer_docking", by="receiver1", **answer)) == ("refused", "room.not_ready")
    assert trip.transfer.dock == {}


def test_two_strangers_are_not_given_one_room(world):
    trip = Trip(world)
    rooms = dict.fromkeys(trip.lines, world.rooms[6])
    assert verdict_of(trip.says("answer_docking", by="receiver1", **ACCEPTED, rooms=rooms)) == ("refused", "room.not_ready")


def test_a_whole_check_is_applied_and_a_missing_item_a_warning(each_world):
    trip = Trip(each_world)
    assert verdict_of(trip.checked()) == APPLIED
    assert verdict_of(trip.checked(items={**ALL_ITEMS, "heating": False})) == ("flagged", "check.incomplete")
    assert trip.transfer.vehicle_check["missing"] == ["heating"]


def test_nothing_is_taken_for_granted(world):
    trip = Trip(world)
    trip.checked(items={})
    assert trip.transfer.vehicle_check["missing"] == list(ITEMS)


def test_everybody_in_the_crew_has_protection_on(world):
    trip = Trip(world)
    on_at = world.clock.now().isoformat()
    verdict = trip.checked(ppe=[{"user": world.users["driver1"], "on_at": on_at}])
    assert verdict_of(verdict) == ("flagged", "check.incomplete")
    assert trip.transfer.vehicle_check["without_ppe"] == ["escort1"]


def test_nobody_checks_their_own_list(world):
    trip = Trip(world)
    assert verdict_of(trip.checked(checker_name="driver1")) == ("flagged", "checker.same_person")
    assert verdict_of(trip.checked(checker_name="driver1", checker_kind="dispatcher_by_phone")) == APPLIED


def test_a_commanders_override_survives_the_next_check(world):
    trip = Trip(world)
    trip.checked(items={**ALL_ITEMS, "heating": False})
    world.do("override_readiness", trip.id, by="commander", item="heating", reason="毯子已上车")
    trip.checked(items={**ALL_ITEMS, "heating": False})
    assert trip.transfer.vehicle_check["overrides"]["heating"]["reason"] == "毯子已上车"


def test_a_route_without_the_night_stop_or_a_stop_is_incomplete(world):
    trip = Trip(world)
    assert verdict_of(trip.routed()) == APPLIED
    assert verdict_of(trip.routed(night_checked=False)) == ("flagged", "check.incomplete")
    assert verdict_of(trip.routed(stops=[])) == ("flagged", "check.incomplete")
