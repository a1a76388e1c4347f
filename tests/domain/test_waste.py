"""Infectious waste leaves a site under a register: bags, two names, no more than two days in store."""

from sqlalchemy import select

from server.store.waste import WastePickup
from tests.console.browser import Browser
from tests.trip import Trip, verdict_of

SIGNED = {"bags": 6, "weight_kg": 41.5, "handed_by": "周敏", "collected_by": "冯师傅"}


def collected(trip, by: str = "receiver1", **more):
    return trip.says("record_waste", by=by, target=trip.world.site, **{**SIGNED, **more})


def register(trip) -> list[WastePickup]:
    return trip.read(select(WastePickup).order_by(WastePickup.collected_at))


def test_a_collection_is_kept_with_both_names_and_counts_from_the_one_before(each_world):
    trip = Trip(each_world)
    assert verdict_of(collected(trip)) == ("applied", None)
    each_world.pass_time(hours=20)
    assert verdict_of(collected(trip, bags=3)) == ("applied", None)
    first, second = register(trip)
    assert (first.bags, first.handed_by, first.collected_by) == (6, "周敏", "冯师傅")
    assert second.stored_since == first.collected_at


def test_more_than_two_days_in_store_is_shown_to_people(each_world):
    trip = Trip(each_world)
    collected(trip)
    each_world.pass_time(hours=49)
    assert verdict_of(collected(trip)) == ("flagged", "waste.too_long")
    assert len(register(trip)) == 2


def test_one_name_is_no_two_signatures(world):
    trip = Trip(world)
    assert verdict_of(collected(trip, collected_by=" 周敏")) == ("flagged", "waste.one_name")


def test_a_collection_that_was_a_wrong_tap_is_taken_back(each_world):
    trip = Trip(each_world)
    said = collected(trip)
    each_world.pass_time(seconds=20)
    assert verdict_of(trip.says("withdraw", by="receiver1", target=each_world.site, operation=said.id)) == ("applied", None)
    assert register(trip) == []


def test_another_sites_receiver_tells_nothing_of_this_one(world):
    other = world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="宽城", state="open", accepts=[])
    world.user("receiver", "receiver2", site_id=other)
    assert verdict_of(collected(Trip(world), by="receiver2")) == ("refused", "target.unknown")


def test_the_register_shows_each_collection_and_a_desk_adds_what_is_on_paper(world):
    trip, desk = Trip(world), Browser(world, "dispatcher")
    collected(trip)
    page = desk.open(f"/sites/{world.site}/waste")
    assert "周敏" in page.text
    assert "41.5" in page.text
    desk.send(
        f"/sites/{world.site}/waste/new", bags="2", weight_kg="", stored_since="", handed_by="甲", collected_by="乙", company="", note=""
    )
    assert [row.bags for row in register(trip)] == [6, 2]
