"""From a unit's list to the closed transfer: two real phones, a stairwell without signal, a dead battery, a dead server, a lost answer."""

import json
import re
from collections import Counter
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.desk_work import CHILD, MOTHER, UNCLE, import_list, list_of_the_evening, make_transfer, sign_in
from tests.journeys.handset import Handset
from tests.journeys.office import Office
from tests.journeys.relay import waits_until
from tests.world import PASSWORD

pytestmark = pytest.mark.timeout(900)


def test_a_days_list_becomes_a_finished_transfer_with_no_network_in_the_stairwell(office: Office, desk, handset, tmp_path):
    sign_in(desk, "desk1")
    import_list(desk, list_of_the_evening(tmp_path))
    make_transfer(desk, driver="driver1", escort="escort1")
    transfer = desk.url

    driver = handset().start()
    driver.sign_in("driver1", PASSWORD)
    driver.shows("北湖酒店")
    driver.is_ready_offline()

    driver.airplane_mode(True)
    verify_everybody(driver)
    call_the_site(driver)
    check_the_vehicle(driver)
    driver.has_unsent(5)

    driver.kill()
    driver.start(online=False)
    driver.shows("北湖酒店")
    driver.has_unsent(5)

    plan_the_route(driver)
    drive_to_the_door(driver)
    board_everybody(driver)
    driver.press("人齐了，离开上车点")
    made = 5 + 1 + 3 + 3 + 1
    driver.has_unsent(made)
    assert office.operations_of("driver1") == []

    driver.relay.forget()
    driver.relay.set("slow:0.3")
    driver.context.set_offline(False)
    send_now(driver)
    driver.relay.wait_for(b"/api/v1/sync")
    office.kill()
    driver.relay.set("lose:0")  # before it is back: the phone tries again by itself
    office.start()
    send_now(driver)
    waits_until(lambda: len(office.operations_of("driver1")) == made, "the phone's work never reached the office")
    driver.has_unsent(made)  # the answer was lost: the phone cannot know
    driver.relay.set("up")
    driver.has_unsent(0)
    driver.sign_in_again_if_asked("driver1", PASSWORD)

    receiver = handset().start()
    receiver.sign_in("receiver1", PASSWORD)
    receiver.shows("吉A·T0001")
    driver.page.goto(f"{driver.home}#/")
    open_transfer(driver)
    driver.press("到隔离点了")
    receive_everybody(receiver, office)
    receiver.press(re.compile("^签字：收 3 人"))
    waits_until(lambda: office.rows("SELECT json_extract(handover, '$.site') FROM transfer")[0][0], "the site's signature never came")

    driver.press(re.compile("继续第 6 步"))
    driver.press(re.compile("^签字：交 3 人"))
    waits_until(lambda: office.rows("SELECT state FROM transfer") == [("closed",)], "the transfer was not closed")

    office.pass_time(timedelta(minutes=75))
    driver.page.reload()
    disinfect(driver, office)
    waits_until(lambda: office.rows("SELECT state FROM vehicle") == [("clean_ready",)], "the coach is not clean")

    desk.goto(transfer)
    expect(desk.get_by_text(re.compile("已闭环|闭环")).first).to_be_visible()
    nothing_is_lost_and_nothing_came_twice(office)
    everybody_has_the_room_that_was_held(office)


# ---- the crew ----


def open_transfer(driver: Handset) -> None:
    driver.press(re.compile("^继续第|^打开|车辆消毒"))
    expect(driver.page.get_by_role("navigation", name="主菜单")).to_have_count(0)  # the day's list calls the next step as the transfer does


def verify_everybody(driver: Handset) -> None:
    open_transfer(driver)
    driver.press(re.compile("继续第 1 步"))
    for name in (MOTHER, CHILD, UNCLE):
        if name != CHILD:  # the child is of the mother's home, and comes by itself
            driver.press(f"核实：{name}")
        expect(driver.page.get_by_role("heading", level=1)).to_contain_text(name)
        driver.tick("念过了，本人说对", "身份证", "电话回拨", "没有人留下", "没有宠物")
        driver.page.get_by_label(re.compile("^已告知")).check()
        driver.press("核实完成")
    driver.shows("已核实 3 人，共 3 人")
    driver.press("返回")


