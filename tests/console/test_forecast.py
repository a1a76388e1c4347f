"""The forecast page: the shortfall with place, hour and size, what it rests on, and the form that changes what is assumed."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.console.browser import Browser


@pytest.fixture
def short_town(world):
    """Twelve people wait for eight rooms."""
    for number in range(12):
        world.person(f"等{number}", phone=f"142000{number:05}")
    hours = {"overdue_within_hours": 12, "expired_within_hours": 24, "held_within_hours": 3}
    world.do("save_assumptions", new_a_day={world.area("宽城"): {"contact": 0}}, **hours)
    return world


def test_the_shortfall_is_told_with_place_hour_and_size(short_town):
    page = Browser(short_town, "dispatcher").open("/forecast")
    assert "密接房间 22:00 起缺，最多缺 4 间（4月4日 00:00）" in page.text
    assert "阳性床位 72 小时够用" in page.text
    rows = [[cell.text for cell in row.all("th", "td")] for row in page.all("tr")]
    assert ["红 宽城", "密接房间", "12", "0", "22:00", "4", "4月4日 00:00"] in rows


def test_it_reads_in_english_too(short_town):
    page = Browser(short_town, "auditor", "en").open("/forecast")
    assert "rooms for contacts short from 22:00, at worst by 4 rooms (4 Apr 00:00)" in page.text


def test_a_desk_changes_what_is_assumed_and_its_name_stands_there(short_town):
    browser, area = Browser(short_town, "dispatcher"), short_town.area("宽城")
    hours = {"overdue_within_hours": "6", "held_within_hours": "2", "expired_within_hours": "48"}
    page = browser.send("/forecast/assumptions", **hours, **{f"new-{area}-contact": "240"})
    assert "dispatcher 设于 20:00" in page.text
    assert "48 小时内腾退" in page.text
    assert "最多缺" in page.text and "240 设" in page.text


def test_no_hour_at_all_is_told_on_the_form(short_town):
    page = Browser(short_town, "dispatcher").send(
        "/forecast/assumptions", overdue_within_hours="0", held_within_hours="2", expired_within_hours="48"
    )
    assert page.status == 422


def test_a_district_sees_its_own_people_and_rooms(short_town):
    page = Browser(short_town, "desk1").open("/forecast")
    assert "宽城 · 密接房间" in page.text
    assert "绿园" not in page.text
    assert "改假设" not in page.text


def test_every_hour_goes_into_the_export(short_town):
    answer = short_town.signed_in("dispatcher").get("/forecast?as=xlsx")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0] == ("地方", "种类", "到", "要来的人", "腾出", "周转好", "新启用", "余房")
    contacts = [row for row in rows if row[:2] == ("宽城", "密接房间")]
    assert len(contacts) == 72
    assert contacts[3][3:] == (3, 0, 0, 0, -4)


def test_whom_freed_rooms_go_to_first_is_set_on_a_page_and_shown_where_transfers_are_made(short_town):
    browser, area = Browser(short_town, "commander"), short_town.area("宽城")
    page = browser.send("/forecast/freed-rooms", areas=area, hours="24")
    assert "先给 宽城（commander 设于" in page.text
    person = short_town.person("再来一个", phone="14200009999")
    making = Browser(short_town, "dispatcher").open(f"/transfers/new/details?person={person}")
    assert "新腾退（24 小时内）的房间先给：宽城（commander 设于" in making.text
    assert "先用新腾退的房间：批准人" in making.text
