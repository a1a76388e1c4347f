"""The page of a conflict: what each side says stands in words, and no code of the program beside them."""

import re
from datetime import timedelta

import pytest

from server.store.conflicts import Conflict
from server.store.database import db
from tests.console.browser import Browser
from tests.domain.test_releases import occupant
from tests.domain.test_rooms import seen
from tests.domain.test_stay_days import WELL
from tests.trip import CLEAN, Trip

CODE = re.compile(r"[a-z]+(?:[_.][a-z]+)+|\b(?:other|agent|order|aired|fever|cough|birthday|returned|chlorine)\b")


@pytest.fixture
def disputes(world):
    """A day on which much went wrong: at the door, in the vehicle, in a room, at the gate."""
    trip = Trip(world, people=2).prepared()
    trip.says("plan_route", stops=[], minutes=60, night_checked=False)
    trip.says("check_vehicle", items={}, ppe=[], checker_kind="crew", checker_name="driver1")
    trip.verified(0, identity=["id_card"], agrees="objects", pets={"answer": "alone", "who": None})
    trip.says("board_person", 0, identity=["birthday"], mask=True, seat=None)
    trip.says("record_outcome", 1, outcome="absent", note=None)
    trip.says("receive_person", 0, by="receiver1", outcome="refused", reason="other", room=None)
    trip.says("disinfect_vehicle", **{**CLEAN, "contact_minutes": 5})
    seen(trip, world.rooms[6], "vacated_dirty")
    seen(trip, world.rooms[6], "ready")
    stay = occupant(world, "0208")
    world.do("record_health", stay.id, by="receiver1", **{**WELL, "temperature": 38.2, "symptoms": ["fever", "cough"]})
    Trip.home(world, [stay.person_id]).boarded(0)
    world.clock.set(world.clock.now() + timedelta(minutes=9))
    world.do("record_health", stay.id, by="receiver1", **WELL)
    return world


def test_no_side_of_a_conflict_speaks_in_codes(disputes):
    desk = Browser(disputes, "dispatcher")
    items = db.session.query(Conflict).all()
    assert len({item.code for item in items}) >= 8
    for item in items:
        page = desk.open(f"/conflicts/{item.id}")
        sides = " ".join(part.text for part in page.all("ul") if part["class"] == "sides")
        assert not CODE.search(sides), (item.code, sides)
        assert item.code not in page.text
    assert not CODE.search(desk.open("/conflicts").with_id("live-conflicts").text)


def test_why_somebody_was_refused_at_the_gate_is_said_once(disputes):
    [refused] = db.session.query(Conflict).filter_by(code="reception.refused")
    sides = Browser(disputes, "dispatcher").open(f"/conflicts/{refused.id}")
    told = [fact.text for side in sides.all("ul") if side["class"] == "sides" for fact in side.all("dd")]
    assert told.count("其他") == 1
