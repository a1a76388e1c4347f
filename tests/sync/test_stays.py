"""A site's phone and the people in its rooms: it holds their clocks, and what it tells of them comes back the same."""

from server.store.conflicts import Conflict
from server.store.database import db
from server.store.rooms import Stay
from tests.domain.test_releases import occupant
from tests.sync.phone import Phone
from tests.trip import Trip, verdict_of

NEGATIVE = {"result": "negative", "kind": "person", "taken_at": None, "ct": None, "samples": 2, "note": None}
PLAIN = {"index_negative": False, "allowed_by": None, "reason": None, "note": None}
WELL = {"part": "evening", "temperature": None, "symptoms": [], "medicine_days": None, "request": None}


def at_the_site(world) -> tuple[Phone, str]:
    stay = occupant(world).id
    phone = Phone(world, "receiver1")
    phone.sync()
    return phone, stay


def test_a_site_holds_the_clock_of_each_who_stays(world):
    phone, stay = at_the_site(world)
    body = phone.body("stay", stay)
    assert (body["pack"], body["clock_basis"], body["clock_from"], body["due_at"]) == (
        "CN-8+2022-03",
        "last_exposure",
        "2022-03-20",
        "2022-04-03",
    )
    due = [(test["day"], test["on"]) for test in body["clock"]["tests_due"]]
    assert due == [(1, "2022-03-21"), (4, "2022-03-24"), (7, "2022-03-27"), (14, "2022-04-03")]
    assert (body["clock"]["release"], body["clock"]["samples"], body["tests"], body["released"]) == ("last_test", 2, [], None)


def test_a_test_a_round_and_a_release_told_by_the_phone_come_back_in_the_stay(each_world):
    phone, stay = at_the_site(each_world)
    for type, args in (("record_test_result", NEGATIVE), ("record_health", WELL), ("release_stay", PLAIN)):
        phone.record(type, stay, **args)
    phone.sync()
    body = phone.body("stay", stay)
    assert [test["on"] for test in body["tests"]] == ["2022-04-03"]
    assert [(check["day"], check["part"], check["temperature"]) for check in body["health"]] == [("2022-04-03", "evening", None)]
    assert (body["released"]["certificate_no"], body["released"]["by"], body["ended_at"]) == ("S1-20220403-001", "receiver1", None)


def test_a_release_that_the_edition_does_not_allow_is_refused_and_its_author_sees_why(world):
    phone, stay = at_the_site(world)
    made = phone.record("release_stay", stay, **PLAIN)
    phone.sync()
    receipt = phone.body("receipt", made.id)
    assert (receipt["verdict"], receipt["code"]) == ("refused", "stay.lacks_test")
    assert phone.body("stay", stay)["released"] is None


def test_a_room_on_hold_is_empty_on_the_phones_when_the_one_found_positive_has_been_moved(each_world):
    phone, id = at_the_site(each_world)
    phone.record("record_test_result", id, **{**NEGATIVE, "result": "positive"})
    phone.sync()
    stay = db.session.get(Stay, id)
    assert (phone.body("room", stay.room_id)["state"], phone.body("room", stay.room_id)["stay"]) == ("hold", id)
    hospital = {"kind": "elsewhere", "name": "定点医院", "address": "和平路"}
    Trip.of(each_world, [stay.person_id], kind="hospital", destination=hospital).boarded(0)
    phone.sync()
    assert (phone.body("room", stay.room_id)["state"], phone.body("room", stay.room_id)["stay"]) == ("hold", None)


def test_a_room_on_hold_shows_again_who_was_boarded_by_mistake_and_put_down(each_world):
    """The hold stays as it is all the while, and the phones must hear who is behind the door (seeds 2529 and 6713)."""
    phone, id = at_the_site(each_world)
    stay = db.session.get(Stay, id)
    each_world.do("set_category", stay.person_id, category="screen_positive")
    hospital = {"kind": "elsewhere", "name": "定点医院", "address": "和平路"}
    trip = Trip.of(each_world, [stay.person_id], kind="hospital", destination=hospital)
    trip.boarded(0)
    phone.sync()
    assert (phone.body("room", stay.room_id)["state"], phone.body("room", stay.room_id)["stay"]) == ("hold", None)
    each_world.do("put_down_person", trip.id, line=trip.lines[0], reason="上错车")
    phone.sync()
    assert (phone.body("room", stay.room_id)["state"], phone.body("room", stay.room_id)["stay"]) == ("hold", id)


def test_a_positive_that_is_taken_back_leaves_the_lists_of_the_crew_too(each_world):
    """What a list says of somebody is their category: with a mistake taken back it is the one before (seeds 1182 and 2838)."""
    phone, id = at_the_site(each_world)
    trip = Trip.home(each_world, [db.session.get(Stay, id).person_id])
    crew = Phone(each_world, "driver1")

    def listed_as() -> str:
        crew.sync()
        [line] = crew.body("transfer", trip.id)["lines"]
        return line["category"]

    tested = phone.record("record_test_result", id, **{**NEGATIVE, "result": "positive"})
    phone.sync()
    assert listed_as() == "screen_positive"
    phone.record("withdraw", id, operation=tested.id)
    phone.sync()
    assert listed_as() == "close_contact"


def test_a_shared_room_shows_who_is_left_in_it_and_again_who_did_not_leave_after_all(world):
    one, other = occupant(world, name="甲"), occupant(world, name="乙")
    phone = Phone(world, "receiver1")
    home = Trip.home(world, [one.person_id])

    def shown() -> str:
        phone.sync()
        return phone.body("room", one.room_id)["stay"]

    assert shown() == one.id
    boarded = home.boarded(0)
    assert shown() == other.id
    assert verdict_of(home.says("withdraw", operation=boarded.id)) == ("applied", None)
    assert shown() == one.id


def test_a_fever_told_by_the_phone_is_an_item_of_the_site(world):
    phone, stay = at_the_site(world)
    phone.record("record_health", stay, **{**WELL, "temperature": 38.1})
    phone.sync()
    [item] = db.session.query(Conflict).filter_by(code="stay.fever")
    assert phone.body("conflict", item.id)["room"] == phone.body("stay", stay)["room"]
