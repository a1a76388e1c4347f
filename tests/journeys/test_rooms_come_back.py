"""A floor of 24 expired rooms is released and goes home; while the coach drives, two phones without a network turn the rooms over."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk_work import choose, shows, sign_in
from tests.journeys.floor import ROOMS, fill_office
from tests.journeys.handset import CHINA, PATIENCE_MS, PHONE, READ_MS, Handset
from tests.journeys.office import Office
from tests.journeys.relay import waits_until
from tests.world import PASSWORD

pytestmark = pytest.mark.timeout(900)
HALF = len(ROOMS) // 2
MINE, THEIRS = ROOMS[:HALF], ROOMS[HALF:]
LEAKS = THEIRS[0]  # a pipe bursts there, and the other one does not know


@pytest.fixture
def office(tmp_path):
    """The office of this journey: S1 with its sixth floor."""
    data = tmp_path / "office"
    fill_office(data)
    running = Office(data).start()
    yield running
    running.stop()
    assert not running.tried_outside.exists(), running.tried_outside.read_text()


def test_a_floor_of_expired_rooms_is_released_goes_home_and_is_ready_again(office: Office, desk: Page, handset):
    receiver, head = site_phone(handset(), "receiver1"), site_phone(handset(), "head1")
    sign_in(desk, "dispatcher")
    assert ready_and_idle(desk, office) == (8, 8)

    release_the_floor(receiver)
    waits_until(lambda: office.rows("SELECT count(*) FROM stay WHERE released_at IS NOT NULL") == [(24,)], "not everybody is released")
    arrange_the_return(desk, office)
    the_community_accepts(desk, office)

    driver = handset().start()
    driver.sign_in("driver1", PASSWORD)
    prepare(driver)
    fetch_everybody(driver)
    waits_until(lambda: rooms_in(office, "vacated_dirty") == 24, "the rooms are not empty")
    assert office.rows("SELECT DISTINCT holder FROM custody c JOIN line l ON l.person_id = c.person_id") == [("crew",)]

    turn_the_rooms_over(office, desk, receiver, head)
    assert rooms_in(office, "ready") == 8 + 24
    assert ready_and_idle(desk, office) == (32, 32)  # and they must not stay so: 30 people wait whom they could serve

    hand_over_at_home(office, desk, driver)
    nothing_is_lost(office)


# ---- the office ----


def ready_and_idle(desk: Page, office: Office) -> tuple[int, int]:
    """How many rooms the forecast begins with, and how many the list of idle rooms shows."""
    desk.goto(f"{office.address}/forecast")
    ready = max(int(found) for found in re.findall(r"现在可用 (\d+) 间", desk.locator("main").inner_text()))
    desk.goto(f"{office.address}/idle-rooms")
    idle = re.search(r"(\d+) 间空着能住", desk.locator("header").inner_text())
    return ready, int(idle.group(1)) if idle else 0


def arrange_the_return(desk: Page, office: Office) -> None:
    """One act for the whole community, with the coach and the driver."""
    desk.goto(f"{office.address}/returns")
    shows(desk, "24 人已解除，还占着 24 间")
    desk.get_by_label("选 天茂名苑，北湖酒店", exact=True).check()
    choose(desk, "车辆：天茂名苑", "T0024")
    choose(desk, "司机：天茂名苑", "driver1")
    desk.get_by_role("button", name="安排选中的返回").click()
    shows(desk, re.compile("天茂名苑 ← 北湖酒店 24 人"))
    verify_by_telephone(desk, office)


def verify_by_telephone(desk: Page, office: Office) -> None:
    """The desk rings up all 24 rooms: the form of one after another, sent from its own page."""
    lines = [line for (line,) in office.rows("SELECT id FROM line ORDER BY position")]
    desk.goto(f"{office.address}/transfers/{office.transfer}/lines/{lines[0]}/verification")
    token = desk.locator("input[name=csrf_token]").first.input_value()
    asked = {
        "identity": "call_back",
        "sources_agree": "yes",
        "address_read_back": "y",
        "whereabouts": "home",
        "phone_works": "y",
        "told": "y",
    }
    asked |= {"stays_behind": "nobody", "pets": "none", "agrees": "agrees", "csrf_token": token}
    for line in lines:
        answer = desk.request.post(f"{office.address}/transfers/{office.transfer}/lines/{line}/verification", form=asked)
        assert answer.ok, answer.status_text


def community_worker(desk: Page, office: Office) -> Page:
    """The worker's own telephone: the console at a phone's width."""
    page = desk.context.browser.new_context(viewport=PHONE["viewport"], **CHINA).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(office.address)
    sign_in(page, "worker1")
    return page


def the_community_accepts(desk: Page, office: Office) -> None:
    page = community_worker(desk, office)
    page.get_by_role("link", name=re.compile("^确认接收")).click()
    page.get_by_label(re.compile("^社区接收人姓名")).fill("夏敏莹")
    page.get_by_role("button", name=re.compile("^接收")).click()
    shows(page, "夏敏莹 已接收")
    page.context.close()


# ---- the crew ----


def prepare(driver: Handset) -> None:
    """Steps 3 and 4; the desk has verified, the community has accepted."""
    driver.shows("天茂名苑")
    driver.press(re.compile("^继续第 3 步"))
    expect(driver.page.get_by_role("navigation", name="主菜单")).to_have_count(0)  # the day's list is gone, which calls it the same
    driver.press(re.compile("^继续第 3 步"))
    driver.shows("驾驶室隔断密封")
    for box in driver.page.get_by_role("checkbox").all():
        box.check()
    driver.tick("调度，电话核对")
    driver.write("核对人姓名", "周调度")
    driver.press("检查完成")
    driver.press(re.compile("继续第 4 步"))
    driver.write("全程约几分钟", "40")
    driver.page.get_by_label(re.compile("^已核对：不在")).check()
    driver.press("路线定了")


def fetch_everybody(driver: Handset) -> None:
    driver.press("出发去隔离点接人")
    driver.press("到隔离点了")
    driver.press("点名上车")
    driver.press("请人出来")
    for left in range(23, -1, -1):
        driver.press(re.compile("^上车"))
        driver.shows(f"还有 {left} 人" if left else re.compile("本站都有结果了"))
    driver.press("人齐了，离开隔离点")
    driver.has_unsent(0)


def hand_over_at_home(office: Office, desk: Page, driver: Handset) -> None:
    driver.page.goto(f"{driver.home}#/transfer/{office.transfer}")
    driver.press("到社区了")
    page = community_worker(desk, office)
    page.get_by_role("link", name=re.compile("^接人回家")).click()
    boxes = page.get_by_role("radio", name="收下了")
    expect(boxes).to_have_count(24)
    for box in boxes.all():
        box.check()
    sign = page.get_by_role("button", name="签字：照上面接收")
    sign.click()
    expect(sign).to_have_count(0)  # closed on its way to the next page, Chromium may never say that it has closed
    page.context.close()
    waits_until(lambda: office.rows("SELECT count(*) FROM line WHERE state = 'received'") == [(24,)], "not everybody is home")
    driver.press(re.compile("继续第 6 步.*交给社区"))
    driver.press(re.compile("^签字：交 24 人"))
    waits_until(lambda: office.rows("SELECT state FROM transfer") == [("closed",)], "the transfer was not closed")
    assert office.rows("SELECT DISTINCT p.state FROM person p JOIN line l ON l.person_id = p.id") == [("home_monitoring",)]


# ---- the site ----


def site_phone(phone: Handset, username: str) -> Handset:
    phone.start()
    phone.sign_in(username, PASSWORD)
    phone.is_ready_offline()
    return phone


def release_the_floor(receiver: Handset) -> None:
    receiver.page.goto(f"{receiver.home}#/due")
    receiver.shows("今天到期 24 人")
    receiver.press("按楼层解除…")
    receiver.press("补记 24 人末次检测阴性")
    receiver.press("解除 24 人")


def turn_the_rooms_over(office: Office, desk: Page, receiver: Handset, head: Handset) -> None:
    both = ((receiver, MINE), (head, THEIRS))
    for phone, _rooms in both:
        is_told(phone, "开始消杀 24 间")
    with without_network(receiver, head):
        block(receiver, LEAKS, "水管漏水")
        for phone, rooms in both:
            work(phone, "vacated_dirty", rooms)
    settle_the_conflict(office, desk, head)
    with without_network(receiver, head):
        for phone, rooms in both:
            work(phone, "disinfecting", rooms)
    let_time_pass(office, receiver, head)
    with without_network(receiver, head):
        for phone, rooms in both:
            work(phone, "contact_time", rooms)
    let_time_pass(office, receiver, head)
    with without_network(receiver, head):
        for phone, rooms in both:
            work(phone, "aerating", rooms)
    for phone, _rooms in both:
        is_told(phone, "检查通过 24 间")
    with without_network(receiver, head):
        for phone, rooms in ((receiver, THEIRS), (head, MINE)):  # nobody inspects what they disinfected
            work(phone, "inspecting", rooms)
            work(phone, "provisioning", rooms)


class without_network:
    """Both phones are offline at the same time; what they did then goes up together."""

    def __init__(self, *phones: Handset):
        self.phones = phones

    def __enter__(self) -> None:
        for phone in self.phones:
            has_sent_all(phone)
            phone.airplane_mode(True)

    def __exit__(self, fault, *_more) -> None:
        for phone in self.phones if fault is None else ():
            expect(phone.page.locator(".strip-end").first).to_have_text(re.compile(r"\d+ 条未上传"))
            phone.airplane_mode(False)
            phone.page.goto(f"{phone.home}#/unsent")
            has_sent_all(phone)


def has_sent_all(phone: Handset) -> None:
    """Nothing waits on the phone any more; the strip may say that something is to be looked at."""
    expect(phone.page.locator(".strip-end").first).not_to_have_text(re.compile("未上传"), timeout=60_000)


def work(phone: Handset, state: str, rooms: list[str]) -> None:
    """One step for these rooms of the floor, one tap each."""
    open_floor(phone)
    phone.page.goto(f"{phone.home}#/floor/{state}")
    for number in rooms:
        row = phone.page.locator("button.floor-room:not(.not-yet)").filter(has_text=number)
        expect(row, f"{number} cannot be worked on").to_have_count(1)
        phone.page.wait_for_timeout(READ_MS)
        row.tap()
        expect(phone.page.locator("a.person").filter(has_text=number)).to_have_count(1)


def open_floor(phone: Handset) -> None:
    phone.page.goto(f"{phone.home}#/rooms")
    phone.press(re.compile("^6 楼"))


def is_told(phone: Handset, job: str) -> None:
    """The phone has heard of all rooms of the floor, also of those that the other one worked on."""
    open_floor(phone)
    phone.shows(job)


def block(phone: Handset, number: str, reason: str) -> None:
    """A room is found unfit, on its own page."""
    open_floor(phone)
    phone.press(re.compile(f"^{number}"))
    phone.tick("停用")
    phone.page.get_by_role("textbox").first.fill(reason)
    phone.press(re.compile("停用"))
    phone.has_unsent(1)


def settle_the_conflict(office: Office, desk: Page, head: Handset) -> None:
    """One of them said blocked, the other went on: both are kept, the desk decides in words, and the room begins anew."""
    assert office.rows("SELECT state FROM room WHERE number = ?", LEAKS) == [("blocked",)]
    [(item,)] = office.rows("SELECT id FROM conflict WHERE code = 'room.guard' AND state = 'open'")
    desk.goto(f"{office.address}/conflicts/{item}")
    shows(desk, "水管漏水")
    desk.get_by_label(re.compile("^怎么定的")).fill("水管已修好，重新消杀")
    desk.get_by_role("button", name="定下来").click()
    waits_until(lambda: office.rows("SELECT state FROM conflict WHERE id = ?", item) == [("closed",)], "the item is open")
    open_floor(head)
    head.press(re.compile(f"^{LEAKS}"))
    head.tick("待消杀")
    head.press(re.compile("已腾空，待消杀"))
    work(head, "vacated_dirty", [LEAKS])
    has_sent_all(head)


def let_time_pass(office: Office, *phones: Handset) -> None:
    """Half an hour and a little, in which the agent works or the windows are open; the phones hear what time it is."""
    for phone in phones:
        phone.page.goto(f"{phone.home}#/unsent")
    heard = [last_contact(phone) for phone in phones]
    office.pass_time(timedelta(minutes=32))
    for phone, before in zip(phones, heard, strict=True):
        phone.press(re.compile("现在上传|正在上传"))
        waits_until(lambda phone=phone, before=before: last_contact(phone) != before, "the phone does not hear from the office")


def last_contact(phone: Handset) -> str:
    return phone.page.locator("p.thumb-line").first.inner_text()


# ---- what the database says ----


def rooms_in(office: Office, state: str) -> int:
    return office.rows("SELECT count(*) FROM room WHERE state = ?", state)[0][0]


def nothing_is_lost(office: Office) -> None:
    for username in ("receiver1", "head1", "driver1"):
        said = office.operations_of(username)
        assert [row["seq"] for row in said] == list(range(1, len(said) + 1)), username
        assert {row["verdict"] for row in said} <= {"applied", "flagged"}, username
    turned = office.rows("SELECT count(*) FROM turnover WHERE ready_at IS NOT NULL AND inspected_by <> disinfected_by")
    assert turned == [(24,)]
    assert office.rows("SELECT count(*) FROM conflict WHERE code LIKE 'room%' AND state = 'open'") == [(0,)]
