"""Make sure that a Chromium and Chinese letters are there: `make test` calls this before pytest.

A Chromium of the system is taken first (CHROMIUM names another one), else apt brings one where we may use it,
else Playwright downloads its own. Tests ask `browser_path()`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Playwright's driver needs libatomic1, which a minimal Debian lacks; without the fonts a screenshot shows boxes.
PACKAGES = ("chromium", "fonts-noto-cjk", "libatomic1")


def browser_path() -> str | None:
    """The Chromium to start, or None for Playwright's own."""
    chosen = os.environ.get("CHROMIUM")
    if chosen and Path(chosen).exists():
        return chosen
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> None:
    if not (browser_path() and has_chinese_font()) and may_use_apt():
        install_by_apt()
    if not browser_path():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    found = browser_path() or playwright_own()
    if not found:
        sys.exit("No Chromium found. Debian or Ubuntu: sudo apt-get install " + " ".join(PACKAGES))
    print("browser:", found)


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_by_apt() -> None:
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], **quiet)


def playwright_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    main()
