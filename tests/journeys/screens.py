"""Takes every phone screen and console page of the demo: `make screens`. Two sizes, two languages, some in the dark.

All go to a folder to be looked at (SCREENS, a new one unless told); a small set to docs/screens.
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from server.app import create_app
from server.cli import migrate_database
from server.demo.accounts import password_for_all
from server.demo.filling import fill_demo
from server.settings import read_settings
from server.store.database import db
from tests.ensure_browser import browser_path
from tests.journeys.handset import FLAGS, PHONE, READ_MS
from tests.journeys.office import ROOT, Office

DOCS = ROOT / "docs" / "screens"
DESK = {"viewport": {"width": 1440, "height": 900}}
KEPT = {
    "phone-today", "phone-transfer", "phone-verify-person", "phone-boarding", "phone-arrivals", "phone-receive", "phone-rooms",
    "phone-unsent", "console-today", "console-transfers", "console-transfer", "console-people", "console-person", "console-import",
    "console-site", "console-conflict", "console-making",
}  # fmt: skip

CONSOLE = {
    "today": "/today", "people": "/people", "transfers": "/transfers", "imports": "/imports", "held": "/imports/held", "sites": "/sites",
    "vehicles": "/vehicles", "docking": "/docking", "conflicts": "/conflicts", "quarantine": "/quarantine", "phones": "/phones",
    "making": "/transfers/new", "upload": "/imports/new", "enter-person": "/people/new",
    "contacts": "/contacts", "copies": "/phones/copies", "balance": "/balance", "returns": "/returns", "forecast": "/forecast",
    "assumptions": "/forecast/assumptions", "freed-rooms": "/forecast/freed-rooms", "ledger": "/ledger",
    "idle-rooms": "/idle-rooms", "pipeline": "/sites/pipeline", "overstays": "/overstays", "room-counts": "/room-counts",
    "stays": "/stays", "packs": "/packs", "choose-pack": "/packs/choice?pack=CN-9",
}  # fmt: skip
FIRST_OF = {  # a page about one thing: where it is listed, and how its address begins
    "person": ("/people?state=awaiting_transfer", "/people/"),
    "transfer": ("/transfers?state=under_way", "/transfers/"),
    "import": ("/imports", "/imports/"),
    "site": ("/sites?search=S021", "/sites/"),
    "stay": ("/stays", "/stays/"),
    "stages": ("/sites/pipeline", "/sites/"),
    "conflict": ("/conflicts", "/conflicts/"),
    "quarantined": ("/quarantine", "/quarantine/"),
    "held-row": ("/imports/held", "/imports/held/"),
}
OF_OTHERS = {"auditor": ("operations", "/operations"), "admin": ("users", "/users"), "worker1": ("compounds", "/compounds")}
A_THING = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}(?=$|\?|/stages$)")


def main() -> None:
    folder = Path(os.environ.get("SCREENS") or tempfile.mkdtemp(prefix="screens-"))
    folder.mkdir(parents=True, exist_ok=True)
    DOCS.mkdir(parents=True, exist_ok=True)
    data = Path(tempfile.mkdtemp(prefix="screens-demo-"))
    password = filled_demo(data)
    office = Office(data).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
            for language in ("zh", "en"):
                take_console(Camera(browser, office, password, folder, language))
                take_phones(Camera(browser, office, password, folder, language))
            browser.close()
    finally:
        office.stop()
    print(
        f"{len(list(folder.glob('*.png')))} screens in {folder}, {sum(file.stat().st_size for file in DOCS.iterdir()) // 1024} KB in {DOCS}"
    )


def filled_demo(data: Path) -> str:
    app = create_app(read_settings({"DATA": str(data)}, demo=True))
    migrate_database(app)
    with app.app_context():
        fill_demo()
        password = password_for_all(data, None, app.clock.now())
        db.engine.dispose()
    return password


class Camera:
    """Signs in, goes somewhere, and takes what is to be seen."""

    def __init__(self, browser: Browser, office: Office, password: str, folder: Path, language: str):
        self.browser, self.office, self.password, self.folder, self.language = browser, office, password, folder, language
        self.locale = {"locale": "zh-CN" if language == "zh" else "en-GB", "timezone_id": "Asia/Shanghai"}
        self.taken: set[str] = set()

    def page(self, dark: bool = False, **size) -> Page:
        page = self.browser.new_context(**size, **self.locale, color_scheme="dark" if dark else "light").new_page()
        page.set_default_timeout(15_000)
        return page

    def take(self, page: Page, name: str, look: str) -> None:
        page.wait_for_timeout(250)
        file = self.folder / f"{name}-{look}-{self.language}.png"
        page.screenshot(path=file)
        if name in KEPT and (look, self.language) in (("phone", "zh"), ("desk", "zh")):
            (DOCS / f"{name}.png").write_bytes(page.screenshot(scale="css"))
        self.taken.add(name)


# ---- the console ----


def take_console(camera: Camera) -> None:
    for look, size, dark in (("desk", DESK, False), ("small", {"viewport": PHONE["viewport"]}, False), ("dark", DESK, True)):
        page = camera.page(dark, **size)
        page.goto(camera.office.address)
        camera.take(page, "console-sign-in", look)
        sign_in(page, "dispatcher", camera)
        speak(page, camera)
        for name, address in {**CONSOLE, **of_one_site(camera.office)}.items():
            page.goto(camera.office.address + address)
            camera.take(page, f"console-{name}", look)
        for name, (list_at, begins) in FIRST_OF.items():
            if open_first(page, camera.office.address + list_at, begins):
                camera.take(page, f"console-{name}", look)
            elif look == "desk":
                print(f"nothing to show for {name}", file=sys.stderr)
        page.context.close()
        for username, (name, address) in OF_OTHERS.items():
            page = camera.page(dark, **size)
            page.goto(camera.office.address)
            sign_in(page, username, camera)
            speak(page, camera)
            page.goto(camera.office.address + address)
            camera.take(page, f"console-{name}", look)
            page.context.close()


def of_one_site(office: Office) -> dict[str, str]:
    """Pages about the receiver's site, a room that was turned over, and a stay in it: no list shows them first, so they are asked for."""
    site, stay, released, room = site_of(office), stay_at_the_site(office), stay_at_the_site(office, released=True), turned_over(office)
    return {
        "room": f"/rooms/{room}", "waste": f"/sites/{site}/waste", "record-waste": f"/sites/{site}/waste/new",
        "duty": f"/sites/{site}/duty", "check": f"/sites/{site}/checks/qualification", "release": f"/stays/{stay}/release",
        "test": f"/stays/{stay}/test", "notice": f"/stays/{stay}/notice", "certificate": f"/stays/{released}/certificate",
    }  # fmt: skip


