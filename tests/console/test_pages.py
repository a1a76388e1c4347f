"""What people do at their desks, through the pages they do it on."""

import hashlib
import io
import re
from threading import Event
from time import sleep

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from server.console import imports
from server.domain.households import door_of
from server.intake.accepting import take_in
from server.intake.receiving import Arrived
from server.store.change_log import Operation
from server.store.database import db
from server.store.people import Person
from server.store.transfers import Transfer
from server.store.users import SignIn, UserCompound
from tests.console.browser import Browser, Page
from tests.trip import Trip
from tests.world import PASSWORD

HEADER = "姓名,性别,年龄,联系电话,现住址,人员类别\n"
OPERATOR_PAGES = ["/today", "/people", "/transfers", "/transfers/new", "/docking", "/imports", "/imports/held", "/compounds", "/sites",
                  "/vehicles", "/conflicts", "/quarantine", "/phones", "/people/new", "/imports/new"]  # fmt: skip


def test_a_page_that_was_first_read_in_chinese_is_english_for_whoever_reads_english(life, desk):
    for language in ("zh", "en"):
        page = desk("dispatcher", language).open("/transfers")
    said = [option.text for option in page.all("option")]
    assert "closed" in said
    assert [text for text in said if text in ("已闭环", "已取消", "外送", "转运")] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_city_desk_reads_its_pages_in_both_languages(life, desk, language):
    browser = desk("dispatcher", language)
    for address in [*OPERATOR_PAGES, f"/transfers/{life.transfer}", f"/people/{life.mother}", f"/transfers/{life.transfer}/handover-list"]:
        page = browser.open(address)
        assert page.status == 200, address
        assert page.one("html")["lang"] == {"zh": "zh-CN", "en": "en"}[language]


def test_somebody_signs_in_and_comes_back_to_the_page_they_wanted(world):
    browser = Browser(world, "")
    door = browser.ask("get", "/transfers?state=all")
    assert door.location == "/sign-in?next=/transfers?state%3Dall" or door.location == "/sign-in?next=%2Ftransfers%3Fstate%3Dall"
    page = browser.send(door.location, username="dispatcher", password=PASSWORD)
    assert page.one("h1").text == "转运"


def test_a_wrong_password_is_told_on_the_form_and_the_name_stays(world):
    browser = Browser(world, "")
    page = browser.send("/sign-in", username="dispatcher", password="wrong")
    assert page.status == 401
    assert page.refusal == "用户名或密码不对。"
    assert next(field for field in page.all("input") if field["name"] == "username")["value"] == "dispatcher"


def test_nobody_is_led_to_another_server_after_signing_in(world):
    browser = Browser(world, "")
    answer = browser.ask(
        "post", "/sign-in?next=//elsewhere.example/", data={"csrf_token": browser.token(), "username": "dispatcher", "password": PASSWORD}
    )
    assert answer.location == "/today"


def test_a_session_that_was_ended_elsewhere_is_over_at_once(world, desk):
    browser = desk("dispatcher")
    assert browser.status("/today") == 200
    db.session.query(SignIn).delete()
    db.session.commit()
    assert browser.status("/today") == 302


def test_today_says_in_one_sentence_whether_the_day_closes_and_every_number_opens_its_list(life, desk):
    browser = desk("dispatcher")
    page = browser.open("/today")
    assert "阳性 1 人、密接 3 人在等" in page.text
    for address in page.links("/people?"):
        assert browser.status(address) == 200
    positives = next(address for address in page.links("category=positive") if "area" in address)
    assert [link.text for link in browser.open(positives).all("a") if link["href"] == f"/people/{life.positive}"] == ["李强"]


def test_a_district_counts_and_lists_its_own_people_only(life, desk):
    browser = desk("desk1")
    assert "赵远" not in browser.open("/people").text
    assert "王小明" in browser.open("/people").text
    assert browser.status(f"/people/{life.stranger}") == 404


