"""Broken, empty, oversized and hostile files get one clear sentence, quickly, and leave nothing half done."""

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from server.intake.judging import judge_list
from server.intake.reading import read_tables
from server.intake.refusals import FILE_REFUSALS
from server.problems import Refused
from tests.intake.lists import DAY, FIELDS, OTHER_WORDS, as_ods, as_text, as_xlsx, person

HEADER = [OTHER_WORDS[field][0] for field in FIELDS]
ROWS = [HEADER, *[[person(order)[field] for field in FIELDS] for order in range(5)]]


def refusal_of(data) -> str:
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        judge_list(read_tables(data), list_day=DAY)
    assert time.monotonic() - started < 30, "a refusal must not take long"
    code = refused.value.code
    status, chinese, english = FILE_REFUSALS[code]
    assert status >= 400 and chinese.format(**refused.value.values) and english.format(**refused.value.values)
    return code


def rezipped(data: bytes, change) -> bytes:
    """An xlsx with its parts changed: `change` gets {name: bytes}."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\x00" * 500])
def test_an_empty_file_says_that_it_is_empty(data):
    assert refusal_of(data) == "file.empty"


def test_a_workbook_without_a_single_cell_is_empty():
    assert refusal_of(as_xlsx([])) == "file.empty"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_that_was_cut_off_is_broken(share):
    data = as_xlsx(ROWS)
    assert refusal_of(data[: int(len(data) * share)]) == "file.broken"


def test_a_workbook_with_damaged_insides_is_broken():
    assert refusal_of(rezipped(as_xlsx(ROWS), lambda parts: parts.update({"xl/worksheets/sheet1.xml": b"<worksheet><oops"}))) in (
        "file.broken",
        "file.empty",
    )
    data = bytearray(as_xlsx(ROWS))
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    assert refusal_of(bytes(data)) == "file.broken"


def test_a_zip_bomb_is_not_unfolded():
    bomb = rezipped(as_xlsx(ROWS), lambda parts: parts.update({"xl/worksheets/sheet1.xml": b"<c/>" * 60_000_000}))
    assert len(bomb) < 2_000_000
    assert refusal_of(bomb) == "file.bomb"


def test_one_cell_in_the_last_corner_does_not_take_the_memory():
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    book.active["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    assert refusal_of(out.getvalue()) == "file.bomb"


def test_an_ods_that_repeats_a_cell_a_billion_times_is_not_unfolded():
    assert refusal_of(as_ods(ROWS, repeat=(1_000_000, 16_000))) in ("file.bomb", "file.broken")


def test_entities_in_an_ods_are_not_unfolded():
    def laughs(parts):
        parts["content.xml"] = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + parts["content.xml"][21:]

    assert judge_list(read_tables(rezipped(as_ods(ROWS), laughs)), list_day=DAY).count("accepted") == 5


def test_more_than_fifty_megabytes_are_not_read(tmp_path):
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(60 * 1024 * 1024)
    assert refusal_of(large) == "file.too_large"


def test_more_than_two_hundred_thousand_rows_are_not_read():
    assert refusal_of(("姓名,电话,类别\n" + "王明,14212345678,密接\n" * 200_100).encode()) == "file.too_many_rows"


def test_a_locked_workbook_asks_for_the_password_to_be_removed():
    assert refusal_of(Path(__file__).parent / "files" / "locked.xlsx") == "file.encrypted"


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n" + bytes(50), b"MZ" + bytes(range(256)), bytes(range(256)) * 20],
)
def test_what_is_no_table_is_named_so(data):
    assert refusal_of(data) == "file.unknown_kind"


def test_a_text_document_in_a_zip_is_no_table():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert refusal_of(out.getvalue()) == "file.unknown_kind"


def test_a_page_without_a_table_is_no_table():
    assert refusal_of("<html><body>请登录</body></html>".encode()) == "file.unknown_kind"


def test_a_text_without_a_header_or_people_has_no_header():
    assert refusal_of("今天天气很好\n明天也是\n".encode()) == "file.no_header"


def test_a_formula_is_read_as_the_value_saved_with_it_and_a_text_like_one_stays_text():
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active["A2"] = '=HYPERLINK("http://example.invalid","点我")'
    out = io.BytesIO()
    book.save(out)
    judged = judge_list(read_tables(out.getvalue()), list_day=DAY)
    assert judged.rows[0].values["name"] == "" and judged.rows[0].verdict == "held"  # nothing was ever computed for it
    text = judge_list(read_tables(as_text([HEADER, ["=cmd|' /C calc'!A0", *ROWS[1][1:]]])), list_day=DAY)
    assert text.rows[0].raw["姓名"] == "=cmd|' /C calc'!A0"


def test_a_workbook_with_a_macro_is_read_for_its_values_only():
    macro = rezipped(as_xlsx(ROWS), lambda parts: parts.update({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen()"}))
    assert judge_list(read_tables(macro, "list.xlsm"), list_day=DAY).count("accepted") == 5


def test_a_comma_list_called_xlsx_and_a_workbook_called_csv_are_told_by_content(tmp_path):
    (tmp_path / "list.xlsx").write_bytes(as_text(ROWS, encoding="gb18030"))
    (tmp_path / "list.csv").write_bytes(as_xlsx(ROWS))
    for name in ("list.xlsx", "list.csv"):
        assert judge_list(read_tables(tmp_path / name, name), list_day=DAY).count("accepted") == 5


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_people_below():
    lines = as_text(ROWS).decode().splitlines()
    lines[1] = '"' + lines[1]
    judged = judge_list(read_tables("\n".join(lines).encode()), list_day=DAY)
    assert judged.data_rows == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_one_damaged_byte_is_told_on_its_row_and_costs_nobody_else(encoding):
    rows = [HEADER, *[[person(order)[field] for field in FIELDS] for order in range(40)]]
    data = bytearray(as_text(rows, encoding=encoding))
    at = data.find("幸福".encode(encoding.replace("-sig", "").replace("utf-16", "utf-16-le")), len(data) // 2)
    data[at : at + 2] = b"\xff\xdf" if encoding == "utf-16" else b"\xff\xff"
    judged = judge_list(read_tables(bytes(data)), list_day=DAY)
    assert judged.data_rows == 40 and sum("text_damaged" in row.warnings for row in judged.rows) == 1
    assert judged.count("accepted") == 40


def test_a_damaged_xls_that_asks_for_all_memory_ends_only_its_reader():
    """Found by changing bytes at random: opening it in the server took every byte of memory the machine had."""
    assert refusal_of(Path(__file__).parent / "files" / "greedy.xls") in ("file.bomb", "file.broken")
