"""The ledgers of the scenario, and the same ledgers in another habit: told by their columns, each row with a
verdict.
"""

from datetime import UTC, date, datetime

import pytest

from server.intake.ledgers import KINDS, kind_of, read_ledger
from server.intake.reading import read_tables
from server.problems import Refused
from tests.intake.lists import as_text, as_xlsx

DAY = date(2022, 4, 3)
FILES = {
    "areas": ("areas.csv", 17),
    "communities": ("communities.csv", 126),
    "sites": ("sites.xlsx", 61),
    "rooms": ("rooms.csv", 6209),
    "room_states": ("room-states.csv", 318),
    "occupants": ("occupants.csv", 4570),
    "vehicles": ("vehicles.xlsx", 60),
    "staff": ("staff.xlsx", 219),
    "hospitals": ("hospitals.csv", 12),
}


def ledger(demo, kind):
    return read_ledger(read_tables(demo / FILES[kind][0]), near=DAY)


@pytest.mark.parametrize("kind", KINDS)
def test_each_ledger_is_known_by_its_columns_and_read_whole(demo, kind):
    assert kind_of(read_tables(demo / FILES[kind][0])) == kind
    read = ledger(demo, kind)
    assert len(read.rows) == read.count("accepted") == FILES[kind][1]
    assert [row.warnings for row in read.rows if row.warnings] == []


def test_every_daily_list_is_known_as_a_list_and_tables_of_other_things_as_neither(demo, expected):
    assert {kind_of(read_tables(demo / "lists" / name)) for name in expected} == {"list"}
    assert kind_of(read_tables(demo / "supplies.csv")) is None
    assert kind_of(read_tables(demo / "screening-rounds.csv")) is None


def test_a_site_says_whom_it_takes_and_in_what_state_it_is(demo):
    sites = {row.values["code"]: row.values for row in ledger(demo, "sites").rows}
    assert sites["S001"]["kind"] == "hotel" and sites["S001"]["state"] == "candidate"
    assert sites["S001"]["accepts"] == ["close_contact", "secondary_contact"] and sites["S001"]["rooms_total"] == 65
    mild_only = [site for site in sites.values() if site["accepts_case_types"]]
    assert mild_only and all(site["accepts_case_types"] == {"confirmed": ["mild"]} for site in mild_only)
    assert {site["kind"] for site in sites.values()} == {
        "hotel",
        "guesthouse",
        "dormitory",
        "public_rental",
        "small_fangcang",
        "fangcang",
        "hospital",
    }


def test_vehicles_that_may_not_drive_and_rooms_that_may_not_be_given_are_told(demo):
    vehicles = [row.values for row in ledger(demo, "vehicles").rows]
    assert (
        sum(not vehicle["cab_partition"] for vehicle in vehicles) == 4
        and sum(vehicle["state"] == "out_of_service" for vehicle in vehicles) == 1
    )
    assert vehicles[0]["plate"] == "吉A·T0001" and vehicles[0]["last_disinfected_at"] == datetime(2022, 4, 2, 12, 50, tzinfo=UTC)
    states = {row.values["state"] for row in ledger(demo, "room_states").rows}
    assert states == {"aerating", "staff_use", "inspecting", "disinfecting", "blocked", "vacated_dirty"}


def test_the_same_vehicles_in_another_habit_are_read_alike():
    rows = [
        ["车辆台账", "", "", "", ""],
        ["号牌", "车辆类型", "核载人数", "隔断", "车况"],
        ["吉A T0001", "大客车", "49座", "有", "正常"],
        ["吉AT0002", "商务车", "7", "无", "待维修"],
        ["吉A·T0001", "大客车", "49", "有", "正常"],
        ["合计", "3辆", "", "", ""],
    ]
    for data in (as_xlsx(rows), as_text(rows, delimiter="\t", encoding="utf-16")):
        read = read_ledger(read_tables(data), near=DAY)
        assert read.kind == "vehicles"
        assert [
            (
                row.values["plate"],
                row.values["kind"],
                row.values["seats"],
                row.values["cab_partition"],
                row.values["state"],
            )
            for row in read.rows[:2]
        ] == [
            ("吉A·T0001", "coach", 49, True, "clean_ready"),
            ("吉A·T0002", "minibus", 7, False, "out_of_service"),
        ]
        assert [row.verdict for row in read.rows] == ["accepted", "accepted", "held"] and read.rows[2].reasons == ["duplicate_in_file"]


def test_a_ledger_row_without_what_it_needs_is_held_with_the_reason():
    read = read_ledger(read_tables("场所编号,楼栋,楼层,房号,房型\nS001,主楼,2,0201,单人间\nS001,主楼,2,,双人间\n".encode()), near=DAY)
    assert [(row.verdict, row.reasons) for row in read.rows] == [("accepted", []), ("held", ["number_missing"])]


def test_coordinates_in_the_wrong_order_or_out_of_the_country_are_not_taken_silently():
    text = "区域,小区,纬度(GCJ02),经度(GCJ02),联系人,电话\n宽城区,甲苑,125.3,43.9,王明,14212345678\n宽城区,乙苑,0,0,王明,14212345678\n"
    rows = read_ledger(read_tables(text.encode()), near=DAY).rows
    assert (rows[0].values["lat"], rows[0].values["lng"], rows[0].values["datum"], rows[0].warnings) == (
        43.9,
        125.3,
        "gcj02",
        ["coordinates_swapped"],
    )
    assert rows[1].values["lat"] is None and rows[1].warnings == ["coordinates_unclear"]


def test_a_file_without_a_ledger_is_refused():
    with pytest.raises(Refused, match="file.no_header"):
        read_ledger(read_tables("甲,乙\n1,2\n".encode()), near=DAY)


def test_a_ledger_of_sites_may_bring_its_legal_basis_and_the_days_of_its_stages():
    rows = [
        "场所编号 场所名称 场所类型 所属区域 房间总数 状态 征用依据 征用日期 改造日期 验收日期 计划启用日期 牵头人".split(),
        ["S1", "新发酒店", "酒店", "宽城区", "60", "改造中", "长政征〔2022〕7号", "2022-03-28", "3月30日", "", "2022/4/5", "周局"],
    ]
    [row] = read_ledger(read_tables(as_xlsx(rows)), near=date(2022, 4, 3)).rows
    told = {name: str(value) for name, value in row.values.items() if name.endswith("_on") and value}
    assert told == {"requisitioned_on": "2022-03-28", "converting_on": "2022-03-30", "opens_on": "2022-04-05"}
    assert (row.values["legal_basis"], row.values["stage_owner"], row.warnings) == ("长政征〔2022〕7号", "周局", [])


def test_a_ledger_of_areas_may_bring_residents_and_the_rooms_to_have():
    rows = [["区域", "类型", "分级", "常住人口", "每万人房间数"], ["宽城区", "区", "红", "714,919", "60"]]
    [row] = read_ledger(read_tables(as_xlsx(rows)), "areas", near=date(2022, 4, 3)).rows
    assert (row.values["population"], row.values["rooms_per_10k"]) == (714919, 60)
