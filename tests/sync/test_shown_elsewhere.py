"""P5: a transfer shows people, places, a vehicle and a crew that are registered elsewhere. When a desk changes one of them, every phone
that has the transfer hears of it: planned, under way with some delivered, ended an hour ago, or ended long ago with somebody still in a
driver's hands."""

from collections.abc import Callable

import pytest

from server.ticker import pass_time
from tests.sync.phone import Phone
from tests.sync.test_feed import assert_at_rest
from tests.sync.test_stays import NEGATIVE, PLAIN, at_the_site
from tests.sync.test_what_a_site_may_know import a_settled_item
from tests.trip import Trip
from tests.world import ADMINISTRATOR, World

PHONES = ("driver1", "escort1", "receiver1")


def planned(world: World) -> Trip:
    return Trip(world)


def under_way(world: World) -> Trip:
    """One of the two was received, the other sits in the coach."""
    trip = Trip(world).at_the_gate()
    trip.received(0)
    return trip


def ended(world: World) -> Trip:
    """An hour ago."""
    trip = Trip(world).at_the_gate().handed_over()
    world.pass_time(hours=1)
    pass_time(world.clock.now())
    return trip


def left_in_hands(world: World) -> Trip:
    """Cancelled eleven days ago; a fact that came late put one person into the driver's hands."""
    trip = Trip(world)
    world.do("cancel_transfer", trip.id, by="dispatcher", reason="住户改期")
    trip.boarded(0)
    world.pass_time(days=11)
    pass_time(world.clock.now())
    return trip


def nothing(trip: Trip) -> None:
    """As it stands before any change."""


def a_name(trip: Trip) -> None:
    for n, person in enumerate(trip.people):
        name = trip.person(n).name
        trip.world.do("edit_person", person, by="dispatcher", changes={"name": {"was": name, "now": f"{name}改"}})


def a_category(trip: Trip) -> None:
    for person in trip.people:
        trip.world.do("set_category", person, by="dispatcher", category="confirmed")


def a_site(trip: Trip) -> None:
    known = {"code": "S1", "name": "北湖酒店", "kind": "hotel", "area": "宽城", "state": "open", "accepts": ["close_contact"]}
    trip.world.do("save_site", address="北湖路 9 号", **known)


def a_crew(trip: Trip) -> None:
    trip.world.do("change_user", trip.world.users["driver1"], by=ADMINISTRATOR, name="李师傅", phone="14200000077")


def a_vehicle(trip: Trip) -> None:
    plate = trip.vehicle.plate
    trip.world.do("save_vehicle", plate=plate, kind=trip.vehicle.kind, seats=trip.vehicle.seats + 4, area="宽城")


def a_vehicles_state(trip: Trip) -> None:
    trip.world.do("set_vehicle_state", trip.world.vehicle, by="dispatcher", state="out_of_service", reason="抛锚")


CHANGES = (nothing, a_name, a_category, a_site, a_crew, a_vehicle, a_vehicles_state)


@pytest.mark.parametrize("standing", (planned, under_way, ended, left_in_hands), ids=lambda standing: standing.__name__)
def test_what_a_transfer_shows_of_others_is_heard_of_when_it_changes(each_world, standing: Callable):
    trip = standing(each_world)
    phones = [Phone(each_world, name) for name in PHONES]
    for change in CHANGES:
        change(trip)
        for phone in phones:
            phone.sync()
            assert_at_rest(phone)
        assert phones[0].shows("transfer") == {trip.id}


def test_an_item_says_the_name_of_who_told_and_who_decided_as_it_is_now(each_world):
    item = a_settled_item(each_world)
    phone = Phone(each_world, "receiver1")
    phone.sync()
    for username in ("receiver1", "desk1"):
        each_world.do("change_user", each_world.users[username], by=ADMINISTRATOR, name=f"{username}改")
        phone.sync()
        assert_at_rest(phone)
        assert f"{username}改" in str(phone.body("conflict", item))


def test_a_stay_says_the_name_of_who_released_it_as_it_is_now(each_world):
    phone, stay = at_the_site(each_world)
    for type, args in (("record_test_result", NEGATIVE), ("release_stay", PLAIN)):
        phone.record(type, stay, **args)
    phone.sync()
    each_world.do("change_user", each_world.users["receiver1"], by=ADMINISTRATOR, name="吴前台")
    phone.sync()
    assert_at_rest(phone)
    assert phone.body("stay", stay)["released"]["by"] == "吴前台"
