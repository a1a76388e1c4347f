"""What journeys ask for: an office in a small town, phones with networks of their own, and a desk; nothing reaches the world outside."""

import contextlib
import socket
import threading

import pytest
from playwright.sync_api import sync_playwright

from server.app import create_app
from server.cli import migrate_database
from server.settings import read_settings
from server.store.database import db
from tests.ensure_browser import browser_path
from tests.journeys.handset import CHINA, FLAGS, PATIENCE_MS, Handset, asked_outside
from tests.journeys.office import Office
from tests.world import World

# Whose servers Chromium asks by itself, whatever page is open: updates, accounts, messages, a list of stolen passwords, by version.
# What a page asks of them, a font for example, is found by asked_outside.
BROWSERS_OWN = (".google.com", ".googleapis.com", ".gstatic.com", ".gvt1.com")


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture
def office(tmp_path):
    """The small town of tests/world.py, at eight in the evening, behind a real server."""
    data = tmp_path / "office"
    app = create_app(read_settings({"DATA": str(data)}, demo=True))
    migrate_database(app)
    with app.app_context():
        World(app)
        db.session.remove()
        db.engine.dispose()
    running = Office(data).start()
    yield running
    running.stop()
    assert not running.tried_outside.exists(), running.tried_outside.read_text()


@pytest.fixture(scope="session")
def trap():
    """A proxy that browsers must use for any other machine than this one. It serves nobody, and keeps what it was asked."""
    asked: list[str] = []
    door = socket.create_server(("127.0.0.1", 0))

    def listen():
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):  # a browser that is killed breaks a line off, or asks for nothing on it
                asked.extend(line.recv(400).decode(errors="replace").splitlines()[:1])

    threading.Thread(target=listen, daemon=True).start()
    yield door.getsockname()[1], asked
    door.close()
    assert [line for line in asked if not host_asked(line).endswith(BROWSERS_OWN)] == []


def host_asked(line: str) -> str:
    """The host in a proxy's request line: `CONNECT host:443 HTTP/1.1` or `GET http://host/path HTTP/1.1`."""
    return line.split(" ")[1].removeprefix("http://").partition("/")[0].partition(":")[0] if " " in line else line


@pytest.fixture
def handset(playwright, office, trap, tmp_path):
    """Make a phone: `handset()`. Each has a profile and a network of its own."""
    made: list[Handset] = []

    def new() -> Handset:
        made.append(Handset(playwright, tmp_path / f"phone{len(made)}", office.relay(), trap[0]))
        return made[-1]

    yield new
    for one in made:
        one.close()
    assert [fault for one in made for fault in one.faults] == []


@pytest.fixture
def desk(playwright, office, trap):
    """A browser at a desk, on the console's sign-in page."""
    args = [*FLAGS, f"--proxy-server=127.0.0.1:{trap[0]}"]
    browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=args)
    page = browser.new_context(viewport={"width": 1440, "height": 900}, **CHINA).new_page()
    page.set_default_timeout(PATIENCE_MS)
    outside: list[str] = []
    page.context.on("request", lambda request: outside.extend(asked_outside(request)))
    page.goto(office.address)
    yield page
    browser.close()
    assert outside == []
