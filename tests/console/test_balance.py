"""The balance page: what came in, what went out, where, on which day, and whom the partner cities took."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from server.store.database import db, transaction
from server.store.lists.balance import flows, ready_rooms, taken_over
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Stay
from tests.console.browser import Browser
from tests.world import World


@pytest.fixture
def flow(world):
    """Three people who came to S1 today, and one who came yesterday and left today; two of 宽城 in a hotel of the partner city."""
    return told(world)


@pytest.fixture
def each_flow(each_world):
    return told(each_world)


def told(world: World) -> World:
    world.do("save_area", name="四平市", short="四平", kind="partner_city")
    today = world.clock.now().date()
    world.do("save_area", name="宽城区", short="宽城", kind="district", tier="red", partner="四平市", tier_from=today)
    world.partner = world.do("save_site", code="P1", name="四平酒店", kind="hotel", area="四平", state="open", accepts=["close_contact"])
    for number in ("101", "102", "103"):
        world.do("save_room", site="P1", building="主楼", floor="1", number=number, kind="single")
    for room, days in ((1, 0), (2, 0), (3, 0), (4, 1)):
        occupies(world, "S1", f"02{room:02}", days_ago=days)
    for room, category in (("101", "close_contact"), ("102", "asymptomatic")):
        occupies(world, "P1", room, category=category)
    home = world.area("宽城")
    with transaction() as session:  # one went home a moment ago; all are of 宽城
        gone = Stay.__table__.update().where(Stay.checked_in_at < world.clock.now() - timedelta(hours=20))
        session.connection().execute(gone.values(ended_at=world.clock.now(), ended_how="returned"))
        session.execute(update(Person).values(responsible_area_id=home))
    return world


def occupies(world: World, site: str, room: str, days_ago: int = 0, category: str = "close_contact") -> None:
    at = world.clock.now() - timedelta(days=days_ago, hours=1)
    building, floor = "主楼", room[0] if site == "P1" else "2"
    values = {"building": building, "floor": floor, "number": room, "checked_in_at": at, "category": category}
    world.do("save_occupant", site=site, name=f"住{site}{room}", **values)


def row_of(page, name: str) -> list[str]:
    rows = [[cell.text for cell in row.all("th", "td")] for row in page.all("tr")]
    return next(row for row in rows if row[0].endswith(name))


def test_in_out_net_and_ratio_stand_by_place(flow):
    page = Browser(flow, "dispatcher").open("/balance")
    assert row_of(page, "本市")[1:6] == ["3", "1", "+2", "0.33", "进多出少"]
    assert row_of(page, "宽城")[1:7] == ["3", "1", "+2", "0.33", "进多出少", "4"]
    assert row_of(page, "四平")[1:6] == ["2", "0", "+2", "0.00", "进多出少"]
    assert "本市：进 3 人，出 1 人，净增 +2" in page.text


def test_yesterday_is_not_told_because_the_register_began_today(flow):
    page = Browser(flow, "dispatcher").open("/balance?days=14")
    assert "登记从 4月3日 开始" in page.text
    assert row_of(page, "4月3日")[1:5] == ["5", "1", "+4", "0.20"]
    assert "4月2日" not in page.text


def test_one_area_opens_its_sites(flow):
    page = Browser(flow, "dispatcher").open(f"/balance?area={flow.area('宽城')}&days=1")
    assert row_of(page, "北湖酒店")[1:4] == ["3", "1", "+2"]
    assert "四平酒店" not in page.text


def test_what_partner_cities_took_over_is_counted_by_category(flow):
    """S0-33 counts positives and close contacts apart."""
    page = Browser(flow, "auditor", "en").open("/balance")
    assert row_of(page, "四平市")[1:] == ["1", "1", "0", "2"]
    assert "Taken over by partner cities" in page.text


def test_a_partner_city_reads_its_own_sites_only(flow):
    page = Browser(flow, "partner1").open("/balance")  # of 绿园, where no site stands
    assert "北湖酒店" not in page.text
    assert "宽城" not in page.text


def test_each_site_and_day_goes_into_the_export(flow):
    answer = flow.signed_in("dispatcher").get("/balance?as=xlsx")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0][:5] == ("日期", "区域", "编号", "名称", "进")
    assert {row[2]: row[4:7] for row in rows[1:]} == {"S1": (3, 1, 2), "P1": (2, 0, 2)}


def test_both_engines_count_the_same(each_flow):
    now, everything = each_flow.clock.now(), Within(everything=True)
    bounds = [now - timedelta(days=2), now - timedelta(hours=20), now + timedelta(seconds=1)]
    assert flows(db.session, everything, bounds) == {
        (each_flow.site, 0): (1, 0),
        (each_flow.site, 1): (3, 1),
        (each_flow.partner, 1): (2, 0),
    }
    assert ready_rooms(db.session, everything) == {each_flow.site: 4, each_flow.partner: 1}
    taken = taken_over(db.session, everything, now - timedelta(days=1))
    assert taken == {(each_flow.area("四平"), "close_contact"): 1, (each_flow.area("四平"), "asymptomatic"): 1}
