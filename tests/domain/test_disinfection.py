"""After the trip: without a whole disinfection the vehicle is not sent again."""

import pytest

from server.problems import Refused
from tests.trip import CLEAN, Trip, verdict_of


def test_a_whole_disinfection_makes_the_vehicle_clean(each_world):
    trip = Trip(each_world).at_the_gate().handed_over()
    each_world.pass_time(minutes=65)
    assert verdict_of(trip.says("disinfect_vehicle", **CLEAN)) == ("applied", None)
    assert trip.vehicle.state == "clean_ready"
    assert Trip(each_world).transfer.vehicle_id == each_world.vehicle


@pytest.mark.parametrize(
    "less", [{"contact_minutes": 29}, {"aired_minutes": 10}, {"strength_mg_l": 250}, {"agent": "uv", "contact_minutes": 59}]
)
def test_less_than_the_rule_pack_asks_is_kept_and_the_vehicle_stays_unclean(world, less):
    trip = Trip(world).at_the_gate().handed_over()
    world.pass_time(minutes=90)
    assert verdict_of(trip.says("disinfect_vehicle", **{**CLEAN, **less})) == ("flagged", "disinfection.too_little")
    assert trip.vehicle.state == "disinfecting"
    with pytest.raises(Refused):
        Trip(world)
    assert verdict_of(trip.says("disinfect_vehicle", **CLEAN)) == ("applied", None)
    assert trip.vehicle.state == "clean_ready"


def test_minutes_that_do_not_fit_since_the_last_person_left_do_not_count(world):
    trip = Trip(world).at_the_gate().handed_over()
    world.pass_time(minutes=40)
    assert verdict_of(trip.says("disinfect_vehicle", **CLEAN)) == ("flagged", "disinfection.too_little")
    assert trip.vehicle.state == "disinfecting"


def test_a_vehicle_disinfected_before_the_site_signed_stays_clean(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    trip.received(1)
    world.pass_time(minutes=65)
    trip.says("disinfect_vehicle", **CLEAN)
    trip.signed("crew", {0: "received", 1: "received"})
    trip.signed("site", {0: "received", 1: "received"})
    assert (trip.transfer.state, trip.vehicle.state) == ("closed", "clean_ready")


def test_a_late_record_of_an_earlier_trip_does_not_clean_the_vehicle_of_a_later_one(world):
    first = Trip(world).at_the_gate().handed_over()
    world.pass_time(minutes=65)
    first.says("disinfect_vehicle", **CLEAN)
    second = Trip(world, people=1).at_the_gate().handed_over()
    assert second.vehicle.state == "contaminated"
    first.says("disinfect_vehicle", **{**CLEAN, "agent": "uv", "contact_minutes": 60}, ago=600)
    assert second.vehicle.state == "contaminated"
