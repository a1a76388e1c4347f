"""The vehicle's moments, and what is flagged when a gate was passed."""

from datetime import timedelta

from tests.trip import Trip, verdict_of

APPLIED = ("applied", None)


def test_the_moments_carry_transfer_and_vehicle_forward(each_world):
    trip = Trip(each_world).prepared()
    states = []
    for moment in ("en_route", "at_pickup", "people_called"):
        assert verdict_of(trip.says("record_moment", moment=moment)) == APPLIED
        states.append((trip.transfer.state, trip.vehicle.state))
    trip.boarded(0)
    states.append((trip.transfer.state, trip.vehicle.state))
    trip.says("record_moment", moment="at_site")
    states.append((trip.transfer.state, trip.vehicle.state))
    assert states == [
        ("under_way", "to_pickup"),
        ("under_way", "at_pickup"),
        ("under_way", "at_pickup"),
        ("under_way", "loaded"),
        ("arrived", "at_site"),
    ]


def test_leaving_unprepared_is_kept_and_each_gate_is_shown(world):
    trip = Trip(world)
    assert verdict_of(trip.says("record_moment", moment="en_route")) == ("flagged", "gate.not_met.safe.readiness")
    assert sorted(trip.items()) == ["gate.not_met.safe.driver_hours", "gate.not_met.safe.readiness", "gate.not_met.steps"]
    assert trip.transfer.moments["en_route"]


def test_a_named_person_may_allow_the_steps_but_nobody_the_driver_hours(world):
    trip = Trip(world)
    trip.says("record_moment", moment="en_route", allowed_by="郑主任")
    assert sorted(trip.items()) == ["gate.not_met.safe.driver_hours", "gate.not_met.safe.readiness", "gate.passed"]


def test_people_called_before_the_vehicle_is_there_wait_for_it(world):
    trip = Trip(world).prepared()
    assert verdict_of(trip.says("record_moment", moment="people_called")) == ("flagged", "gate.not_met.vehicle_waits")


def test_a_docking_older_than_the_setting_is_not_fresh(world):
    trip = Trip(world).at_the_door()
    world.pass_time(minutes=world.app.config["BIHUAN"].dock_fresh_minutes + 1)
    assert verdict_of(trip.says("record_moment", moment="left_pickup")) == ("flagged", "gate.not_met.room_waits.dock")


def test_what_happened_before_the_docking_grew_old_is_judged_by_its_own_time(world):
    trip = Trip(world).at_the_door()
    world.pass_time(minutes=world.app.config["BIHUAN"].dock_fresh_minutes + 1)
    assert verdict_of(trip.says("record_moment", moment="left_pickup", ago=600)) == APPLIED


def test_nobody_drives_in_the_night_stop(world):
    trip = Trip(world)
    world.clock.set(world.clock.now() + timedelta(hours=5, minutes=30))  # 01:30, and an hour to go
    trip.prepared()
    assert verdict_of(trip.says("record_moment", moment="en_route", allowed_by="郑主任")) == ("flagged", "gate.not_met.safe.night")


def test_once_anyone_is_aboard_no_gate_is_asked(world):
    trip = Trip(world)
    trip.verified(0)
    trip.boarded(0)
    assert verdict_of(trip.says("record_moment", moment="left_pickup")) == APPLIED


def test_a_moment_told_twice_keeps_the_first_and_shows_times_far_apart(world):
    trip = Trip(world).prepared()
    trip.says("record_moment", moment="en_route")
    first = trip.transfer.moments["en_route"]["at"]
    assert verdict_of(trip.says("record_moment", moment="en_route", by="escort1")) == APPLIED
    world.pass_time(minutes=10)
    assert verdict_of(trip.says("record_moment", moment="en_route", by="escort1")) == ("flagged", "told_differently")
    assert trip.transfer.moments["en_route"]["at"] == first


def test_each_stop_of_a_round_keeps_its_own_moment(world):
    trip = Trip(world).prepared()
    for stop in ("first", "second"):
        assert verdict_of(trip.says("record_moment", moment="at_pickup", stop=stop)) == APPLIED
    assert list(trip.transfer.moments["at_pickup"]["stops"]) == ["first", "second"]


def test_a_problem_blocks_its_step_until_it_is_solved(each_world):
    trip = Trip(each_world)
    told = trip.says("report_problem", step="route", reason="accident", line=None, note="前方事故")
    assert verdict_of(told) == APPLIED
    assert trip.steps["route"]["blocked_by"] == "accident"
    trip.says("solve_problem", problem=told.id)
    assert trip.steps["route"]["blocked_by"] is None


def test_an_emergency_is_heard_in_every_state(world):
    trip = Trip(world)
    trip.says("report_emergency", line=None, called_120=True, note="胸痛")
    world.do("cancel_transfer", trip.id, reason="改派")
    verdict = trip.says("report_emergency", 0, called_120=True)
    assert verdict_of(verdict) == ("flagged", "fact.on_cancelled_transfer")
    assert len(trip.transfer.emergencies) == 2