def speak(page: Page, camera: Camera) -> None:
    """Choose the language: a user's own is Chinese until they say otherwise."""
    if camera.language == "en" and page.get_by_role("button", name="English").count():
        page.get_by_role("button", name="English").first.click()
        page.wait_for_load_state()


def sign_in(page: Page, username: str, camera: Camera) -> None:
    chinese = camera.language == "zh"
    page.get_by_label("用户名" if chinese else "User name").fill(username)
    page.get_by_label("密码" if chinese else "Password").fill(camera.password)
    page.get_by_role("button", name="登录" if chinese else "Sign in", exact=True).click()
    page.wait_for_load_state()


def open_first(page: Page, list_at: str, begins: str) -> bool:
    """Follow the first link of a list that leads to one thing."""
    page.goto(list_at)
    links = page.eval_on_selector_all("main a[href], tbody a[href]", "all => all.map(one => one.getAttribute('href'))")
    link = next((link for link in links if link.startswith(begins) and A_THING.search(link)), None)
    if link:
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + link)
    return link is not None


# ---- the phone ----


def take_phones(camera: Camera) -> None:
    for look, dark in (("phone", False), ("dark", True)):
        driver = signed_in(camera, "driver1", dark)
        camera.take(driver, "phone-today", look)
        planned, [stop, *_] = trip_of(camera.office, "driver1", "planned")
        line = line_of(camera.office, planned)
        for name, part in {
            "transfer": "", "verify-list": "/verify", "verify-person": f"/verify/{line}", "dock": "/dock", "vehicle": "/vehicle",
            "route": "/route", "stop": f"/stop/{stop}", "problem": "/problem/verify", "emergency": "/emergency", "extra": "/extra",
        }.items():  # fmt: skip
            show(camera, driver, f"phone-{name}", f"transfer/{planned}{part}", look)
        for name in ("hospitals", "settings"):
            show(camera, driver, f"phone-{name}", name, look)
        take_without_network(camera, driver, planned, look)
        take_aboard(camera, look, dark)
        take_receiver(camera, look, dark)


def take_without_network(camera: Camera, phone: Page, transfer: str, look: str) -> None:
    """Something is told where there is no signal, and waits."""
    phone.context.set_offline(True)
    phone.goto(f"{camera.office.address}/app/#/transfer/{transfer}/problem/verify")
    phone.get_by_role("radio").first.check()
    phone.wait_for_timeout(READ_MS)
    phone.locator(".button.main").click()
    expect(phone.locator(".strip-end").first).to_contain_text("1")
    show(camera, phone, "phone-unsent", "unsent", look)
    phone.context.close()


