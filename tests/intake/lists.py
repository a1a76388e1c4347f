"""Made-up people and the many ways in which units write them down."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from html import escape

import openpyxl

from server.intake.id_numbers import check_digit

DAY = date(2022, 4, 3)
# Header words that no scenario list uses, by field; the first of each is the plainest.
OTHER_WORDS = {
    "name": ["姓名", "人员姓名", "患者姓名", "姓  名", "*姓名", "Name"],
    "sex": ["性别", "性 别", "Sex"],
    "age": ["年龄", "年龄(岁)", "Age"],
    "id_number": ["身份证号", "公民身份号码", "证件号码(必填)", "有效证件号", "ID number"],
    "phone": ["电话", "手机号码", "本人联系电话", "联系方式*", "Mobile"],
    "address": ["住址", "现居住地址", "家庭详细住址", "居住地址(小区-楼-单元-室)", "Address"],
    "category": ["类别", "人员分类", "人员性质", "转运类别", "Category"],
    "detected_at": ["发现时间", "检出时间", "判定时间", "结果报告时间", "Found at"],
    "remarks": ["备注", "特殊需求说明", "其他情况", "Remarks"],
}
FIELDS = tuple(OTHER_WORDS)


def id_number(born: date, order: int) -> str:
    """A right resident ID of the unassigned county 220199."""
    first = f"220199{born:%Y%m%d}{order % 999 + 1:03d}"
    return first + check_digit(first)


def person(order: int, **values: str) -> dict[str, str]:
    """Somebody who differs from everybody of another order, written plainly."""
    born = date(1950, 1, 1) + timedelta(days=order * 37 % 25000)
    number = id_number(born, order)
    plain = {
        "name": "王李张刘陈杨赵黄周吴"[order % 10] + "明红伟芳敏静丽强军洋"[order // 10 % 10] + "晓文"[order % 2],
        "sex": "男" if int(number[16]) % 2 else "女",
        "age": str(DAY.year - born.year - ((DAY.month, DAY.day) < (born.month, born.day))),
        "id_number": number,
        "phone": f"142{order:08d}",
        "address": f"幸福花园{order % 30 + 1}-{order % 6 + 1}-{order % 20 + 1}0{order % 4 + 1}",
        "category": ("密接", "次密接", "初筛阳性", "无症状感染者", "确诊(轻型)")[order % 5],
        "detected_at": "2022-04-03 08:30",
        "remarks": ("", "轮椅", "透析 周二四六")[order % 3],
    }
    return plain | values


def as_text(rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8", line_end: str = "\r\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: list[list], *, first_row: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for number, cells in enumerate(rows, first_row):
        for column, cell in enumerate(cells, 1):
            if cell != "":
                book.active.cell(number, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_page(rows: list[list[str]]) -> bytes:
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>" for cells in rows)
    return f"<html><meta charset='utf-8'><body><table>{lines}</table></body></html>".encode()


def as_ods(rows: list[list[str]], *, repeat: tuple[int, int] = (1, 1)) -> bytes:
    """An OpenDocument sheet by hand; `repeat` repeats the last row and its cells by number."""

    def cell(text: str, times: int = 1) -> str:
        kind = f'office:value-type="string" table:number-columns-repeated="{times}"'
        return f"<table:table-cell {kind}><text:p>{escape(text)}</text:p></table:table-cell>"

    body = "".join("<table:table-row>" + "".join(map(cell, cells)) + "</table:table-row>" for cells in rows)
    if repeat != (1, 1):
        body += f'<table:table-row table:number-rows-repeated="{repeat[0]}">{cell("x", repeat[1])}</table:table-row>'
    names = "".join(f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text"))
    sheet = f'<office:spreadsheet><table:table table:name="s">{body}</table:table></office:spreadsheet>'
    content = f'<?xml version="1.0"?><office:document-content{names}><office:body>{sheet}</office:body></office:document-content>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
    return out.getvalue()
