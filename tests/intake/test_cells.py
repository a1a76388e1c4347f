"""What single cells mean: ID numbers, telephones, dates, categories, addresses, remarks."""

from datetime import UTC, date, datetime, time

import pytest

from server.intake.addresses import address_of
from server.intake.id_numbers import id_number_of
from server.intake.moments import moment_of
from server.intake.needs import remarks_of
from server.intake.origins import area_of, list_day_of
from server.intake.people_words import age_of, category_of, person_name, phones_of
from server.intake.table import Table

DAY = date(2022, 4, 3)


@pytest.mark.parametrize(
    ("cell", "number", "fault"),
    [
        ("220199198804030016", "220199198804030016", None),
        (" ２２０１９９１９８８０４０３００１６ ", "220199198804030016", None),
        ("22019919850228968x", "22019919850228968X", None),
        ("'220199198804030016", "220199198804030016", None),
        ("220199 19880403 0016", "220199198804030016", None),
        ("220199880403001", "220199198804030016", None),  # fifteen digits, before 1999
        ("220199198804030017", None, "id_checksum"),
        ("220199198813030016", None, "id_checksum"),  # a thirteenth month
        (2.20199195307162e17, None, "id_precision_lost"),
        ("220199195307162000", None, "id_precision_lost"),
        ("2.20199E+17", None, "id_precision_lost"),
        ("22019919880403001", None, "id_length"),
        ("", None, "id_missing"),
        ("无", None, "id_missing"),
        (None, None, "id_missing"),
        ("  ", None, "id_missing"),
        ("E12345678", "E12345678", None),
        ("H12345678", "H12345678", None),
    ],
)
def test_an_id_cell_gives_a_number_or_its_fault(cell, number, fault):
    read = id_number_of(cell)
    assert (read.number, read.fault) == (number, fault)


def test_a_rounded_id_still_tells_the_birth_date():
    assert id_number_of(2.20199195307162e17).birth_date == date(1953, 7, 16)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (14217079597.0, ["14217079597"]),
        ("142-9090-4083", ["14290904083"]),
        ("１４２１５４７９１７４", ["14215479174"]),
        ("14202737992 / 0431-00000002", ["14202737992", "0431-00000002"]),
        ("+86 142 0273 7992", ["14202737992"]),
        ("0086-14202737992", ["14202737992"]),
        ("0431-88889999转801、14202737992", ["14202737992", "0431-88889999-801"]),
        ("1420273799214202737993", ["14202737992", "14202737993"]),
        ("母亲14202737992", ["14202737992"]),
        ("无", []),
        ("1421", []),
        (1.42071e10, ["14207100000"]),
        ("", []),
    ],
)
def test_a_telephone_cell_gives_every_number_mobiles_first(cell, numbers):
    assert list(phones_of(cell).numbers) == numbers


@pytest.mark.parametrize(
    ("cell", "local"),
    [
        (datetime(2022, 4, 3, 18, 55), "2022-04-03 18:55"),  # noqa: DTZ001
        (44654.36875, "2022-04-03 08:51"),
        ("44654.36875", "2022-04-03 08:51"),
        ("202204030517", "2022-04-03 05:17"),
        (202204030517.0, "2022-04-03 05:17"),
        ("2022.04.03 22:06", "2022-04-03 22:06"),
        ("2022/04/03 13:43", "2022-04-03 13:43"),
        ("2022-04-03T01:43", "2022-04-03 01:43"),
        ("2022年4月3日22时6分", "2022-04-03 22:06"),
        ("4月3日 22:53", "2022-04-03 22:53"),
        ("4.3 10点05分", "2022-04-03 10:05"),
        ("4月3日晚8点半", "2022-04-03 20:30"),
        ("3号晚8点", "2022-04-03 20:00"),
        ("昨晚11点", "2022-04-02 23:00"),
        ("今早7:20", "2022-04-03 07:20"),
        ("08:15", "2022-04-03 08:15"),
        (time(8, 15), "2022-04-03 08:15"),
        ("12月31日 9:00", "2021-12-31 09:00"),
        ("31日 9:00", "2022-03-31 09:00"),
        ("下午3时", "2022-04-03 15:00"),
        ("4月3日24:00", "2022-04-04 00:00"),
        ("3 Apr 2022 8:05 pm", "2022-04-03 20:05"),
        ("2022-04-03T00:30:00Z", "2022-04-03 08:30"),
        ("四月三日上午九点", "2022-04-03 09:00"),
        ("2022-04-03 09:22:11", "2022-04-03 09:22"),
        ("4/3 9:05", "2022-04-03 09:05"),
        ("22年4月3日 9:05", "2022-04-03 09:05"),
        ("2022-04-03", "2022-04-03 day"),
        (44654.0, "2022-04-03 day"),
        (20220403.0, "2022-04-03 day"),
        ("4月3日", "2022-04-03 day"),
        (4.3, "2022-04-03 day"),
        ("0403", "2022-04-03 day"),
        ("待补", None),
        ("", None),
        ("不清楚", None),
        ("2月30日", None),
        (float("nan"), None),
    ],
)
def test_a_time_is_read_in_every_form_and_without_a_year_is_the_nearest(cell, local):
    moment = moment_of(cell, DAY)
    if local is None:
        assert moment is None
        return
    shown = (
        moment.day.isoformat() + " day"
        if moment.precision == "day"
        else (moment.at.replace(tzinfo=UTC)).astimezone(_zone()).strftime("%Y-%m-%d %H:%M")
    )
    assert shown == local


