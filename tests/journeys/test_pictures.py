"""A photo taken without signal, on a phone whose battery falls out, stands in the office's log of the transfer; so does a signature."""

import os
import re
from base64 import b64decode
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.handset import Handset
from tests.journeys.office import Office
from tests.journeys.relay import waits_until
from tests.journeys.test_phone import phone_with_the_trip
from tests.world import PASSWORD

pytestmark = pytest.mark.timeout(600)

LARGE = """() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2400, 1800];
  canvas.getContext("2d").fillRect(300, 300, 900, 600);
  return canvas.toDataURL("image/jpeg").split(",")[1];
}"""
SLOW = """() => {
  const { createImageBitmap: quick } = window;
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, 2_000));
  window.createImageBitmap = (...asked) => aWhile().then(() => quick(...asked));
}"""
WHOLE = "SELECT count(*) FROM blob WHERE whole"


def test_a_photo_taken_offline_outlives_a_dead_battery_and_is_seen_in_the_console(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.airplane_mode(True)
    phone.page.goto(f"{phone.home}#/transfer/{office.transfer}/problem/move")
    phone.tick("出了事故")
    phone.page.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b64decode(phone.page.evaluate(LARGE))}
    )
    expect(phone.page.get_by_role("img", name="照片 1")).to_be_visible()
    phone.page.get_by_role("img", name="照片 1").scroll_into_view_if_needed()
    picture(phone, "problem")
    phone.press("报给调度，先存本机")
    phone.has_unsent(1)
    phone.page.goto(f"{phone.home}#/unsent")
    phone.shows("还有 1 张照片或签名没上传")
    picture(phone, "unsent")
    phone.kill()
    phone.start(online=False)
    phone.has_unsent(1)
    phone.airplane_mode(False)
    phone.sign_in_again_if_asked("driver1", PASSWORD)
    waits_until(lambda: office.rows(WHOLE) == [(1,)], "the photo never came")
    seen_in_the_console(office, desk, "现场照片", longest_side=1600)


def test_a_report_waits_for_the_photo_that_a_slow_phone_is_still_keeping(office: Office, desk, handset, tmp_path):
    """Else the photo is named by nothing, never sent, and the report stands in the form again."""
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.page.evaluate(SLOW)
    phone.page.evaluate(f"location.hash = '#/transfer/{office.transfer}/problem/move'")
    phone.tick("出了事故")
    phone.page.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b64decode(phone.page.evaluate(LARGE))}
    )
    save = phone.page.locator(".button.main")
    expect(save).to_have_text("先等照片存好…")
    expect(save).to_have_attribute("aria-disabled", "true")
    picture(phone, "keeping")
    phone.press("报给调度，先存本机")
    waits_until(lambda: office.rows(WHOLE) == [(1,)], "the photo never came")
    phone.page.evaluate(f"location.hash = '#/transfer/{office.transfer}/problem/move'")
    expect(phone.page.get_by_label("出了事故")).not_to_be_checked()


def test_a_signature_drawn_by_finger_is_seen_in_the_console(office: Office, desk, handset, tmp_path):
    phone = phone_with_the_trip(desk, handset, tmp_path)
    phone.page.goto(f"{phone.home}#/transfer/{office.transfer}/handover")
    phone.write("对方姓名", "孙护士")
    phone.page.get_by_text("手写签名，可以不签").click()
    sign(phone)
    picture(phone, "handover")
    phone.press(re.compile("^签字"))
    waits_until(lambda: office.rows(WHOLE) == [(1,)], "the signature never came")
    seen_in_the_console(office, desk, "手写签名", longest_side=640)


def sign(phone: Handset) -> None:
    line = phone.page.get_by_role("img", name="请用手指在这里签名")
    line.scroll_into_view_if_needed()
    box = line.bounding_box()
    phone.page.mouse.move(box["x"] + 20, box["y"] + 20)
    phone.page.mouse.down()
    for step in range(1, 12):
        phone.page.mouse.move(box["x"] + 20 + step * 20, box["y"] + 20 + (step % 2) * 40)
    phone.page.mouse.up()


def seen_in_the_console(office: Office, desk, what: str, longest_side: int) -> None:
    desk.goto(f"{office.address}/transfers/{office.transfer}")
    shown = desk.get_by_role("img", name=what)
    shown.scroll_into_view_if_needed()
    expect(shown).to_be_visible()
    desk.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())
    width, height = shown.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert max(width, height) == longest_side
    picture(desk, "console")


def picture(screen, name: str) -> None:
    """To be looked at, where SCREENS names a folder."""
    if folder := os.environ.get("SCREENS"):
        page = screen.page if isinstance(screen, Handset) else screen
        page.screenshot(path=str(Path(folder) / f"pictures-{name}.png"))
