"""Single hard moments of a phone: a wrong password, a start without network, a wrong tap, two receivers who say different things."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk_work import import_list, list_of_the_evening, make_transfer, sign_in
from tests.journeys.handset import CHINA, PHONE, Handset
from tests.journeys.office import Office
from tests.journeys.relay import waits_until
from tests.world import PASSWORD

pytestmark = pytest.mark.timeout(600)


def test_a_wrong_password_is_told_and_the_right_one_opens_the_day(office: Office, handset):
    phone = handset().start()
    phone.sign_in("driver1", "不是这个密码的一句话")
    phone.shows("用户名或密码不对。")
    phone.write("密码", PASSWORD)
    phone.press("登录")
    phone.shows("今天没有您的转运任务")


def test_a_phone_that_was_never_online_says_so_and_keeps_what_was_typed(office: Office, handset):
    phone = handset().start()
    phone.airplane_mode(True)
    phone.sign_in("driver1", PASSWORD)
    phone.shows("连不上中心。")
    assert phone.page.get_by_label("用户名").input_value() == "driver1"


def test_a_phone_starts_without_network_with_the_whole_day_on_it(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.airplane_mode(True)
    phone.close()
    phone.start(online=False)
    phone.shows("北湖酒店")
    phone.shows(re.compile("离线，数据截至"))


def test_a_link_that_is_followed_at_once_is_not_lost(office: Office, handset):
    """Tapped as soon as anything is drawn, before the browser has painted it: a slow phone after a cold start."""
    phone = handset().start()
    phone.sign_in("receiver1", PASSWORD)
    phone.shows("北湖酒店")
    phone.page.add_init_script("""
        const seen = new MutationObserver(() => { if (document.querySelector("main")) { seen.disconnect(); location.hash = "#/rooms"; } });
        seen.observe(document, { childList: true, subtree: true });
    """)
    phone.page.reload()
    phone.shows(re.compile("共 8 间"))


def test_who_goes_on_as_soon_as_the_day_is_drawn_stays_there(office: Office, handset):
    """Signing in ends a moment after it has drawn the day, with a slow store a long one."""
    phone = handset().start()
    phone.page.evaluate("""() => {
        const seen = new MutationObserver(() => {
            if (document.querySelector("nav")) { seen.disconnect(); location.hash = "#/settings"; }
        });
        seen.observe(document, { childList: true, subtree: true });
    }""")
    phone.sign_in("driver1", PASSWORD)
    phone.shows("退出登录")
    phone.page.wait_for_timeout(500)
    phone.shows("退出登录")


def test_english_that_cannot_be_had_is_told_and_never_keeps_the_app_from_opening(office: Office, desk):
    page = desk.context.browser.new_context(**PHONE, **CHINA, service_workers="block").new_page()
    asked: list[str] = []
    page.goto(f"{office.address}/app/")
    page.route("**/*.js", lambda route: (asked.append(route.request.url), route.abort()))
    page.get_by_role("button", name="English").tap()
    expect(page.get_by_text("English could not be loaded.")).to_be_visible()
    page.unroute("**/*.js")
    page.get_by_role("button", name="English").tap()
    expect(page.get_by_text("English could not be loaded.")).to_have_count(0)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.route(asked[0], lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    page.context.close()


def test_a_wrong_tap_is_taken_back_within_ten_seconds(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.page.goto(f"{phone.home}#/transfer/{office.transfer}/stop/{office.first_stop}")
    phone.press("不在")
    phone.press(re.compile("^撤销"))
    phone.has_unsent(0)
    waits_until(lambda: [row["type"] for row in office.operations_of("driver1")] == ["record_outcome", "withdraw"], "it was not taken back")
    assert office.rows("SELECT DISTINCT state, outcome FROM line") == [("expected", None)]
    assert office.rows("SELECT count(*) FROM conflict") == [(0,)]


def test_two_receivers_who_say_different_rooms_are_both_kept_and_shown(office: Office, desk, handset, tmp_path):
    phone_with_the_trip(desk, handset, tmp_path)
    one, other = (site_phone(handset(), username, office) for username in ("receiver1", "head1"))
    for phone in (one, other):
        phone.airplane_mode(True)
    one.press(re.compile("^接收，入住"))
    one.has_unsent(1)
    other.press("换房间")
    other.page.get_by_label("选一间可用房").select_option(index=2)
    other.press(re.compile("^接收，入住"))
    other.has_unsent(1)
    for phone, username in ((one, "receiver1"), (other, "head1")):
        phone.airplane_mode(False)
        waits_until(lambda username=username: len(office.operations_of(username)) == 1, f"what {username} did never came")
    other.shows("1 项要看")
    waits_until(
        lambda: ("discrepancy",) in office.rows("SELECT code FROM conflict WHERE state = 'open'"), "nobody was told that they differ"
    )
    assert office.rows("SELECT count(*) FROM stay") == [(1,)]
    desk.get_by_role("link", name=re.compile("^冲突")).click()
    desk.get_by_text("交接两边不一样").first.wait_for()


def phone_with_the_trip(desk, handset, tmp_path) -> Handset:
    """The crew's phone with a transfer made from today's list."""
    sign_in(desk, "desk1")
    import_list(desk, list_of_the_evening(tmp_path))
    make_transfer(desk, driver="driver1", escort="escort1")
    phone = handset().start()
    phone.sign_in("driver1", PASSWORD)
    phone.shows("北湖酒店")
    phone.is_ready_offline()
    return phone


def site_phone(phone: Handset, username: str, office: Office) -> Handset:
    """A phone of the site, on the page where the coach is received."""
    phone.start()
    phone.sign_in(username, PASSWORD)
    phone.shows("吉A·T0001")
    phone.page.goto(f"{phone.home}#/transfer/{office.transfer}/receive")
    phone.shows(re.compile("^接收，入住"))
    return phone
