"""What somebody at a desk does in the console, in the words on its pages."""

import re
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.world import PASSWORD

HEADER = ("序号", "姓名", "性别", "年龄", "身份证号", "联系电话", "现住址", "人员类别", "检测时间", "备注")
MOTHER, CHILD, UNCLE = "李秀兰", "王小宝", "赵国强"
PEOPLE = (
    (1, MOTHER, "女", 42, "", "14200005001", "天茂名苑3栋2单元501", "密接", "2022-04-03 16:20", ""),
    (2, CHILD, "男", 8, "", "14200005001", "天茂名苑3栋2单元501", "密接", "2022-04-03 16:20", "孩子"),
    (3, UNCLE, "男", 67, "", "14200005003", "天茂名苑5栋1单元102", "密接", "2022-04-03 17:05", "轮椅"),
)


def list_of_the_evening(folder: Path) -> Path:
    """The unit's spreadsheet of today."""
    book = Workbook()
    book.active.append(HEADER)
    for row in PEOPLE:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    path = folder / "2022-04-03-宽城区.xlsx"
    path.write_bytes(file.getvalue())
    return path


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_label("密码")).to_have_count(0)  # whoever goes on sooner goes on without a session


def import_list(page: Page, file: Path) -> None:
    """Upload, look at the verdicts, take it in."""
    page.get_by_role("link", name="导入", exact=True).click()
    page.get_by_role("link", name="导入文件").click()
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="读这个文件").click()
    expect(page.get_by_text("数据行 3 = 可入库 3")).to_be_visible()
    page.get_by_role("button", name="入库", exact=True).click()
    expect(page.get_by_text("已入库。")).to_be_visible()


def make_transfer(page: Page, *, driver: str, escort: str) -> None:
    """Everybody of the list, to 北湖酒店, in the coach."""
    page.get_by_role("link", name="转运", exact=False).first.click()
    page.get_by_role("link", name="安排转运").first.click()
    for person in (MOTHER, CHILD, UNCLE):
        page.get_by_label(person, exact=True).check()
    page.get_by_role("button", name="下一步").click()
    choose(page, "送到", "北湖酒店")
    choose(page, "车辆", "T0001")
    choose(page, "司机", driver)
    choose(page, "随车人员", escort)
    page.get_by_label("计划发车").fill("2022-04-03T20:40")
    page.get_by_role("button", name="安排，同时锁房、锁车").click()
    expect(page.get_by_text("0403-001").first).to_be_visible()


def choose(page: Page, label: str, containing: str) -> None:
    """The option of a list that contains these words."""
    field = page.get_by_label(label).first
    expect(field.locator("option", has_text=containing).first).to_be_attached()
    options = field.locator("option").all_inner_texts()
    field.select_option(label=next(option for option in options if containing in option))


def shows(page: Page, words: str | re.Pattern) -> None:
    expect(page.get_by_text(words).first).to_be_visible()
