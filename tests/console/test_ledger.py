"""The ledger on the office's pages: counts that agree with the CSV files they came from, rooms that stand idle, stays that are over."""

import csv
import shutil
from collections import Counter
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from server.demo.arrivals import LEDGERS_AFTER_ACCOUNTS, LEDGERS_BEFORE_ACCOUNTS, SCENARIO, bring_ledgers
from server.domain.turnover_rules import CHECKLIST
from server.settings import read_settings
from server.ticker import pass_time
from tests.conftest import running
from tests.console.browser import Browser, Page
from tests.domain.test_releases import occupant
from tests.domain.test_stay_days import WELL
from tests.trip import Trip
from tests.world import World

MIDNIGHT = datetime(2022, 4, 3, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # 24:00 of 2 April
STATES = {"通风中": "turnover", "消杀中": "turnover", "待消杀": "turnover", "待验收": "turnover", "停用(设施损坏)": "closed",
          "工作人员用房": "not_enabled"}  # fmt: skip
IN_USE = ("启用", "暂停接收", "清仓")
RECORD = {"agent": "chlorine", "strength_mg_l": 1000, "contact_minutes": 30, "aired_minutes": 30, "provisioned": list(CHECKLIST)}
DAYS = {"密接": 14, "次密接": 7}  # the edition of March 2022


# ---- the second of April, from the files alone ----


@pytest.fixture(scope="module")
def second_of_april(migrated, tmp_path_factory):
    """The town's clock at midnight, and the scenario's ledgers brought in by their own door: once for all tests that only look."""
    data = tmp_path_factory.mktemp("april") / "data"
    shutil.copytree(migrated, data)
    for app in running(read_settings({"DATA": str(data)})):
        world = World(app)
        world.clock.set(MIDNIGHT)
        bring_ledgers((*LEDGERS_BEFORE_ACCOUNTS, *LEDGERS_AFTER_ACCOUNTS), MIDNIGHT)
        yield world


def rows_of(name: str) -> list[dict]:
    with (SCENARIO / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sites_in_the_file() -> dict[str, dict]:
    table = load_workbook(SCENARIO / "sites.xlsx", read_only=True).worksheets[0].iter_rows(values_only=True, min_row=2)
    head = next(table)
    return {row[0]: dict(zip(head, row, strict=True)) for row in table if row[0]}


def counted_from_the_files(of: str) -> dict[str, Counter]:
    """{area or site: rooms by what can be done with them}, from rooms.csv, room-states.csv, occupants.csv and sites.xlsx."""
    sites = sites_in_the_file()
    place = ("场所编号", "楼栋", "楼层/区", "房号")
    states = {tuple(row[name] for name in place): STATES[row["状态"]] for row in rows_of("room-states.csv")}
    lived_in = {tuple(row[name] for name in place) for row in rows_of("occupants.csv")}
    counts: dict[str, Counter] = {}
    for row in rows_of("rooms.csv"):
        at, site = tuple(row[name] for name in place), sites[row["场所编号"]]
        state = "occupied" if at in lived_in else states.get(at, "ready")
        if site["状态"] not in IN_USE and state != "occupied":
            state = "not_enabled"
        counts.setdefault(site[of], Counter())[state] += 1
    return counts


def rows_on(page: Page, caption: str) -> dict[str, list[str]]:
    """{head of the row: its other cells} of the table with this caption."""
    [table] = [table for table in page.all("table") if table.all("caption")[0].text == caption]
    rows = [row for row in table.all("tbody")[0].all("tr") if row.all("th")]
    return {row.all("th")[0].text.split(" ")[-1]: [cell.text for cell in row.all("td")] for row in rows}


@pytest.mark.parametrize(("by", "column"), [("area", "所属区域"), ("site", "编号")])
def test_the_seeded_2_april_state_of_the_scenario_gives_a_ledger_that_can_be_recomputed_from_the_files(second_of_april, by, column):
    shown = rows_on(Browser(second_of_april, "dispatcher").open(f"/ledger?by={by}"), "房间按状态")
    counts = counted_from_the_files(column)
    counts.setdefault("宽城区" if by == "area" else "S1", Counter())["ready"] += 8  # the test town's own site
    assert shown.keys() == counts.keys()
    for name, count in counts.items():
        told = [count[state] for state in ("ready", "reserved", "occupied", "turnover", "closed", "not_enabled")]
        available = sum(told[:4])
        occupancy = f"{100 * count['occupied'] / available:.1f}%" if available else "—"
        assert [int(cell.replace(",", "")) for cell in shown[name][:-1]] == [sum(told), *told], name
        assert shown[name][-1] == occupancy, name


def test_overstays_of_2_april_are_those_whose_days_since_the_last_exposure_are_over(second_of_april):
    due = [
        row for row in rows_of("occupants.csv")
        if row["类别"] in DAYS and row["末次暴露日期"]
        and date.fromisoformat(row["末次暴露日期"]) + timedelta(days=DAYS[row["类别"]]) < MIDNIGHT.date()
    ]  # fmt: skip
    page = Browser(second_of_april, "dispatcher").open("/overstays")
    assert f"{len(due):,} 人到期了还在住" in page.text
    book = Browser(second_of_april, "dispatcher").ask("get", "/overstays?as=xlsx")
    names = Counter(row[1] for row in load_workbook(BytesIO(book.data)).worksheets[0].iter_rows(values_only=True, min_row=2))
    assert names == Counter(row["姓名"] for row in due)


# ---- idle rooms ----


@pytest.fixture
def bystanders(world):
    """The town's eight rooms wait for contacts; somebody who is positive waits, whom they cannot take."""
    world.person("李强", category="screen_positive")
    return world


def test_a_ready_room_is_idle_only_while_somebody_waits_whom_it_could_serve(bystanders, desk):
    assert "没有一间空房能收他们" in desk("dispatcher").open("/idle-rooms").text
    bystanders.person("王明")
    page = desk("dispatcher").open("/idle-rooms")
    assert "2 人在等，8 间空着能住" in page.text
    assert all(cells[3:5] == ["密接", "1"] for cells in rows_on(page, "空着能住的房间").values())


def test_a_room_has_been_idle_since_it_was_ready_and_somebody_waited(world, desk):
    world.pass_time(hours=3)
    world.person("王明")
    world.pass_time(minutes=40)
    assert {cells[-1] for cells in rows_on(desk("dispatcher").open("/idle-rooms"), "空着能住的房间").values()} == {"40 分"}


def test_whoever_has_a_room_held_waits_for_none(world, desk):
    person = world.person("王明")
    world.do("make_transfer", kind="outbound", people=[person], destination={"kind": "site", "id": world.site})
    assert "没有人在等房间" in desk("dispatcher").open("/idle-rooms").text


def test_somebody_in_a_wheelchair_is_served_by_a_barrier_free_room_alone(world, desk):
    world.person("李强", needs=[{"code": "wheelchair", "detail": None}])
    assert "没有一间空房能收他们" in desk("dispatcher").open("/idle-rooms").text
    world.do("save_room", site="S1", building="主楼", floor="2", number="0201", kind="barrier_free")
    [cells] = rows_on(desk("dispatcher").open("/idle-rooms"), "空着能住的房间").values()
    assert cells[2] == "无障碍" and cells[3].endswith("要无障碍")


def test_rooms_of_a_site_that_takes_nobody_now_are_not_idle(world, desk):
    world.person("王明")
    world.do("pause_site", world.site, reason="停暖")
    assert "没有一间空房能收他们" in desk("dispatcher").open("/idle-rooms").text


def test_a_site_s_receiver_sees_its_own_rooms_and_everybody_s_queue(world, desk):
    other = world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="绿园", state="open", accepts=["close_contact"])
    world.do("save_room", site="S2", building="主楼", floor="3", number="0301", kind="single")
    world.person("王明")
    assert other and "1 人在等，9 间空着能住" in desk("dispatcher").open("/idle-rooms").text
    assert "1 人在等，8 间空着能住" in desk("receiver1").open("/idle-rooms").text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("address", ["/ledger", "/ledger?by=site", "/ledger?by=class", "/idle-rooms", "/overstays"])
def test_the_ledger_s_pages_are_read_and_exported_in_both_languages(world, desk, address, language):
    world.person("王明")
    browser = desk("dispatcher", language)
    assert browser.open(address).one("html")["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    sheet = browser.ask("get", f"{address}{'&' if '?' in address else '?'}as=xlsx")
    assert load_workbook(BytesIO(sheet.data)).worksheets[0].max_row >= 1


def test_a_receiver_reads_who_stays_too_long_at_their_own_site(world, desk):
    """Exposed a month ago: the days are over before somebody checks in."""
    for site, room in (("S1", "0201"), ("S2", "0301")):
        if site == "S2":
            world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="绿园", state="open", accepts=["close_contact"])
            world.do("save_room", site="S2", building="主楼", floor="3", number="0301", kind="single")
        who = {"name": f"住客{room}", "category": "close_contact", "last_exposed_on": date(2022, 3, 10)}
        world.do("save_occupant", site=site, building="主楼", floor=room[1], number=room, checked_in_at=world.clock.now(), **who)
    assert "2 人到期了还在住" in desk("dispatcher").open("/overstays").text
    assert "1 人到期了还在住" in desk("receiver1").open("/overstays").text
    assert "住客0201" in desk("receiver1").open("/overstays").text


# ---- the days that are over ----


def test_the_ledger_tells_of_days_that_were_kept_and_of_turnovers_by_part(world, desk):
    """Two rooms of eight are lived in from 20:00 on 3 April; one is left at 6:00 and ready at 8:30; the night of the 5th keeps two days."""
    assert "还没有一整天" in desk("dispatcher").open("/ledger").text
    for room in world.rooms[:2]:
        world.do("set_room_state", room, by="receiver1", state="occupied", reason="走进来的")
    # a little more than the whole minutes each time: the clock runs on while the test works
    for hour, state in ((6, "vacated_dirty"), (7.01, "disinfecting"), (7.27, "contact_time"), (7.78, "aerating"), (8.31, "inspecting"),
                        (8.4, "provisioning"), (8.51, "ready")):  # fmt: skip
        world.clock.set(MIDNIGHT + timedelta(days=1, hours=hour))
        world.do("set_room_state", world.rooms[0], by="receiver1" if hour < 8 else "head1", state=state, **RECORD)
    world.clock.set(MIDNIGHT + timedelta(days=2))
    pass_time(world.clock.now())
    page = desk("dispatcher").open("/ledger")
    assert "4月3日–4月4日" in page.text
    [cells] = rows_on(page, "周转和空置").values()
    lived_in, known = 28 + 10, 8 * 28
    assert cells[0] == f"{100 * lived_in / known:.1f}%"
    parts = rows_on(page, "腾退到可用，分段")
    assert parts["等人手"] == ["1 小时 00 分"] * 2 and parts["作用"] == ["30 分"] * 2 and parts["全程"] == ["2 小时 30 分"] * 2
    assert "1 / 1 处在用的隔离点近 1 小时有变化" not in page.text


def test_the_ledger_tells_how_long_after_their_release_people_left_at_each_site_and_in_all(world, desk):
    world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="绿园", state="open", accepts=["close_contact"])
    world.do("save_room", site="S2", building="主楼", floor="3", number="0301", kind="single")
    stays = [
        occupant(world, door, f"住{door}", site=site, floor=door[1]) for site, door in (("S1", "0201"), ("S1", "0202"), ("S2", "0301"))
    ]
    world.clock.set(MIDNIGHT + timedelta(hours=22))
    for stay in stays:
        world.do("release_stay", stay.id, allowed_by="卢院长", reason="纸质结果阴性")
    for stay, hours in zip(stays, (1, 2, 12), strict=True):
        home = Trip.of(world, [stay.person_id], kind="return", destination={"kind": "home", "id": world.community})
        world.clock.set(MIDNIGHT + timedelta(hours=22 + hours))
        home.boarded(0)
    world.clock.set(MIDNIGHT + timedelta(days=2))
    pass_time(world.clock.now())
    page = desk("dispatcher").open("/ledger?by=site")
    told = {code: cells[8] for code, cells in rows_on(page, "周转和空置").items()}
    assert told == {"S1": "1 小时 30 分 / 2 小时 00 分", "S2": "12 小时 00 分 / 12 小时 00 分"}
    assert "2 小时 00 分 / 12 小时 00 分" in page.with_id("live-flows").all("tfoot")[0].text


