"""What a site did on a day, kept at 24:00: worked through by hand, and counted again from the operations by plain dictionaries."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from server.domain.acts import Incoming
from server.domain.turnover_rules import CHECKLIST
from server.domain.write_path import perform
from server.store.database import db
from server.store.lists.places import held_with_guests
from server.store.site_days import SiteDay
from server.ticker import pass_time
from tests.domain.test_releases import occupant
from tests.domain.test_stay_days import WELL
from tests.trip import Trip
from tests.world import OPERATOR

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 3600
RECORD = {"agent": "chlorine", "strength_mg_l": 1000, "contact_minutes": 30, "aired_minutes": 30, "provisioned": list(CHECKLIST)}
THIRD, FOURTH, FIFTH = date(2022, 4, 3), date(2022, 4, 4), date(2022, 4, 5)


def at(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)


def later(world, day: date, hour: float = 0) -> None:
    """The clock goes on to this hour, and what is due is done."""
    world.clock.set(at(day, hour))
    pass_time(world.clock.now())


def seen(world, room: int, state: str, reason: str | None = None, by: str = "receiver1", **record) -> None:
    world.do("set_room_state", world.rooms[room], by=by, state=state, reason=reason, **record)


def kept(world, day: date) -> SiteDay | None:
    db.session.expire_all()
    return db.session.scalar(select(SiteDay).where(SiteDay.site_id == world.site, SiteDay.day == day))


def test_at_midnight_each_site_s_day_is_kept_once(each_world):
    """Eight rooms from 20:00 on: one is lived in from 21:00, one blocked from 22:00."""
    world = each_world
    world.clock.set(at(THIRD, 21))
    seen(world, 0, "occupied", reason="走进来的")
    world.clock.set(at(THIRD, 22))
    seen(world, 1, "blocked", reason="停水")
    later(world, FOURTH)
    row = kept(world, THIRD)
    assert row.rooms == {"blocked": 1, "occupied": 1, "ready": 6}
    assert row.occupied_seconds == pytest.approx(3 * HOUR, abs=5)
    assert row.available_seconds == pytest.approx((7 * 4 + 2) * HOUR, abs=60)
    assert row.ready_seconds == pytest.approx((6 * 4 + 1 + 2) * HOUR, abs=60)
    assert (row.check_ins, row.idle_seconds) == (0, 0)
    later(world, FOURTH, 0.01)
    assert db.session.query(SiteDay).count() == 1


def test_ready_rooms_are_idle_only_while_somebody_waits_whom_they_could_serve(world):
    """王明 waits from 21:00; at 22:30 a transfer is made, which holds one of the eight rooms."""
    world.clock.set(at(THIRD, 21))
    person = world.person("王明")
    world.person("李强", category="screen_positive")
    world.clock.set(at(THIRD, 22.5))
    world.do("make_transfer", kind="outbound", people=[person], destination={"kind": "site", "id": world.site}, depart_at=at(FOURTH, 8))
    later(world, FOURTH)
    row = kept(world, THIRD)
    assert row.idle_seconds == pytest.approx(8 * 1.5 * HOUR, abs=5)
    assert (row.reservations, row.rooms) == (1, {"ready": 7, "reserved": 1})


def test_a_reservation_that_ran_out_is_told_as_expired(world):
    world.do("make_transfer", kind="outbound", people=[world.person("王明")], destination={"kind": "site", "id": world.site})
    later(world, THIRD, 23)
    later(world, FOURTH)
    assert (kept(world, THIRD).reservations, kept(world, THIRD).expired) == (1, 1)


def test_people_who_came_left_and_stay_too_long_are_counted_on_their_day(world):
    who = {"name": "住客", "category": "close_contact", "last_exposed_on": date(2022, 3, 20)}  # due on 3 April
    world.do("save_occupant", site="S1", building="主楼", floor="2", number="0201", checked_in_at=at(THIRD, 9), **who)
    later(world, FOURTH)
    assert (kept(world, THIRD).check_ins, kept(world, THIRD).check_outs, kept(world, THIRD).overstays) == (1, 0, 1)


def test_a_day_counts_who_was_over_by_the_clock_of_that_day_not_by_one_set_anew_since(each_world):
    stay = occupant(each_world)  # due on 3 April
    later(each_world, FOURTH)
    assert kept(each_world, THIRD).overstays == 1
    each_world.clock.set(at(FOURTH, 9))
    each_world.do("extend_stay", stay.id, by="receiver1", until=date(2022, 4, 10), reason="同住者检测异常")
    each_world.do("extend_stay", stay.id, by="receiver1", until=date(2022, 4, 12), reason="等结果")
    later(each_world, FIFTH)
    assert (kept(each_world, THIRD).overstays, kept(each_world, FOURTH).overstays) == (1, 0)


def test_a_day_keeps_how_long_after_their_release_people_left(each_world):
    for number, name, released, left in (("0201", "王一", 8, 9.5), ("0202", "王二", 10, 10.25), ("0203", "王三", 11, 30)):
        stay = occupant(each_world, number, name)
        each_world.clock.set(at(FOURTH, released))
        each_world.do("release_stay", stay.id, allowed_by="卢院长", reason="纸质结果阴性")
        home = Trip.of(each_world, [stay.person_id], kind="return", destination={"kind": "home", "id": each_world.community})
        each_world.clock.set(at(FOURTH, left))
        home.boarded(0)
    later(each_world, date(2022, 4, 6))
    assert (kept(each_world, FOURTH).vacated_after, kept(each_world, FIFTH).vacated_after) == ("15,90", "1140")


def test_a_server_that_was_down_at_midnight_makes_up_for_the_days_it_missed(world):
    world.clock.set(at(FOURTH, 6))
    seen(world, 0, "blocked")
    later(world, date(2022, 4, 7), 9)
    days = db.session.scalars(select(SiteDay.day).order_by(SiteDay.day)).all()
    assert days == [THIRD, FOURTH, FIFTH, date(2022, 4, 6)]
    assert kept(world, THIRD).rooms == {"ready": 8}
    assert kept(world, FOURTH).available_seconds == pytest.approx((7 * 24 + 6) * HOUR, abs=5)


def test_what_a_phone_brings_after_midnight_is_in_the_day_on_which_it_happened_the_next_night(world):
    later(world, FOURTH)
    assert kept(world, THIRD).rooms == {"ready": 8}
    world.clock.set(at(FOURTH, 7))
    told = Incoming("set_room_state", world.actor("receiver1"), {"state": "blocked", "reason": "停水"}, target=world.rooms[0], door="phone",
                    occurred_at=at(THIRD, 22))  # fmt: skip
    assert perform([told], at=world.clock.now())[0].verdict == "applied"
    later(world, FIFTH)
    assert kept(world, THIRD).rooms == {"blocked": 1, "ready": 7}
    assert kept(world, THIRD).written_at >= at(FIFTH, 0)


def test_a_turnover_is_told_on_the_day_on_which_the_room_was_ready(world):
    world.clock.set(at(THIRD, 20.5))
    seen(world, 0, "occupied", reason="走进来的")
    for hour, state in ((21, "vacated_dirty"), (21.2, "disinfecting"), (21.5, "contact_time"), (22.1, "aerating"), (22.7, "inspecting"),
                        (23.25, "provisioning"), (23.5, "ready")):  # fmt: skip
        world.clock.set(at(THIRD, hour))
        seen(world, 0, state, by="head1" if hour > 23 else "receiver1", **RECORD)
    later(world, FOURTH)
    row = kept(world, THIRD)
    assert row.turnovers == 1
    assert row.turnaround_median == row.turnaround_ninety == pytest.approx(2.5 * HOUR, abs=5)


def test_a_day_that_is_written_again_keeps_the_stage_that_its_site_was_in_then(each_world):
    """Open on the third, paused on the fourth at 10:00; at 12:00 a phone brings what it saw on the third."""
    world = each_world
    later(world, FOURTH)
    assert (kept(world, THIRD).site_state, kept(world, THIRD).idle_seconds) == ("open", 0)
    later(world, FOURTH, 10)
    world.do("pause_site", world.site, reason="停暖")
    later(world, FOURTH, 12)
    listed = Incoming("list_person", OPERATOR, {"name": "王明", "category": "close_contact", "detected_at": at(THIRD, 22)}, door="console")
    assert perform([listed], at=world.clock.now())[0].verdict == "applied"
    later(world, FIFTH)
    assert (kept(world, THIRD).site_state, kept(world, FOURTH).site_state) == ("open", "paused")
    assert kept(world, THIRD).idle_seconds == pytest.approx(8 * 2 * HOUR, abs=5)
    later(world, FIFTH, 9)
    world.do("open_site", world.site)
    later(world, date(2022, 4, 6))
    assert [kept(world, day).site_state for day in (THIRD, FOURTH, FIFTH)] == ["open", "paused", "open"]


def test_a_stage_that_is_told_late_counts_from_its_own_day(world):
    site = world.do("save_site", code="S9", name="新发酒店", kind="hotel", area="宽城", state="candidate")
    later(world, FOURTH)
    later(world, FOURTH, 9)
    world.do("reach_stage", site, stage="requisitioned", on=THIRD, legal_basis="长政征〔2022〕7号")
    later(world, FIFTH)
    rows = db.session.scalars(select(SiteDay).where(SiteDay.site_id == site).order_by(SiteDay.day))
    assert [(row.day, row.site_state) for row in rows] == [(THIRD, "requisitioned"), (FOURTH, "requisitioned")]


def test_a_room_that_a_fever_puts_on_hold_with_its_guest_inside_is_lived_in(each_world):
    """Two share 0201 for days, and one of them has a fever at 21:00; somebody leaves 0202 at 22:00, which is on hold since 21:30."""
    world = each_world
    first, _second = occupant(world, "0201", "王一"), occupant(world, "0201", "王二")
    alone = occupant(world, "0202", "王三")
    for stay, hour in ((first, 21), (alone, 21.5)):
        world.clock.set(at(THIRD, hour))
        world.do("record_health", stay.id, by="receiver1", **{**WELL, "temperature": 38.2})
    world.clock.set(at(THIRD, 22))
    Trip.home(world, [alone.person_id]).boarded(0)
    later(world, FOURTH)
    row = kept(world, THIRD)
    assert row.rooms == {"hold": 2, "ready": 6}
    assert row.occupied_seconds == pytest.approx((24 + 22) * HOUR, abs=60)
    assert row.available_seconds == pytest.approx((6 * 4 + 24 + 22) * HOUR, abs=120)
    assert held_with_guests(db.session) == {world.site: 1}
