"""A desk at work in a real browser: what plain requests cannot show."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk_work import import_list, list_of_the_evening, sign_in

pytestmark = pytest.mark.timeout(300)


def test_whoever_was_ticked_stays_ticked_while_the_desk_filters_for_the_next_compound(office, desk, tmp_path):
    sign_in(desk, "dispatcher")
    import_list(desk, list_of_the_evening(tmp_path))
    desk.goto(f"{office.address}/transfers/new")
    first = desk.locator("input[name='people']").first
    name = desk.locator(f"label[for='{first.get_attribute('id')}']").inner_text()
    first.check()
    desk.get_by_role("searchbox").fill("没有这个小区")
    desk.get_by_role("searchbox").press("Enter")
    desk.wait_for_url(re.compile("search="))
    expect(desk.locator("[data-count]")).to_have_text("1")
    expect(desk.get_by_label(name)).to_be_checked()
