"""The counts that the database keeps equal a recount, whatever is written, by whom, and on both engines."""

from datetime import date, timedelta

from sqlalchemy import delete, func, select, text, update

from server.store.database import db, transaction
from server.store.kept_counts import KEPT, SiteRooms, count_anew, not_counting
from server.store.rooms import Room, Stay
from tests.counted import counted_by_hand, kept
from tests.domain.test_rooms import turned_over
from tests.trip import Trip, verdict_of


def test_who_comes_leaves_and_is_taken_back_and_a_room_turned_over_are_counted_once(each_world):
    trip = Trip(each_world).at_the_gate()
    assert kept() == counted_by_hand()
    came = trip.received(0)
    assert kept() == counted_by_hand()
    assert sum(kept()["stay_hour"].values()) == 1
    assert verdict_of(trip.says("withdraw", by="receiver1", operation=came.id)) == ("applied", None)
    assert kept() == counted_by_hand()
    assert not kept()["stay_hour"]
    turned_over(trip, each_world.rooms[5])
    assert kept() == counted_by_hand()
    assert len(kept()["turnover_minutes"]) == 7
    assert all(count > 0 for counts in kept().values() for count in counts.values())


def test_what_is_written_past_every_verb_is_counted_too(each_world):
    """A hand on the database: other days, other rooms, rows that go."""
    for number in (1, 2, 3):
        who = {"name": f"住{number}", "category": "close_contact", "last_exposed_on": date(2022, 4, 1)}
        place = {"site": "S1", "building": "主楼", "floor": "2", "number": f"020{number}"}
        each_world.do("save_occupant", **place, checked_in_at=each_world.clock.now() - timedelta(days=number), **who)
    assert sum(kept()["site_leaving"].values()) == 3
    with transaction() as session:
        one, two, three = session.connection().execute(select(Stay.__table__.c.id)).scalars()
        stays, rooms = Stay.__table__, Room.__table__
        session.connection().execute(update(stays).where(stays.c.id == one).values(due_on=None))
        gone = {"ended_at": each_world.clock.now(), "ended_how": "withdrawn"}
        session.connection().execute(update(stays).where(stays.c.id == two).values(**gone))
        session.connection().execute(delete(stays).where(stays.c.id == three))
        session.connection().execute(update(rooms).where(rooms.c.id == each_world.rooms[7]).values(kind="barrier_free", state="blocked"))
    assert kept() == counted_by_hand()
    assert sum(kept()["site_leaving"].values()) == 0


def test_a_count_that_went_wrong_is_right_again_once_it_is_counted_anew(each_world):
    Trip(each_world)
    right = kept()
    with transaction() as session:
        session.connection().execute(text("UPDATE site_rooms SET rooms = rooms + 5"))
        count_anew(session.connection())
    assert kept() == right


def test_while_whole_tables_are_loaded_nothing_is_counted_twice(each_world):
    before = kept()
    with transaction() as session:
        with not_counting(session.connection()):
            rooms = Room.__table__
            session.connection().execute(update(rooms).values(state="blocked"))
            session.connection().execute(update(rooms).values(state="ready"))
            session.connection().execute(delete(SiteRooms.__table__))
        assert session.scalar(select(func.count()).select_from(SiteRooms)) == 0
        count_anew(session.connection())
    assert kept() == before
    each_world.do("set_room_state", each_world.rooms[0], by="receiver1", state="blocked", reason="停水")
    assert kept() == counted_by_hand() != before


def test_the_database_has_every_trigger_that_keeps_a_count(each_app):
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    found = set(db.session.scalars(text(names[db.engine.dialect.name])))
    ends = ("_added", "_changed", "_gone") if db.engine.dialect.name == "sqlite" else ("",)
    assert found == {f"keep_{one.name}{end}" for one in KEPT for end in ends}
    assert {one.name for one in KEPT} == set(kept())
