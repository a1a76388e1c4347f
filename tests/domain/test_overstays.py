"""Expired, not vacated: the desk's list, the row of the day and the phone's first screen say the same, by one rule."""

import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update

from server.domain.overstays import is_over, over_since
from server.store.database import db, transaction
from server.store.rooms import Stay
from server.store.site_days import SiteDay
from server.ticker import pass_time
from tests.console.browser import Browser
from tests.domain.test_releases import again, occupant

CONTRACT = Path(__file__).resolve().parents[1] / "contract"
ZONE = ZoneInfo("Asia/Shanghai")
EXAMPLES = json.loads((CONTRACT / "overstays.json").read_text(encoding="utf-8"))["examples"]


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def test_every_example_of_the_contract_is_judged_alike_by_the_rule_and_by_its_query(each_world):
    """The phone reads the same file."""
    stay = occupant(each_world)
    for example in EXAMPLES:
        told, now = example["stay"], moment(example["now"])
        released = told["released"] or {"at": None, "vacate_due_at": None}
        values = {
            "due_on": told["due_at"] and date.fromisoformat(told["due_at"]),
            "referred_at": moment(told["referred_at"]),
            "released_at": moment(released["at"]),
            "vacate_due_at": moment(released["vacate_due_at"]),
        }
        with transaction() as session:
            session.execute(update(Stay).where(Stay.id == stay.id).values(**values), execution_options={"no_phone_sees": True})
        db.session.expire_all()
        since = over_since(db.session.get(Stay, stay.id), ZONE)
        found = db.session.scalars(select(Stay.id).where(is_over(Stay, now.astimezone(ZONE).date(), now))).all()
        assert (since is not None and since <= now, found == [stay.id]) == (example["over"],) * 2, example["sentence"]


def test_the_list_of_the_desk_and_the_row_of_the_day_count_the_same_people(each_world):
    """On the evening of 3 April: one whose last day was the 2nd; two whose last day is the 9th and who are let go by name, one of
    them on the 3rd and one on the 4th."""
    world = each_world
    late = occupant(world, "0201", "王一", exposed=date(2022, 3, 19))
    soon, later = (occupant(world, door, name, exposed=date(2022, 3, 26)) for door, name in (("0202", "王二"), ("0203", "王三")))
    told = {"allowed_by": "医疗组 钱", "reason": "余下几天居家"}
    assert (late.due_on, soon.due_on) == (date(2022, 4, 2), date(2022, 4, 9))
    world.do("release_stay", soon.id, **told)
    world.pass_time(days=1)
    world.do("release_stay", later.id, **told)
    for hours, over in ((0, ["王一", "王二"]), (23, ["王一", "王二"]), (1, ["王一", "王三", "王二"])):
        world.pass_time(hours=hours)
        pass_time(world.clock.now())
        page = Browser(world, "dispatcher").open("/overstays")
        assert f"{len(over)} 人到期了还在住" in page.text
        assert [name for name in ("王一", "王三", "王二") if name in page.text] == over
        assert f"到期未腾退 {len(over)}" in Browser(world, "dispatcher").open(f"/sites/{world.site}").text
    world.pass_time(hours=4)
    pass_time(world.clock.now())
    rows = db.session.scalars(select(SiteDay.overstays).where(SiteDay.site_id == world.site).order_by(SiteDay.day)).all()
    assert rows == [1, 2, 3]


def test_who_is_released_is_shown_how_long_the_time_to_leave_is_over(world):
    stay = occupant(world, "0202", "王二", exposed=date(2022, 3, 26))
    world.do("release_stay", stay.id, allowed_by="医疗组 钱", reason="余下几天居家")
    world.pass_time(hours=27)
    assert over_since(again(stay), ZONE) == again(stay).vacate_due_at
    assert "3 小时 00 分" in Browser(world, "dispatcher").open("/overstays").text


def test_who_was_found_positive_is_on_no_list_of_those_who_should_go_home(world):
    stay = occupant(world, "0201", "王一", exposed=date(2022, 3, 19))
    world.do("record_test_result", stay.id, by="receiver1", result="positive")
    assert "到期的都腾退了" in Browser(world, "dispatcher").open("/overstays").text


def test_a_province_is_not_looked_through_for_the_few_who_are_over(world):
    at = world.clock.now()
    found = select(Stay.id).where(is_over(Stay, at.astimezone(ZONE).date(), at, Stay.ended_at.is_(None)))
    asked = str(found.compile(db.engine, compile_kwargs={"literal_binds": True}))
    plan = " ".join(row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {asked}")))
    assert "ix_stay_leaving" in plan and "ix_stay_vacate" in plan and "SCAN" not in plan
