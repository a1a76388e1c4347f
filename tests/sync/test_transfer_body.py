"""How a phone sees what was told: names instead of ids, the crew's half and the site's half."""

from sqlalchemy import select

from server.store.database import db, snapshot
from server.store.users import User
from tests.sync.phone import Phone
from tests.sync.town import bodies_for
from tests.trip import ALL_ITEMS, CALL, Trip
from tests.world import ADMINISTRATOR

LINE_OF_THE_AGREEMENT = {
    "id", "person", "position", "stop", "household", "name", "age", "sex", "id_tail", "category", "case_type", "address", "phone",
    "second_phone", "needs", "words", "room", "from_room", "state", "verified", "boarded_at", "outcome", "outcome_at", "received", "note",
}  # fmt: skip


def seen(trip: Trip, username: str) -> dict:
    with snapshot() as session:
        user = session.scalar(select(User).where(User.username == username))
        body = bodies_for(session, user, ("transfer", trip.id))["transfer", trip.id]
    db.session.rollback()
    return body


def test_what_was_told_is_shown_by_the_name_of_who_said_it(world):
    trip = Trip(world)
    trip.says("record_dock_call", **CALL)
    trip.checked(items={**ALL_ITEMS, "heating": False})
    world.do("override_readiness", trip.id, by="commander", item="heating", reason="毯子已上车")
    trip.routed()
    trip.verified(0)
    trip.says("record_moment", moment="en_route", allowed_by="郑主任")
    trip.says("record_moment", moment="at_pickup", stop="north")
    trip.says("report_problem", step="move", reason="vehicle_breakdown")
    body = seen(trip, "driver1")
    assert body["dock"]["state"] == "confirmed_by_phone"
    assert body["dock"]["on_behalf"] is True
    assert [call["by"] for call in body["dock"]["calls"]] == ["driver1"]
    assert [(one["item"], one["by"]) for one in body["vehicle_check"]["overrides"]] == [("heating", "commander")]
    assert (body["route"]["by"], body["lines"][0]["verified"]["by"]) == ("driver1", "driver1")
    assert (body["moments"]["en_route"]["by"], body["moments"]["en_route"]["allowed_by"]) == ("driver1", "郑主任")
    assert body["moments"]["at_pickup"]["stops"]["north"]["by"] == "driver1"
    assert [(problem["reason"], problem["by"]) for problem in body["problems"]] == [("vehicle_breakdown", "driver1")]
    assert body["steps"]["vehicle"]["state"] == "done"
    assert (body["steps"]["vehicle"]["owner"], body["steps"]["dock"]["owner"]) == ("driver1", "北湖酒店")


def test_the_crew_sees_door_and_telephone_until_the_person_is_aboard_and_the_site_never(world):
    trip = Trip(world).at_the_door()
    assert seen(trip, "driver1")["lines"][0]["phone"]
    assert seen(trip, "receiver1")["lines"][0]["phone"] is None
    assert seen(trip, "receiver1")["lines"][0]["category"] == "close_contact"
    trip.boarded(0)
    crew = seen(trip, "driver1")["lines"]
    assert (crew[0]["phone"], crew[0]["address"]) == (None, None)
    assert crew[1]["phone"]


def test_a_line_carries_every_field_of_the_agreement(world):
    trip = Trip(world).at_the_gate()
    trip.received(0)
    line = seen(trip, "receiver1")["lines"][0]
    assert set(line) >= LINE_OF_THE_AGREEMENT
    assert (line["received"]["outcome"], line["received"]["by"], line["received"]["side"]) == ("received", "receiver1", "site")
    assert line["received"]["room"] == trip.rooms[0]


def test_another_telephone_of_the_site_or_of_the_crew_reaches_the_transfers_that_show_it(each_world):
    trip, phone = Trip(each_world), Phone(each_world, "driver1")
    phone.sync()
    each_world.do("save_site", area="宽城", code="S1", duty_phone="14200000099")
    each_world.do("save_vehicle", plate="吉A·T0001", seats=30)
    each_world.do("change_user", each_world.users["escort1"], by=ADMINISTRATOR, phone="14200000077")
    phone.sync()
    body = phone.body("transfer", trip.id)
    assert (body["destination"]["phone"], body["vehicle"]["seats"]) == ("14200000099", 30)
    assert "14200000077" in [member["phone"] for member in body["crew"]]
