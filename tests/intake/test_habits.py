"""Habits of units that no scenario list has: each is read for what a person would read in it."""

import io

import openpyxl
import pytest

from server.intake.judging import judge_list
from server.intake.reading import read_tables
from tests.intake.lists import DAY, as_text, as_xlsx, person

WANG, LI, GANG = person(1, name="王小明"), person(2, name="李红"), person(3, name="小刚")


def judged(text_or_bytes, **known):
    data = text_or_bytes.encode() if isinstance(text_or_bytes, str) else text_or_bytes
    return judge_list(read_tables(data), list_day=DAY, **known)


def test_columns_under_words_nobody_knows_are_told_by_what_stands_in_them():
    fields = ("name", "id_number", "phone", "address", "category")
    rows = [["甲", "乙", "丙", "丁", "戊"], *[[who[field] for field in fields] for who in (WANG, LI)]]
    read = judged(as_text(rows, delimiter="\t", encoding="utf-16-le"))
    assert [column.field for column in read.sheets[0].columns] == list(fields)
    assert read.count("accepted") == 2


def test_a_list_without_any_header_is_read_by_its_content():
    read = judged(
        "\n".join(f"{n},{who['name']},{who['id_number']},{who['phone']},{who['address']},密接" for n, who in enumerate((WANG, LI), 1))
    )
    assert read.sheets[0].header_rows == () and [row.row for row in read.rows] == [1, 2] and read.count("accepted") == 2


def test_a_header_of_two_rows_is_read_as_one():
    read = judged(
        f"某区4月3日密接人员名单,,,,,,\n\n序号,人员信息,,联系电话,住址,,\n,姓名,身份证号,,小区,楼栋,门牌\n"
        f"1,王小明,{WANG['id_number']},{WANG['phone']},幸福小区,3,501\n合计,1人,,,,,\n"
    )
    assert read.sheets[0].header_rows == (3, 4)
    row = read.rows[0]
    assert (row.row, row.verdict, row.values["compound"], row.values["building"], row.values["room"]) == (
        5,
        "accepted",
        "幸福小区",
        "3",
        "501",
    )
    assert row.values["category"] == "close_contact", "the title says what all of them are"
    assert [(line.row, line.kind) for line in read.skipped] == [(1, "title"), (3, "header"), (4, "header"), (6, "total")]


def test_blocks_below_each_other_each_with_its_title_and_header():
    read = judged(
        f"一、阳性人员,,,\n姓名,身份证号,电话,住址\n王小明,{WANG['id_number']},{WANG['phone']},甲小区1-1-101\n,,,\n"
        f"二、密接人员,,,\n电话,姓名,身份证号,住址\n{LI['phone']},李红,{LI['id_number']},甲小区1-1-102\n"
    )
    assert [(row.row, row.values["name"], row.values["category"]) for row in read.rows] == [
        (3, "王小明", "screen_positive"), (7, "李红", "close_contact"),
    ]  # fmt: skip


def test_merged_cells_speak_for_all_their_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["小区", "姓名", "身份证号", "电话", "类别"],
        ["甲小区", "王小明", WANG["id_number"], WANG["phone"], "密接"],
        [None, "李红", LI["id_number"], LI["phone"], None],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("E2:E3")
    out = io.BytesIO()
    book.save(out)
    read = judged(out.getvalue())
    assert [(row.values["compound"], row.values["category"]) for row in read.rows] == [("甲小区", "close_contact")] * 2


def test_an_empty_category_is_never_filled_from_the_line_above():
    read = judged(f"姓名,身份证号,电话,类别\n王小明,{WANG['id_number']},{WANG['phone']},密接\n李红,{LI['id_number']},{LI['phone']},\n")
    assert [row.verdict for row in read.rows] == ["accepted", "held"] and read.rows[1].reasons == ["category_unknown"]


def test_an_address_left_out_once_is_not_taken_from_the_neighbour():
    lines = [
        f"{who['name']},{who['id_number']},{who['phone']},密接,{address}"
        for who, address in ((WANG, "甲小区1-1-101"), (LI, ""), (GANG, "乙小区2-2-202"))
    ]
    read = judged("姓名,身份证号,电话,类别,住址\n" + "\n".join(lines))
    assert read.rows[1].values["address"] == ""


def test_ditto_marks_and_a_name_with_its_telephone_in_one_cell():
    read = judged(
        f"序号,姓名及电话,身份证号,地址,类别\n1,王小明 {WANG['phone']},{WANG['id_number']},甲小区1-1-101,密接\n"
        f"2,李红({LI['phone']}),{LI['id_number']},同上,〃\n"
    )
    assert [(row.values["name"], row.values["phone"], row.values["room"], row.values["category"]) for row in read.rows] == [
        ("王小明", WANG["phone"], "101", "close_contact"), ("李红", LI["phone"], "101", "close_contact"),
    ]  # fmt: skip