def call_the_site(driver: Handset) -> None:
    driver.press(re.compile("继续第 2 步"))
    driver.tick("答应接收")
    driver.write("谁接的", "前台小刘")
    for asked, heard in {"床位备好": "备好了", "房间备好（已消杀、物品齐）": "还没有"}.items():
        driver.page.get_by_role("group", name=asked).get_by_label(heard, exact=True).check()
    driver.shows("床位、房间、人手三样都要问")
    driver.page.get_by_role("group", name=re.compile("班医护、人手到位$")).get_by_label("备好了", exact=True).check()
    driver.page.get_by_role("textbox", name=re.compile("^房间备好.*还要几分钟")).fill("30")
    driver.press("保存：代隔离点确认")


def check_the_vehicle(driver: Handset) -> None:
    driver.press(re.compile("继续第 3 步"))
    driver.shows("车辆检查")
    driver.shows("驾驶室隔断密封")
    for box in driver.page.get_by_role("checkbox").all():
        box.check()
    driver.tick("同车另一人")
    driver.press("检查完成")


def plan_the_route(driver: Handset) -> None:
    open_transfer(driver)
    driver.press(re.compile("继续第 4 步"))
    driver.write("全程约几分钟", "30")
    driver.page.get_by_label(re.compile("^已核对：不在")).check()
    driver.press("路线定了")


def drive_to_the_door(driver: Handset) -> None:
    driver.press("出发去接人")
    driver.press("到上车点了")
    driver.press("点名上车")
    driver.press("叫人下楼")


def board_everybody(driver: Handset) -> None:
    for left in (2, 1, 0):
        driver.press(re.compile("^上车"))
        driver.shows(f"还有 {left} 人" if left else re.compile("本站都有结果了"))


def send_now(phone: Handset) -> None:
    """Tap "send now", as somebody would who sees that nothing moves; it is there too where a lost session waits for the password."""
    phone.page.goto(f"{phone.home}#/unsent")
    phone.press(re.compile("现在上传|正在上传"))


def disinfect(driver: Handset, office: Office) -> None:
    driver.page.goto(f"{driver.home}#/transfer/{office.transfer}")
    driver.press("车辆消毒")
    driver.write("谁做的", "梁静")
    driver.press("消毒做完了")


# ---- the receiver ----


def receive_everybody(receiver: Handset, office: Office) -> None:
    receiver.shows(re.compile("已到门口"))
    receiver.press(re.compile("开始接收 3 人"))
    for place in range(3):
        receiver.press(re.compile("^接收，入住"))
        waits_until(lambda place=place: office.rows("SELECT count(*) FROM stay") == [(place + 1,)], f"person {place + 1} was not received")


# ---- what the database says ----


def nothing_is_lost_and_nothing_came_twice(office: Office) -> None:
    crew, site = office.operations_of("driver1"), office.operations_of("receiver1")
    assert [row["seq"] for row in crew] == list(range(1, len(crew) + 1))
    assert [row["seq"] for row in site] == list(range(1, len(site) + 1))
    assert Counter(row["type"] for row in crew) == {
        "verify_person": 3, "record_dock_call": 1, "check_vehicle": 1, "plan_route": 1, "record_moment": 5, "board_person": 3,
        "sign_handover": 1, "disinfect_vehicle": 1,
    }  # fmt: skip
    assert Counter(row["type"] for row in site) == {"receive_person": 3, "sign_handover": 1}
    assert {row["verdict"] for row in crew + site} == {"applied"}, [(row["type"], row["code"]) for row in crew + site if row["code"]]
    assert len({row["id"] for row in crew + site}) == len(crew) + len(site)


def everybody_has_the_room_that_was_held(office: Office) -> None:
    rooms = dict(office.rows("SELECT p.name, r.number FROM stay s JOIN person p ON p.id = s.person_id JOIN room r ON r.id = s.room_id"))
    held = dict(office.rows("SELECT p.name, r.number FROM line l JOIN person p ON p.id = l.person_id JOIN room r ON r.id = l.room_id"))
    assert rooms == held and set(rooms) == {MOTHER, CHILD, UNCLE}
    assert rooms[MOTHER] == rooms[CHILD] != rooms[UNCLE]
    custody = office.rows("SELECT DISTINCT c.holder, json_extract(t.handover, '$.closed_at') IS NOT NULL FROM custody c, transfer t")
    assert custody == [("site", 1)]
    assert json.loads(office.rows("SELECT disinfection FROM transfer")[0][0])["enough"] is True
