"""Two people on one phone, a copy carried by hand, and a phone whose storage was emptied, in a real browser with a real desk."""

import re
import sqlite3

import pytest
from playwright.sync_api import expect

from tests.journeys.desk_work import MOTHER, sign_in
from tests.journeys.handset import Handset
from tests.journeys.office import Office
from tests.journeys.relay import waits_until
from tests.journeys.test_phone import phone_with_the_trip
from tests.world import PASSWORD

NOTHING_GOES_UP = """() => {
  window.fetchOfBefore = window.fetch;
  const goesUp = (path) => String(path).endsWith("/sync");
  window.fetch = (path, said) => goesUp(path) ? Promise.reject(new TypeError("no signal")) : window.fetchOfBefore(path, said);
}"""

FULL = """() => {
  window.putOfBefore = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError"); };
}"""
ROOM_AGAIN = "() => { IDBObjectStore.prototype.put = window.putOfBefore; }"
ALL_SENT = "全部已被中心收到"

pytestmark = pytest.mark.timeout(600)


def test_one_signs_out_with_work_unsent_and_the_next_signs_in_and_it_arrives_once_under_the_first_one_s_name(
    office: Office, desk, handset, tmp_path
):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.airplane_mode(True)
    say_that_nobody_was_there(phone, office)
    sign_out(phone, waiting=1)
    file = copy_from(phone, tmp_path)
    assert MOTHER not in file.read_text(encoding="utf-8") and "record_outcome" not in file.read_text(encoding="utf-8")
    read_in(desk, file, "新 1，已有 0，不接受 0")
    phone.page.evaluate(NOTHING_GOES_UP)
    phone.airplane_mode(False)
    phone.sign_in("driver2", PASSWORD)
    phone.shows("还没有下载过任务")
    phone.page.goto(f"{phone.home}#/unsent")
    phone.shows("这台手机上别人还有 1 条未上传")
    assert MOTHER not in phone.says() and "driver1" not in phone.says()
    phone.page.evaluate("window.fetch = window.fetchOfBefore")
    phone.press("现在上传")
    waits_until(lambda: len(office.operations_of("driver1")) == 1, "what the first one did never came from the phone")
    phone.page.get_by_text("别人还有").wait_for(state="detached")
    read_in(desk, file, "新 0，已有 1，不接受 0")
    logged = office.rows("SELECT u.username FROM operation o JOIN user u ON u.id = o.author_id WHERE o.type = 'record_outcome'")
    assert logged == [("driver1",)], "once, whichever way it came"


def test_who_signed_out_leaves_the_app_open_until_it_says_that_the_office_has_everything(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.airplane_mode(True)
    say_that_nobody_was_there(phone, office)
    sign_out(phone, waiting=1)
    assert ALL_SENT not in phone.says()
    phone.airplane_mode(False)
    phone.shows(ALL_SENT)
    assert len(office.operations_of("driver1")) == 1


def test_a_full_phone_says_that_it_could_not_sign_out_or_in_and_what_to_do(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.page.goto(f"{phone.home}#/settings")
    phone.press("退出登录")
    phone.page.evaluate(FULL)
    phone.press("确定退出")
    phone.shows("没退出成。手机满了，没存上。请删些照片再点一次")
    phone.page.evaluate(ROOM_AGAIN)
    phone.press("确定退出")
    phone.page.get_by_label("密码").wait_for()
    phone.page.evaluate(FULL)
    phone.sign_in("driver1", PASSWORD)
    phone.shows("没登录上。手机满了，没存上。请删些照片再点一次")
    phone.page.evaluate(ROOM_AGAIN)
    phone.press("登录")
    phone.shows("北湖酒店")


def test_a_phone_that_lost_its_storage_says_so_at_sign_in_and_the_office_sees_it(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    waits_until(
        lambda: office.rows("SELECT count(*) FROM transfer WHERE sent_at IS NOT NULL") == [(1,)], "the trip never came to the phone"
    )
    phone.page.goto("about:blank")
    office.stop_gently()
    announce(office, 3)
    office.start()
    lose_storage(phone)
    phone.sign_in("driver1", PASSWORD)
    phone.shows(re.compile("这部手机里的数据被清空了.*当时有 3 条还没上传"))
    phone.press("知道了")
    phone.page.get_by_text("数据被清空了").wait_for(state="detached")
    phone.page.reload()
    phone.shows("北湖酒店")
    assert "数据被清空了" not in phone.says()
    desk.context.clear_cookies()
    desk.goto(office.address)
    sign_in(desk, "dispatcher")
    desk.goto(f"{office.address}/phones?state=emptied")
    expect(desk.locator("tr", has_text="driver1")).to_contain_text("数据被清空")
    desk.goto(f"{office.address}/conflicts")
    expect(desk.get_by_role("link", name=re.compile("数据被清空")).first).to_be_visible()


def say_that_nobody_was_there(phone: Handset, office: Office) -> None:
    phone.page.goto(f"{phone.home}#/transfer/{office.transfer}/stop/{office.first_stop}")
    phone.press("不在")
    phone.has_unsent(1)


def sign_out(phone: Handset, waiting: int) -> None:
    phone.page.goto(f"{phone.home}#/settings")
    phone.press("退出登录")
    phone.shows(f"还有 {waiting} 条未上传，留在这台手机上，记在您名下。")
    phone.shows(f"退出后先别关这个程序：有信号就接着上传，直到显示“{ALL_SENT}”。")
    phone.press("确定退出")
    phone.shows(f"这台手机上还有 {waiting} 条未上传")


def copy_from(phone: Handset, folder):
    """The file that somebody carries to the desk."""
    with phone.page.expect_download() as coming:
        phone.press("分享副本")
    phone.shows("副本里有 1 条")
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def read_in(desk, file, counts: str) -> None:
    desk.get_by_role("link", name="手机", exact=True).click()
    desk.get_by_role("link", name="读入副本").click()
    desk.get_by_label("副本文件").set_input_files(file)
    desk.get_by_role("button", name="读入副本").click()
    expect(desk.get_by_text(counts)).to_be_visible()


def announce(office: Office, unsent: int) -> None:
    """As if the last contact had been in the middle of a large outbox."""
    with sqlite3.connect(office.data / "bihuan.sqlite3") as database:
        database.execute("UPDATE device SET unsent = ?", (unsent,))
    database.close()


def lose_storage(phone: Handset) -> None:
    """What a browser does that needs the room: everything that scripts have stored goes, cookies stay."""
    line = phone.context.new_cdp_session(phone.page)
    origin = phone.home.removesuffix("/app/")
    line.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb,cache_storage,service_workers,local_storage"})
    phone.page.goto(phone.home)
    expect(phone.page.get_by_label("用户名")).to_be_visible()
