"""A phone to measure: the built app in a real Chromium of a phone's size, that can be without network and six times slower."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.ensure_browser import browser_path
from tests.journeys.handset import CHINA, FLAGS, PHONE
from tests.world import PASSWORD

WAIT_MS = 60_000
SLOWER = 6


class Handset:
    """One phone with a profile of its own, which outlives the browser."""

    def __init__(self, playwright: Playwright, address: str):
        self.playwright, self.address = playwright, address
        self.profile = Path(tempfile.mkdtemp(prefix="bihuan-phone-"))
        self.context: BrowserContext | None = None

    def start(self, *flags: str) -> Page:
        """A new browser on this phone's profile, with an empty page."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=browser_path(), headless=True, args=[*FLAGS, *flags], **PHONE, **CHINA
        )
        self.context.set_default_timeout(WAIT_MS)
        return self.context.pages[0]

    def sign_in(self, page: Page, username: str = "driver1") -> None:
        """Sign in with a network, and wait until the whole app and all records are on the phone."""
        page.goto(f"{self.address}/app/")
        page.locator("input[autocomplete=username]").fill(username)
        page.locator("input[autocomplete=current-password]").fill(PASSWORD)
        page.locator("button[type=submit]").tap()
        expect(page.locator(".card").first).to_be_visible(timeout=WAIT_MS)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def slow(self, page: Page, times: int = SLOWER) -> None:
        """Chromium's own throttling of the page's processor time."""
        self.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})

    def stop(self) -> None:
        self.context.close()


@contextmanager
def handset(playwright: Playwright, address: str) -> Iterator[Handset]:
    """A phone that is thrown away afterwards."""
    one = Handset(playwright, address)
    try:
        yield one
    finally:
        shutil.rmtree(one.profile, ignore_errors=True)