def test_columns_that_ask_for_a_need_are_answered_with_yes_or_no():
    read = judged(
        "姓名,身份证号,电话,类别,是否孕产妇,是否行动不便,是否需透析,宠物,门锁\n"
        f"王小明,{WANG['id_number']},{WANG['phone']},密接,否,是,否,无,坏\n李红,{LI['id_number']},{LI['phone']},密接,是,否,周二四六,猫一只,\n"
    )
    needs = [{need["code"]: need for need in row.values["needs"]} for row in read.rows]
    assert set(needs[0]) - {"child", "elderly"} == {"hard_to_walk"} and read.rows[0].values["words_kept"] == ["门锁:坏"]
    assert set(needs[1]) - {"child", "elderly"} == {"pregnant", "dialysis", "pets"} and needs[1]["dialysis"]["days"] == [2, 4, 6]


def test_the_householder_and_the_emergency_contact_are_not_the_person():
    read = judged(
        f"户主姓名,姓名,与户主关系,身份证号码,手机,紧急联系人电话,小区,楼号,门牌号,类别\n"
        f"王强,王小明,子,{WANG['id_number']},{WANG['phone']},14299999999,甲,3号楼,2单元501室,密接\n"
    )
    values = read.rows[0].values
    assert (values["name"], values["phone"], values["second_phone"], values["contact_name"]) == (
        "王小明",
        WANG["phone"],
        "14299999999",
        "王强",
    )
    assert (values["building"], values["unit"], values["room"]) == ("3", "2", "501")


def test_a_numbered_form_that_was_not_filled_in_has_no_people_in_its_empty_lines():
    read = judged(f"序号;姓名;身份证;电话;类别\n1;王小明;{WANG['id_number']};{WANG['phone']};密接\n2;;;;\n3;;;;\n")
    assert read.data_rows == 1 and [line.kind for line in read.skipped] == ["header", "unfilled", "unfilled"]


def test_somebody_called_like_a_total_is_still_a_person():
    assert judged(f"姓名,身份证,电话,类别\n合计,{WANG['id_number']},{WANG['phone']},密接\n").data_rows == 1


def test_columns_kept_apart_by_spaces_are_read():
    read = judged(
        f"转运名单\n\n姓名  身份证  电话  类别  发现时间\n王小明  {WANG['id_number']}  {WANG['phone']}  密接  4月3日 8:30\n".encode(
            "gb18030"
        )
    )
    assert read.rows[0].row == 4 and read.rows[0].values["detected_at"].hour == 0 and read.rows[0].verdict == "accepted"


@pytest.mark.parametrize(("encoding", "words"), [
    ("big5", ("姓名", "身份證號碼", "聯繫電話", "住址", "類別", "密切接觸者", "幸福小區3棟2單元501室")),
    ("gb18030", ("姓名", "身份证号码", "联系电话", "住址", "类别", "密切接触者", "幸福小区3栋2单元501室")),
])  # fmt: skip
def test_traditional_and_simplified_lists_are_read_alike(encoding, words):
    *header, category, address = words
    read = judged(
        f"{','.join(header)}\n陳大文,{WANG['id_number']},{WANG['phone']},{address},{category}\n".encode(
            "big5" if encoding == "big5" else encoding
        )
    )
    values = read.rows[0].values
    assert (values["name"], values["category"], values["address_key"]) == ("陳大文", "close_contact", "幸福小区|3|2|501")


def test_western_letters_with_accents_keep_them():
    read = judged(f"Full Name,ID Number,Mobile,Category\nAnna Müller,E12345678,+86 {WANG['phone']},close contact\n".encode("cp1252"))
    assert read.rows[0].values["name"] == "Anna Müller" and read.rows[0].verdict == "accepted"


def test_ids_rounded_by_a_spreadsheet_before_they_became_text_identify_nobody():
    """One in eleven rounded numbers has a right check digit by chance; beside others that have not, it is not believed."""
    right_by_chance = "220199197809252000"
    alone = judged(f"姓名,身份证,电话,类别\n王小明,{right_by_chance},{WANG['phone']},密接\n")
    assert alone.rows[0].warnings == []
    beside = judged(f"姓名,身份证,电话,类别\n王小明,{right_by_chance},{WANG['phone']},密接\n李红,220199195307162000,{LI['phone']},密接\n")
    assert [row.warnings for row in beside.rows] == [["id_precision_lost"]] * 2


def test_a_saved_mapping_outranks_words_and_content():
    text = f"姓名,号码,电话,类别,备注\n王小明,{WANG['id_number']},{WANG['phone']},密接,甲小区1-1-101\n"
    read = judged(text, mapping={"备注": "address", "类别": ""})
    assert read.rows[0].values["room"] == "101" and read.rows[0].values["category"] is None
    assert {column.header: column.by for column in read.sheets[0].columns}["备注"] == "saved"


def test_leading_blank_rows_of_a_sheet_are_counted():
    read = judged(as_xlsx([["姓名", "身份证号", "电话", "类别"], ["王小明", WANG["id_number"], WANG["phone"], "密接"]], first_row=6))
    assert read.sheets[0].header_rows == (6,) and read.rows[0].row == 7