def _zone():
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("密接", "close_contact"),
        ("密切接触者", "close_contact"),
        ("密 接", "close_contact"),
        ("密接的密接", "secondary_contact"),
        ("次密", "secondary_contact"),
        ("次密切接触者", "secondary_contact"),
        ("一般接触者", "general_contact"),
        ("初筛阳", "screen_positive"),
        ("阳性", "screen_positive"),
        ("单管阳性", "screen_positive"),
        ("混管阳性", "pooled_positive"),
        ("10合1混检阳性", "pooled_positive"),
        ("无症状", "asymptomatic"),
        ("确诊(轻型)", "confirmed"),
        ("普通型", "confirmed"),
        ("确诊病例的密接", "close_contact"),
        ("无症状感染者密接", "close_contact"),
        ("密接转阳", "screen_positive"),
        ("密接转确诊", "confirmed"),
        ("陪护人员", "accompanying"),
        ("中高风险区返回人员", "risk_area_person"),
        ("close contact", "close_contact"),
        ("secondary contact", "secondary_contact"),
        ("待定", None),
        ("?", None),
        ("外省协查", None),
        ("", None),
        ("疑似", None),
        ("阴性", None),
        ("排除密接", None),
        ("密接(初筛阳性)", None),
        ("已解除", None),
    ],
)
def test_a_category_is_only_decided_where_the_words_decide_it(text, code):
    assert category_of(text).code == code


def test_a_confirmed_case_carries_its_type_and_a_positive_where_it_was_found():
    assert [category_of(text).case_type for text in ("确诊(轻型)", "普通型", "确诊-重型", "危重型", "确诊")] == [
        "mild",
        "ordinary",
        "severe",
        "critical",
        None,
    ]
    assert [category_of(text).found_under_control for text in ("初筛阳性(管控)", "社会面阳性", "阳性")] == [
        True,
        False,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("安达雅居27号楼2门2401", ("安达雅居", "27", "2", "2401")),
        ("宽城区团结嘉园18栋3单元1204室", ("团结嘉园", "18", "3", "1204")),
        ("团结嘉园18-3-1204", ("团结嘉园", "18", "3", "1204")),
        ("团结小区2号楼4门603", ("团结小区", "2", "4", "603")),
        ("三号楼二单元501", (None, "3", "2", "501")),
        ("吉林省长春市净月高新区万科国际4/3/1103", ("万科国际", "4", "3", "1103")),
        ("中海77号院3栋2单元5层501", ("中海77号院", "3", "2", "501")),
        ("阳光小区5栋302室", ("阳光小区", "5", None, "302")),
        ("绿地5-1203", ("绿地", "5", None, "1203")),
        ("Happy Estate 3-2-501", ("Happy Estate", "3", "2", "501")),
        ("人民大街123号", ("人民大街123号", None, None, None)),
        ("合隆镇三道村5组", ("合隆镇三道村5组", None, None, None)),
        ("", (None, None, None, None)),
        ("幸福小區3棟2單元501室", ("幸福小区", "3", "2", "501")),
        ("北湖名苑12号楼1门401(暂住)", ("北湖名苑", "12", "1", "401")),
    ],
)
def test_an_address_gives_compound_building_unit_and_room(text, door):
    address = address_of(text)
    assert (address.compound, address.building, address.unit, address.room) == door
    assert address.raw == text


