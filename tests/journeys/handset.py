"""A phone of a journey: a real browser with a profile of its own, that can be without network, killed, and started again."""

import contextlib
import os
import re
import signal
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, Request, expect

from tests.ensure_browser import browser_path
from tests.journeys.relay import Relay, waits_until

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    " --disable-dev-shm-usage"
).split()
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
PATIENCE_MS = 30_000  # what a person reads comes at once; a machine with two runs on it takes its time
READ_MS = 350  # a name is read before the next tap; the screen takes none sooner after it changed
CHINA = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
expect.set_options(timeout=PATIENCE_MS)


def asked_outside(request: Request) -> list[str]:
    """What a page or its worker asked of any other machine than this one."""
    return [] if urlsplit(request.url).hostname in ("127.0.0.1", None) else [request.url]


class Handset:
    """One phone. Everything is found by the words a person reads."""

    def __init__(self, playwright: Playwright, profile: Path, relay: Relay, trap_port: int):
        self.playwright, self.profile, self.relay, self.trap_port = playwright, profile, relay, trap_port
        self.context: BrowserContext | None = None
        self.page: Page | None = None
        self.faults: list[str] = []

    def start(self, *, online: bool = True) -> "Handset":
        """Open the app. Without network it opens from what the phone keeps."""
        args = [*FLAGS, f"--proxy-server=127.0.0.1:{self.trap_port}"]
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=browser_path(), headless=True, args=args, **PHONE, **CHINA
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("request", lambda request: self.faults.extend(asked_outside(request)))
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        if not online:
            self.airplane_mode(True)
        self.page.goto(self.home)
        return self

    @property
    def home(self) -> str:
        """The app's address, without the screen."""
        return f"http://127.0.0.1:{self.relay.port}/app/"

    def airplane_mode(self, on: bool) -> None:
        """No network for page and worker, and nobody at the other end either."""
        self.context.set_offline(on)
        self.relay.set("refuse" if on else "up")

    def kill(self) -> None:
        """As if the battery had fallen out: SIGKILL, nothing is tidied up."""
        pid = self._main_process()
        os.kill(pid, signal.SIGKILL)
        waits_until(
            lambda: not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text(), "the browser lives on"
        )
        with contextlib.suppress(Error):
            self.context.close()

    def close(self) -> None:
        with contextlib.suppress(Error):
            self.context.close()

    def sign_in(self, username: str, password: str) -> None:
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(password)
        self.press("登录")

    def sign_in_again_if_asked(self, username: str, password: str) -> None:
        """A browser that was killed may have lost its cookie: what was done is sent all the same, what is new asks for the password."""
        asks, told = self.page.get_by_text("请重新登录").first, self.page.get_by_text(re.compile("^在线"))
        expect(asks.or_(told).first).to_be_visible()
        if asks.count():
            self.page.goto(f"{self.home}#/sign-in")
            self.sign_in(username, password)

    def press(self, words: str | re.Pattern) -> None:
        """Tap the button, or the link that looks like one, with these words."""
        try:
            self.button(words).first.wait_for()
            self.page.wait_for_timeout(READ_MS)
            self.button(words).first.tap()
        except Error as fault:
            raise AssertionError(f"nothing to press says {words}; the screen says: {self.says()}") from fault

    def says(self) -> str:
        """Everything that can be read on the screen now."""
        return " | ".join(self.page.locator("body").inner_text().split("\n"))

    def button(self, words: str | re.Pattern) -> Locator:
        return self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).filter(visible=True)

    def tick(self, *words: str) -> None:
        for each in words:
            try:
                self.page.get_by_label(each, exact=True).check()
            except Error as fault:
                raise AssertionError(f"nothing to tick says {each}; the screen says: {self.says()}") from fault

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def shows(self, words: str | re.Pattern) -> None:
        try:
            expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()
        except AssertionError as fault:
            raise AssertionError(f"nowhere stands {words}; the screen says: {self.says()}") from fault

    def is_ready_offline(self) -> None:
        """Wait until the worker has the whole app: from here on it opens without a network."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def has_unsent(self, count: int) -> None:
        """The strip at the top says so many things are not with the office yet."""
        expect(self.page.locator(".strip-end").first).to_have_text(f"{count} 条未上传" if count else "全部已收", timeout=60_000)

    def _main_process(self) -> int:
        """The browser's own: a child that it has just forked goes by the same words until it has begun as what it is."""
        mine = f"--user-data-dir={self.profile}".encode()
        parents: dict[int, int] = {}
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                with contextlib.suppress(OSError):
                    words = (process / "cmdline").read_bytes().split(b"\0")
                    if mine in words and not any(word.startswith(b"--type=") for word in words):
                        parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        found = [pid for pid, parent in parents.items() if parent not in parents]
        assert found, "the browser's process was not found"
        return found[0]