def take_aboard(camera: Camera, look: str, dark: bool) -> None:
    phone = signed_in(camera, "driver2", dark)
    under_way, stops = trip_of(camera.office, "driver2", "under_way")
    waiting = camera.office.rows("SELECT stop_id FROM line WHERE transfer_id = ? AND state = 'expected' ORDER BY position", under_way)
    stop = waiting[0][0] if waiting else stops[0]
    for name, part in {"aboard": "", "boarding": f"/stop/{stop}", "handover": "/handover", "disinfection": "/disinfection"}.items():
        show(camera, phone, f"phone-{name}", f"transfer/{under_way}{part}", look)
    show(camera, phone, "phone-conflicts", "conflicts", look)
    phone.context.close()


def take_receiver(camera: Camera, look: str, dark: bool) -> None:
    phone = signed_in(camera, "receiver1", dark)
    camera.take(phone, "phone-arrivals", look)
    coming, _stops = trip_of(camera.office, None, "under_way", site="S021")
    asked, _stops = trip_of(camera.office, "driver1", "planned")
    ready, occupied = room_in(camera.office, "ready"), room_in(camera.office, "occupied")
    stay, released = stay_at_the_site(camera.office), stay_at_the_site(camera.office, released=True)
    for name, at in {
        "receive": f"transfer/{coming}/receive", "answer": f"transfer/{asked}/answer", "rooms": "rooms", "count": "count", "due": "due",
        "floor": "floor/disinfecting", "waste": "waste", "walk-in": f"walk-in/{ready}", "room": f"room/{ready}",
        "lived-in": f"room/{occupied}", "release": "release", "round": "round", "stay": f"stay/{stay}",
        "health": f"stay/{stay}/health", "test": f"stay/{stay}/test", "released": f"stay/{released}",
    }.items():  # fmt: skip
        show(camera, phone, f"phone-{name}", at, look)
    phone.context.close()


def signed_in(camera: Camera, username: str, dark: bool) -> Page:
    page = camera.page(dark, **PHONE)
    page.goto(f"{camera.office.address}/app/")
    expect(page.locator("h1").first).to_be_visible()
    if camera.language == "en" and page.get_by_role("button", name="English").count():
        page.get_by_role("button", name="English").click()
    if username == "driver1":
        camera.take(page, "phone-sign-in", "dark" if dark else "phone")
    sign_in(page, username, camera)
    expect(page.locator(".card").first).to_be_visible(timeout=30_000)
    return page


def show(camera: Camera, page: Page, name: str, at: str, look: str) -> None:
    page.goto(f"{camera.office.address}/app/#/{at}")
    expect(page.locator("h1").first).to_be_visible()
    camera.take(page, name, look)


def trip_of(office: Office, driver: str | None, state: str, site: str | None = None) -> tuple[str, list[str]]:
    """A transfer, and its stops' ids."""
    found = office.rows(
        "SELECT t.id, t.stops FROM transfer t LEFT JOIN assignment a ON a.transfer_id = t.id LEFT JOIN user u ON u.id = a.user_id"
        " JOIN site s ON s.id = t.site_id WHERE t.state = ? AND (? IS NULL OR u.username = ?) AND (? IS NULL OR s.code = ?) LIMIT 1",
        state, driver, driver, site, site,
    )  # fmt: skip
    [(id, stops)] = found
    return id, [stop["id"] for stop in json.loads(stops)]


def site_of(office: Office) -> str:
    return office.rows("SELECT id FROM site WHERE code = 'S021'")[0][0]


def room_in(office: Office, state: str) -> str:
    """A room of the receiver's site that is in this state."""
    return office.rows("SELECT id FROM room WHERE site_id = ? AND state = ? ORDER BY number", site_of(office), state)[0][0]


def turned_over(office: Office) -> str:
    """A room whose whole record stands in the register, from emptied to ready."""
    return office.rows("SELECT room_id FROM turnover WHERE ready_at IS NOT NULL AND disinfecting_at IS NOT NULL ORDER BY ready_at")[0][0]


def stay_at_the_site(office: Office, released: bool = False) -> str:
    """Somebody in a room of the receiver's site, whose days are counted, or who may go already."""
    here = office.rows(
        "SELECT id, released_at FROM stay WHERE site_id = ? AND ended_at IS NULL AND room_id IS NOT NULL ORDER BY due_on", site_of(office)
    )
    return next(id for id, at in here if (at is not None) == released)


def line_of(office: Office, transfer: str) -> str:
    return office.rows("SELECT id FROM line WHERE transfer_id = ? ORDER BY position", transfer)[0][0]


if __name__ == "__main__":
    main()
