"""Lists of units nobody has met: other words, orders, encodings, delimiters, kinds of file. Each person is counted
once and found whole.
"""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.intake.judging import judge, judge_list, understand
from server.intake.known import NOBODY
from server.intake.reading import read_tables
from server.intake.table import Table
from server.problems import Refused
from tests.histories import histories
from tests.intake.lists import DAY, FIELDS, OTHER_WORDS, as_ods, as_page, as_text, as_xlsx, person

_WRITERS = {
    **{
        f"{name} {encoding}": (lambda rows, d=mark, e=encoding: as_text(rows, delimiter=d, encoding=e))
        for name, mark in {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}.items()
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
    },
    "full-width comma": lambda rows: as_text(rows, delimiter="，", encoding="gb18030"),
    "xlsx": as_xlsx,
    "page": as_page,
    "ods": as_ods,
}


@st.composite
def unit_lists(draw):
    """(bytes, orders of the people in it): columns shuffled, words changed, titles, blanks, a total and a signature
    around.
    """
    orders = draw(st.lists(st.integers(0, 9999), min_size=2, max_size=25, unique_by=lambda order: order % 1000))
    fields = draw(st.permutations(FIELDS))
    optional = draw(st.sets(st.sampled_from(["sex", "age", "detected_at", "remarks"])))
    fields = [field for field in fields if field not in optional]
    rows = [[draw(st.sampled_from(OTHER_WORDS[field])) for field in fields]]
    for order in orders:
        rows.append([person(order)[field] for field in fields])
        if draw(st.integers(0, 7)) == 0:
            rows.append([""] * len(fields))
    width = len(fields)
    if draw(st.booleans()):
        rows.insert(0, ["某区4月3日转运人员名单", *[""] * (width - 1)])
    if draw(st.booleans()):
        rows += [["合计", f"{len(orders)}人", *[""] * (width - 2)], ["填表人:", "", "审核人:", *[""] * (width - 3)]]
    return _WRITERS[draw(st.sampled_from(sorted(_WRITERS)))](rows), orders


@histories(120)
@given(unit_lists())
def test_each_person_of_any_unit_is_accepted_once_and_whole(made):
    data, orders = made
    judged = judge_list(read_tables(data), list_day=DAY)
    assert judged.data_rows == len(orders)
    assert judged.count("accepted") == len(orders), [(row.reasons, row.warnings, row.raw) for row in judged.rows]
    for row, order in zip(judged.rows, orders, strict=True):
        told = person(order)
        assert (row.values["name"], row.values["id_number"], row.values["phone"]) == (
            told["name"],
            told["id_number"],
            told["phone"],
        )
        assert row.values["compound"] == "幸福花园" and row.values["room"] and row.values["category"]
        assert row.warnings == []


_cells = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "姓名",
            "合计",
            "密接",
            "14212345678",
            "同上",
            "2022-04-03",
            "幸福里3-2-501",
            "?",
            "1",
            "220199198804030016",
            "填表人:",
        ]
    ),
    st.text(max_size=12),
    st.floats(),
    st.integers(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.booleans(),
    st.timedeltas(),
)


@histories(200)
@given(st.lists(st.lists(_cells, max_size=9), max_size=20), st.integers(0, 19))
def test_whatever_stands_in_the_cells_the_count_adds_up_or_one_sentence_refuses(rows, at):
    rows.insert(min(at, len(rows)), ["姓名", "身份证号", "电话", "住址", "类别", "时间", "备注"])
    judged = judge_list([Table("s", rows)], list_day=DAY)
    assert judged.count("accepted") + judged.count("matched") + judged.count("held") == judged.data_rows
    told = {row.row for row in judged.rows} | {skipped.row for skipped in judged.skipped}
    filled = {number for number, row in enumerate(rows, 1) if any(cell is not None and str(cell).strip() for cell in row)}
    assert filled <= told, "a line was neither judged nor named"
    assert len(judged.rows) == len({row.row for row in judged.rows})


@histories(150)
@given(st.binary(max_size=3000))
def test_random_bytes_are_read_or_refused_in_one_sentence(data):
    try:
        judge_list(read_tables(data), list_day=DAY)
    except Refused as refusal:
        assert refusal.code.startswith("file.")


@pytest.mark.parametrize("write", ["tab utf-16", "semicolon gb18030", "xlsx", "ods", "page", "pipe utf-16-be"])
def test_the_scenario_in_other_habits_gets_the_same_verdicts(demo, expected, write):
    """The first day's lists, columns shuffled, headers in other words, in another kind of file: the same verdict
    for the same person.
    """
    chance = random.Random(7)
    for name in [name for name in sorted(expected) if name.startswith("2022-04-03")]:
        read = understand(read_tables(demo / "lists" / name), list_day=DAY, titles=[name])
        before = judge(read, NOBODY)
        fields = chance.sample([field for field in FIELDS if field not in ("sex", "age")], 7) + ["sex", "age"]
        rows = [[chance.choice(OTHER_WORDS[field]) for field in fields]]
        for judged in before.rows:
            values = judged.values
            cells = {
                "name": values["name"],
                "sex": {"male": "男", "female": "女"}.get(values["sex"], ""),
                "age": "" if values["age"] is None else str(int(values["age"])),
                "id_number": values["id_written"],
                "phone": values["phone"] or "",
                "category": values["category_written"],
                "remarks": values["remarks"],
                "address": f"{values['compound']}{values['building']}栋{values['unit']}单元{values['room']}室",
                "detected_at": values["detected_at"].strftime("%Y/%m/%d %H:%M"),
            }
            rows.append([cells[field] for field in fields])
        after = judge_list(read_tables(_WRITERS[write](rows)), list_day=DAY)
        assert [row.verdict for row in after.rows] == [row.verdict for row in before.rows], name
        assert [set(row.warnings + row.reasons) for row in after.rows] == [set(row.warnings + row.reasons) for row in before.rows], name


@pytest.mark.parametrize("name", ["list.xls", "list.ods"])
def test_a_scenario_list_saved_by_another_program_two_rows_lower_gets_the_same_verdicts(demo, name):
    before = judge_list(read_tables(demo / "lists" / "2022-04-04-净月高新区.xlsx"), list_day=DAY)
    after = judge_list(read_tables(Path(__file__).parent / "files" / name), list_day=DAY)
    assert [(row.row - 2, row.verdict, row.reasons, row.warnings) for row in after.rows] == [
        (row.row, row.verdict, row.reasons, row.warnings) for row in before.rows
    ]