# ---- count rounds ----


@pytest.mark.parametrize(("language", "said"), [("zh", "1 间和登记不一样"), ("en", "in 1 room count and register differ")])
def test_the_office_sees_which_rooms_a_count_found_otherwise(world, desk, language, said):
    seen = {room: "empty" for room in world.rooms[2:]} | {world.rooms[0]: "occupied", world.rooms[1]: "unclear"}
    world.say("count_rooms", world.site, by="receiver1", building="主楼", floor="2", seen=seen)
    page = desk("dispatcher", language).open("/room-counts")
    assert said in page.text and "0201" in page.text and "0202" not in page.text
    assert "0201" not in desk("dispatcher", language).open(f"/room-counts?area={world.area('绿园')}").text
    sheet = load_workbook(BytesIO(desk("dispatcher", language).ask("get", "/room-counts?as=xlsx").data)).worksheets[0]
    assert [row[4:8] for row in sheet.iter_rows(values_only=True, min_row=2)] == [("receiver1", 8, 1, 0)]


def test_somebody_in_a_room_on_hold_lives_there_in_the_ledger_and_in_the_list_of_sites(world, desk):
    """Two live at S1; one has a fever, so that nobody else is put there. A third room is held empty."""
    feverish, _well = occupant(world, "0201", "王一"), occupant(world, "0202", "王二")
    world.do("record_health", feverish.id, by="receiver1", **{**WELL, "temperature": 38.2})
    world.do("set_room_state", world.rooms[2], by="receiver1", state="hold", reason="等环境样本")
    [cells] = rows_on(desk("dispatcher").open("/ledger"), "房间按状态").values()
    assert cells == ["8", "5", "0", "2", "0", "1", "0", "28.6%"]
    sheet = load_workbook(BytesIO(desk("dispatcher").ask("get", "/sites?as=xlsx").data)).worksheets[0]
    head, row = sheet.iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True))["在住"] == 2
    assert desk("dispatcher").open(f"/sites/{world.site}").text.count("14天") == 2