def test_a_view_of_the_list_is_in_its_address(life, desk):
    browser = desk("dispatcher")
    page = browser.open("/people?category=positive&sort=-name")
    assert [link.text for link in page.all("a") if re.fullmatch(r"/people/[0-9a-f-]{36}", link["href"])] == ["李强"]
    assert any(head["aria-sort"] == "descending" for head in page.all("th"))


def test_what_is_seen_can_be_exported_and_a_formula_stays_a_text(world, life, desk):
    world.person("=1+1", phone="14200000109")
    browser = desk("dispatcher")
    sheet = load_workbook(io.BytesIO(browser.ask("get", "/people?search=%3D1%2B1&as=xlsx").data)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["=1+1"]
    assert sheet["A2"].data_type == "s"


def test_command_reads_people_with_masked_telephones(life, desk):
    assert "142****0102" in desk("commander").open(f"/people/{life.positive}").text
    assert "14200000102" not in desk("commander").open(f"/people/{life.positive}").html


def test_a_transfer_is_made_by_hand_with_its_rooms_in_the_same_act(world, desk):
    person = world.person("孙丽", phone="14200000201")
    browser = desk("desk1")
    chosen = browser.open(f"/transfers/new?kind=outbound&people={person}")
    assert "孙丽" in chosen.text
    page = browser.send(
        f"/transfers/new/details?kind=outbound&person={person}",
        destination=f"site {world.site}", vehicle=world.vehicle, driver=world.users["driver1"], escort="", backup_site="",
        priority="normal",
    )  # fmt: skip
    transfer = db.session.scalar(select(Transfer))
    assert page.one("h1").text == f"转运 {transfer.code}"
    assert "主楼 0201" in page.text
    assert "吉A·T0001" in page.text


def test_a_refusal_stands_on_the_form_with_everything_that_was_typed(world, desk):
    mixed = [world.person("甲", phone="14200000301"), world.person("乙", phone="14200000302", category="confirmed")]
    browser = desk("dispatcher")
    address = f"/transfers/new/details?kind=outbound&person={mixed[0]}&person={mixed[1]}"
    page = browser.send(address, destination=f"site {world.site}", notes="从后门走", priority="high", vehicle="", driver="", escort="")
    assert page.status == 422
    assert "同车" in page.refusal
    assert page.one("textarea").text == "从后门走"
    assert any(option["value"] == "high" and "selected" in option.attributes for option in page.all("option"))
    assert db.session.scalar(select(Transfer)) is None


def test_a_cancelled_transfer_says_why_and_its_people_wait_again(life, desk):
    browser = desk("desk1")
    page = browser.send(f"/transfers/{life.transfer}/cancellation", reason="车坏在路上")
    assert "已取消：车坏在路上" in page.text
    assert "王小明" in browser.open("/people?state=waiting").text


def test_the_desk_records_the_first_four_steps_for_a_crew(world, life, desk):
    browser, place = desk("desk1"), f"/transfers/{life.transfer}"
    transfer = db.session.get(Transfer, life.transfer)
    for line in [link for link in browser.open(place).links("/verification")]:
        browser.send(
            line, identity=["id_card", "call_back"], sources_agree="yes", address_read_back="y", whereabouts="home", phone_works="y",
            stays_behind="nobody", pets="none", told="y", agrees="agrees",
        )  # fmt: skip
    browser.send(f"{place}/dock-calls", number="14200000002", answered_by="前台", result="confirmed", rooms_promised="1")
    items = [box["value"] for box in browser.open(f"{place}/vehicle-check").all("input") if box["name"] == "items"]
    crew = [box["value"] for box in browser.open(f"{place}/vehicle-check").all("input") if box["name"] == "ppe"]
    browser.send(f"{place}/vehicle-check", items=items, ppe=crew, checker_name="随车的刘工")
    browser.send(f"{place}/route", minutes="40", night_checked="y", weather="clear", backup_site="")
    db.session.refresh(transfer)
    page = browser.open(place)
    assert [element["class"].split()[1] for element in page.all("li") if element["class"].startswith("step ")][:4] == ["done"] * 4
    assert "电话确认，代记" in page.text


def test_a_person_entered_by_hand_is_compared_with_those_known_before_saving(world, life, desk):
    browser = desk("desk1")
    typed = {"name": "王明", "phone": "14200000101", "category": "close_contact", "responsible_area_id": world.area("宽城")}
    page = browser.send("/people/new", **typed)
    assert page.status == 409
    assert "登记里已经有可能是同一人的" in page.text
    assert db.session.query(Person).filter_by(name="王明").count() == 1
    page = browser.send("/people/new", **typed, same_as_nobody="y")
    assert page.one("h1").text == "王明"
    assert db.session.query(Person).filter_by(name="王明").count() == 2


def test_somebody_entered_by_hand_joins_the_household_behind_the_same_door(world, desk):
    listed = world.person("周母", door=door_of(world.area("宽城"), "天茂·名苑", "3", "2", "501"))
    door = {"compound": "天茂名苑", "building": "3", "unit": "2", "room": "501", "responsible_area_id": world.area("宽城")}
    desk("desk1").send("/people/new", name="周小", category="close_contact", **door)
    child = db.session.query(Person).filter_by(name="周小").one()
    assert child.household_id == db.session.get(Person, listed).household_id


def test_two_desks_that_change_different_fields_both_stand_and_the_same_field_is_shown(world, life, desk):
    one, other = desk("desk1"), desk("dispatcher")
    seen = fields_of(one.open(f"/people/{life.positive}/edit"))
    also_seen = fields_of(other.open(f"/people/{life.positive}/edit"))
    assert one.send(f"/people/{life.positive}/edit", **(seen | {"building": "9"})).one("h1").text == "李强"
    assert other.send(f"/people/{life.positive}/edit", **(also_seen | {"unit": "2"})).one("h1").text == "李强"
    db.session.expire_all()
    person = db.session.get(Person, life.positive)
    assert (person.building, person.unit) == ("9", "2")
    page = other.send(f"/people/{life.positive}/edit", **(also_seen | {"building": "7"}))
    assert page.status == 409
    assert "9" in page.refusal


def test_a_whole_id_number_is_shown_for_a_reason_that_the_auditor_reads(world, desk):
    person = world.person("钱文", id_number="110101199003074610", phone="14200000401")
    browser = desk("desk1")
    assert "110101199003074610" not in browser.open(f"/people/{person}").html
    assert browser.send(f"/people/{person}/id-number", reason="").status in (200, 422)
    assert "110101199003074610" in browser.send(f"/people/{person}/id-number", reason="医院要核对").text
    assert "医院要核对" in desk("auditor").open("/operations?type=reveal_id").html
    assert "110101199003074610" not in desk("auditor").open("/operations").html


def test_two_records_are_merged_and_parted_again(world, desk):
    one = world.person("周红", phone="14200000501")
    other = world.person("周红", phone="14200000501", building="3")
    browser = desk("dispatcher")
    browser.send(f"/people/{one}/merge", other=other, reason="同一个电话")
    assert "并入另一份" in browser.open(f"/people/{other}").text
    browser.send(f"/people/{other}/merge/undo", reason="是双胞胎")
    assert "并入另一份" not in browser.open(f"/people/{other}").text


def test_a_list_is_previewed_taken_in_and_its_held_row_mended_in_place(world, desk):
    browser = desk("desk1")
    text = "姓名,性别,年龄,联系电话,现住址,人员类别\n"
    text += "冯涛,男,40,14211110001,天茂名苑3号楼2单元501,密接\n何静,女,30,14211110002,天茂名苑3号楼2单元502,?\n"
    page = browser.send_file("/imports/new", (io.BytesIO(text.encode()), "2022-04-03-宽城区.csv"), kind="", area="", day="")
    assert "数据行 2 = 可入库 1 + 已有此人 0 + 待补正 1" in page.text
    accept = next(form["action"] for form in page.all("form") if form["action"].endswith("/acceptance"))
    file = accept.split("/")[2]
    world.app.extensions["intake"].accept(file, by=world.actor("desk1"), at=world.clock.now())
    db.session.expire_all()
    assert "已入库" in browser.open(f"/imports/{file}").text
    [row] = browser.open("/imports/held").links("/imports/held/")
    form = fields_of(browser.open(row))
    browser.send(row, **(form | {"category": "密接"}))
    assert {person.name for person in db.session.scalars(select(Person))} == {"冯涛", "何静"}
    assert browser.open("/imports/held").links("/imports/held/") == []


def test_a_held_row_of_a_ledger_is_mended_at_the_console_too(world, desk):
    rooms = "场所编号,楼栋,楼层,房号,房型\nS9,主楼,3,0302,single\n"
    take_in(Arrived(rooms.encode(), "rooms.csv", world.actor("dispatcher"), world.clock.now()))
    browser = desk("dispatcher")
    [row] = browser.open("/imports/held").links("/imports/held/")
    form = fields_of(browser.open(row))
    assert "没有找到" in browser.send(row, **form).text
    browser.send(row, **(form | {"场所编号": "S1"}))
    assert browser.open("/imports/held").links("/imports/held/") == []


def test_the_columns_of_a_file_that_was_taken_in_are_not_changed_any_more(world, desk):
    browser = desk("desk1")
    text = HEADER + "冯涛,男,40,14211110001,天茂名苑3号楼2单元501,密接\n"
    page = browser.send_file("/imports/new", (io.BytesIO(text.encode()), "2022-04-03-宽城区.csv"), kind="", area="", day="")
    file = next(form["action"] for form in page.all("form") if form["action"].endswith("/acceptance")).split("/")[2]
    world.app.extensions["intake"].accept(file, by=world.actor("desk1"), at=world.clock.now())
    answer = browser.send(f"/imports/{file}/mapping", **{"column 姓名": "name"})
    assert (answer.status, "已经入库" in answer.text) == (409, True)


def test_a_file_that_cannot_be_read_gets_one_sentence_and_leaves_nothing(desk):
    browser = desk("dispatcher")
    page = browser.send_file("/imports/new", (io.BytesIO(b""), "empty.xlsx"), kind="", area="", day="")
    assert page.refusal.startswith("这个文件是空的")
    assert "empty.xlsx" not in browser.open("/imports").text


def test_a_large_file_is_read_while_one_may_leave_and_is_found_again(world, desk, monkeypatch):
    monkeypatch.setattr(imports, "WAITS_SECONDS", 0)
    browser, go_on, receive = desk("desk1"), Event(), world.app.extensions["intake"].receive
    monkeypatch.setattr(world.app.extensions["intake"], "receive", lambda arrived: receive(arrived, lambda *_how_far: go_on.wait(10)))
    content = HEADER + "冯涛,男,40,14211110001,天茂名苑3号楼2单元501,密接\n"
    browser.send_file("/imports/new", (io.BytesIO(content.encode()), "2022-04-03-宽城区.csv"), kind="", area="", day="")
    address = f"/imports/arrivals/{hashlib.sha256(content.encode()).hexdigest()}"
    until(lambda: "正在判断 1 / 1" in browser.open(address).text, browser, address)
    assert "2022-04-03-宽城区.csv" not in browser.open("/imports").text
    go_on.set()
    until(lambda: "已读完" in browser.open(address).text, browser, address)
    [preview] = browser.open(address).links("/imports/0")
    assert "数据行 1 = 可入库 1" in browser.open(preview).text


def test_a_large_file_that_is_refused_says_why_where_it_was_waited_for(world, desk, monkeypatch):
    monkeypatch.setattr(imports, "WAITS_SECONDS", 0)
    slowly, receive = Event(), world.app.extensions["intake"].receive
    monkeypatch.setattr(world.app.extensions["intake"], "receive", lambda arrived: slowly.wait(0.5) or receive(arrived))
    browser, content = desk("dispatcher"), "今天天气很好\n没有名单\n"
    browser.send_file("/imports/new", (io.BytesIO(content.encode()), "2022-04-03-宽城区.csv"), kind="", area="", day="")
    address = f"/imports/arrivals/{hashlib.sha256(content.encode()).hexdigest()}"
    assert "表头" in until(lambda: "换一个文件" in browser.open(address).text, browser, address)
    assert desk("desk1").open(address).text.count("表头") == 0
    assert "中断了" in browser.open("/imports/arrivals/" + "0" * 64).text


def until(holds, browser, address: str) -> str:
    """The text of a page once it says so."""
    for _try in range(100):
        db.session.commit()  # a request of its own would begin with what is there now
        db.session.expire_all()
        if holds():
            break
        sleep(0.05)
    assert holds()
    return browser.open(address).text


def test_an_invited_user_sets_a_password_and_the_link_works_once(world, desk):
    admin = desk("administrator")
    page = admin.send(f"/users/{world.users['driver2']}/invitation")
    link = page.with_id("link")["value"]
    stranger = Browser(world, "")
    address = "/" + link.split("/", 3)[3]
    assert stranger.send(address, password="kurz", again="kurz").status == 422
    password = "一句足够长的话可以当密码用"
    token = stranger.token()
    assert stranger.ask("post", address, data={"csrf_token": token, "password": password, "again": password}).status_code == 302
    assert Page(Browser(world, "").ask("get", address)).status == 404


def test_the_community_worker_accepts_a_return_and_logs_a_knock(world, desk):
    from server.store.areas import Community
    from server.store.database import transaction
    from server.store.users import UserCompound

    compound = db.session.scalar(select(Community.id))
    with transaction() as session:
        session.add(UserCompound(user_id=world.users["worker1"], community_id=compound))
    person = world.person("吴芳", phone="14200000601", community_id=compound)
    coming = world.do("make_transfer", kind="return", people=[person], destination={"kind": "home", "id": compound})
    browser = desk("worker1")
    page = browser.open("/compounds")
    assert "吴芳" in page.text
    assert "14200000601" not in page.html
    assert "夏敏莹 已接收" in browser.send(f"/transfers/{coming}/acceptance", accepted_by="夏敏莹").text
    assert "无人应答" in browser.send(f"/people/{person}/contacts", channel="door", result="no_answer").text


def test_each_act_of_the_console_is_one_row_of_the_log(life, desk):
    before = db.session.query(Operation).count()
    desk("dispatcher").send(f"/sites/{db.session.get(Transfer, life.transfer).site_id}/pause", reason="停水")
    assert db.session.query(Operation).count() == before + 1


def fields_of(page: Page) -> dict:
    """What a form would send back untouched."""
    form = next(form for form in page.all("form") if form["method"] == "post" and "novalidate" in form.attributes)
    values: dict = {}
    for field in form.all("input", "textarea", "select"):
        name = field["name"]
        if not name or name == "csrf_token":
            continue
        if field.tag == "select":
            values[name] = next((option["value"] for option in field.all("option") if "selected" in option.attributes), "")
        elif field.tag == "textarea":
            values[name] = field.text
        elif field["type"] in ("checkbox", "radio"):
            if "checked" in field.attributes:
                values.setdefault(name, []).append(field["value"])
        else:
            values[name] = field["value"]
    return values


def test_an_administrator_gives_a_community_worker_their_compounds(world, desk):
    browser, page = desk("administrator"), f"/users/{world.users['worker1']}/compounds"
    assert page in browser.open(f"/users/{world.users['worker1']}").links()
    browser.send(page, compounds=[world.community])
    assert f'value="{world.community}"' in browser.open(page).html
    given = select(UserCompound.community_id).where(UserCompound.user_id == world.users["worker1"])
    assert db.session.scalars(given).all() == [world.community]


def test_the_desk_puts_down_somebody_who_boarded_by_mistake(world, desk):
    trip, browser = Trip(world).at_the_gate(), desk("dispatcher")
    assert f"/transfers/{trip.id}/putting-down" in browser.open(f"/transfers/{trip.id}").links()
    browser.send(f"/transfers/{trip.id}/putting-down", line=trip.lines[0], reason="点错了人")
    assert trip.line(0).state == "ended"
    assert trip.held_by(0) == "origin"