def test_four_cells_and_one_cell_name_the_same_door():
    keys = {
        address_of("团结里14-5-2304").key,
        address_of("团结里14栋5单元2304室").key,
        address_of("", compound="团结里", building=14.0, unit=5.0, room="2304").key,
        address_of("", compound="团结里", building="14号楼", unit="5单元", room="2304室").key,
        address_of("", compound="团结里", place="14/5/2304").key,
        address_of("", compound="团结里", building="14栋", room="5单元2304").key,
        address_of("宽城区团结里 14 号楼 5 门 2304").key,
    }
    assert keys == {"团结里|14|5|2304"}


@pytest.mark.parametrize(
    ("text", "needs", "kept"),
    [
        ("透析 周二四六", [{"code": "dialysis", "days": [2, 4, 6]}], ""),
        ("每周一、三、五血透", [{"code": "dialysis", "days": [1, 3, 5]}], ""),
        ("透析:星期二、星期四、星期六", [{"code": "dialysis", "days": [2, 4, 6]}], ""),
        ("dialysis Mon Wed Fri", [{"code": "dialysis", "days": [1, 3, 5]}], ""),
        ("孕28周", [{"code": "pregnant", "weeks": 28}], ""),
        ("怀孕32周,行动不便", [{"code": "pregnant", "weeks": 32}, {"code": "hard_to_walk"}], ""),
        ("轮椅", [{"code": "wheelchair"}], ""),
        ("不需要轮椅", [], ""),
        ("无基础病", [], ""),
        ("未怀孕", [], ""),
        ("无", [], ""),
        ("听力障碍", [{"code": "hearing"}], ""),
        ("高血压药", [{"code": "medicine", "detail": "高血压药"}], ""),
        ("哮喘,需氧", [{"code": "oxygen"}, {"code": "chronic_illness", "detail": "哮喘"}], ""),
        ("糖尿病,胰岛素", [{"code": "insulin"}, {"code": "chronic_illness", "detail": "糖尿病"}], ""),
        ("家有宠物犬一只", [{"code": "pets", "detail": "家有宠物犬一只"}], ""),
        ("轮椅;楼道灯坏了", [{"code": "wheelchair"}], "楼道灯坏了"),
        ("等女儿下班", [], "等女儿下班"),
    ],
)
def test_remarks_become_needs_and_other_words_are_kept(text, needs, kept):
    said = remarks_of(text)
    assert (list(said.needs), said.kept) == (needs, kept)


def test_who_somebody_was_in_contact_with_is_read_from_the_remark():
    assert (remarks_of("系叶琳琳同住密接").index_name, remarks_of("系叶琳琳同住密接").relation) == (
        "叶琳琳",
        "lives_together",
    )


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("72", 72),
        ("８１", 81),
        ("72岁", 72),
        ("8个月", 0.67),
        ("3岁半", 3.5),
        ("六十三", 63),
        ("0", 0),
        ("200", None),
        ("不详", None),
    ],
)
def test_an_age_is_read_in_years(text, age):
    from server.intake.words import tidy

    assert age_of(tidy(text)) == age


def test_spaces_that_align_names_are_no_part_of_them():
    assert [person_name(cell) for cell in ("文 建", "文　建", " 任㼆 ", "Anna Li", "阿依古丽·买买提", "/", None)] == [
        "文建",
        "文建",
        "任㼆",
        "Anna Li",
        "阿依古丽·买买提",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "title", "day"),
    [
        ("2022-04-05-某区.xlsx", "", date(2022, 4, 5)),
        ("某区20220405.csv", "", date(2022, 4, 5)),
        ("某区4月5日名单.xls", "", date(2022, 4, 5)),
        ("某区4.5.xls", "", date(2022, 4, 5)),
        ("某区4.5", "", date(2022, 4, 5)),
        ("名单.xlsx", "某区4月6日转运人员名单", date(2022, 4, 6)),
        ("名单(3).xlsx", "转运人员名单", None),
        ("12月31日.csv", "", date(2021, 12, 31)),
    ],
)
def test_the_day_of_a_list_is_in_its_name_or_its_title_or_is_asked_for(name, title, day):
    table = Table("名单", [[title], ["姓名", "电话", "住址", "类别"], ["王明", "14212345678", "甲1-1-101", "密接"]])
    assert list_day_of(name, [table], near=DAY) == day


def test_the_unit_of_a_list_is_the_area_its_name_or_title_names():
    table = Table(
        "名单",
        [["填报单位:宽城区防控办"], ["姓名", "电话", "住址", "类别"], ["王明", "14212345678", "绿园1-1-101", "密接"]],
    )
    assert area_of("名单.xlsx", [table], ["绿园区", "宽城区", "宽城"]) == "宽城区"
    assert area_of("长春新区4.3.xlsx", [table], ["新区", "长春新区", "宽城区"]) == "长春新区"
