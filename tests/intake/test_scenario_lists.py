"""The five days of lists, in order: every fault that was put in is found where it stands, and none is invented."""

from collections import Counter
from datetime import date

import pytest

from server.intake.judging import judge_list
from server.intake.known import Entry, KnownInMemory
from server.intake.origins import list_day_of
from server.intake.reading import read_tables

FAULTS = {
    "id_checksum",
    "id_missing",
    "id_precision_lost",
    "phone_missing",
    "name_missing",
    "category_unknown",
    "age_conflict",
    "duplicate_in_file",
    "listed_before",
}


def remember(known, judged, name):
    """What the door does after accepting: those accepted are people, those held wait, duplicates are neither."""
    for row in judged.rows:
        if row.verdict != "matched" and "duplicate_in_file" not in row.reasons:
            entry = Entry(f"{name}!{row.sheet}!{row.row}", row.verdict == "held", row.values["name"], row.values["id_number"])
            known.add(entry, row.values)


@pytest.fixture(scope="module")
def five_days(demo, expected):
    known, judged = KnownInMemory(), {}
    for name in sorted(expected):
        tables = read_tables(demo / "lists" / name, name)
        day = list_day_of(name, tables, near=date(2022, 4, 3))
        judged[name] = judge_list(tables, list_day=day, known=known, titles=[name])
        remember(known, judged[name], name)
    return judged, known


def test_every_data_row_is_counted_once(five_days, expected):
    assert five_days[0].keys() == expected.keys()
    for name, judged in five_days[0].items():
        assert judged.data_rows == expected[name]["data_rows"], name
        assert judged.count("accepted") + judged.count("matched") + judged.count("held") == judged.data_rows, name


def test_each_seeded_fault_is_found_where_it_stands_and_none_is_invented(five_days, expected):
    for name, judged in five_days[0].items():
        seeded = Counter(
            (None if fault["sheet"] == "csv" else fault["sheet"], fault["row"], fault["fault"]) for fault in expected[name]["faults"]
        )
        found = Counter((row.sheet, row.row, code) for row in judged.rows for code in (*row.reasons, *row.warnings) if code in FAULTS)
        assert found == seeded, name


def test_the_day_of_each_list_is_read_from_its_name(five_days, expected):
    for name, judged in five_days[0].items():
        assert judged.list_day.isoformat() == expected[name]["day"]


def test_each_address_gives_a_door_and_each_time_is_understood(five_days):
    for name, judged in five_days[0].items():
        for row in judged.rows:
            assert all(row.values[part] for part in ("compound", "building", "unit", "room", "detected_at")), (
                name,
                row.raw,
            )


def test_remarks_of_the_scenario_leave_no_words_behind(five_days):
    assert {words for judged in five_days[0].values() for row in judged.rows for words in row.values["words_kept"]} == set()


def test_a_list_judged_again_adds_nobody(five_days, demo, expected):
    judged_before, known = five_days
    for name in sorted(expected):
        again = judge_list(read_tables(demo / "lists" / name, name), list_day=judged_before[name].list_day, known=known, titles=[name])
        assert again.data_rows == judged_before[name].data_rows
        assert again.count("accepted") == 0, name
