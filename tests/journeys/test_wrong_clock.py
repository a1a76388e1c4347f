"""A phone whose clock is wrong by the better part of an hour: the day says so, a screen of work keeps its room."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from server.app import create_app
from server.cli import migrate_database
from server.settings import read_settings
from tests.bench.house import served
from tests.ensure_browser import browser_path
from tests.journeys.handset import CHINA, FLAGS, PHONE
from tests.world import PASSWORD, World

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def town(tmp_path):
    """The address of an office in its own time: in a demo, which lives on another day, no clock is called wrong."""
    app = create_app(read_settings({"DATA": str(tmp_path)}))
    migrate_database(app)
    with app.app_context():
        World(app)
    with served(tmp_path) as address:
        yield address


def test_a_wrong_clock_is_told_on_the_day_and_not_over_the_work(playwright, town):
    browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
    page = browser.new_context(**PHONE, **CHINA).new_page()
    page.clock.install(time=datetime.now(UTC) - timedelta(minutes=47, seconds=30))
    page.goto(f"{town}/app/")
    page.get_by_label("用户名").fill("driver1")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).tap()
    told = page.get_by_text("手机时间差 47 分，记录照样保存。")
    expect(told).to_be_visible()
    page.goto(f"{town}/app/#/conflicts")
    expect(page.get_by_role("heading", name="要您看的")).to_be_visible()
    expect(told).to_have_count(0)
    browser.close()
