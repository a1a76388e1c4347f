"""`python -m tests.bench.lighthouse [--docs]`: Lighthouse's scores of the phone and the console, in the browser that the tests use.

Installs Lighthouse into a folder of its own under .tools: it is large, and needed for nothing else.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from server.access import open_session
from server.store.database import db
from server.store.users import User
from tests.bench.figures import AT_LEAST, Aim, Figure
from tests.bench.handset import Handset
from tests.bench.house import ROOT, house, served
from tests.bench.table import as_lines, keep_in_docs, machine
from tests.ensure_browser import browser_path
from tests.journeys.handset import CHINA, FLAGS
from tests.served import free_port
from tests.trip import Trip
from tests.world import World

VERSION = "12.8.2"  # the newest that runs on Node 20
FOLDER = ROOT / ".tools" / "lighthouse"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("accessibility", "best-practices")
NEEDED = Aim("median", AT_LEAST, 95)
DESK_PAGES = ("/today", "/people", "/transfers", "/sites")


def main() -> None:
    figures = [figure for page in pages() for figure in page]
    print(machine())
    for line in as_lines(figures):
        print(f"  {line}")
    if "--docs" in sys.argv:
        keep_in_docs("lighthouse", figures)
    sys.exit(any(figure.verdict == "MISSED" for figure in figures))


def pages() -> Iterator[list[Figure]]:
    """The scores of each page: a stranger at the doors, a driver on the phone, a dispatcher at the desk."""
    node = installed()
    with tempfile.TemporaryDirectory(prefix="bihuan-lighthouse-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with house(data=data) as app:
            world = World(app)
            trip = Trip(world).at_the_door().id
            token = open_session(db.session.get(User, world.users["dispatcher"]))
        with served(data) as address, sync_playwright() as playwright:
            phone = Handset(playwright, address)
            port = free_port()
            phone.sign_in(phone.start(f"--remote-debugging-port={port}"))
            for name, place in (("today", ""), ("transfer", f"#/transfer/{trip}"), ("emergency", "#/emergency")):
                yield scores(node, port, f"{address}/app/{place}", f"Phone, {name}")
            phone.stop()
            with desk(playwright, Path(folder) / "desk") as (context, port):
                yield scores(node, port, f"{address}/sign-in", "Console, sign-in", "--preset=desktop")
                context.add_cookies([{"name": "bihuan", "value": token, "url": address}])
                for place in DESK_PAGES:
                    yield scores(node, port, address + place, f"Console, {place[1:]}", "--preset=desktop")


@contextmanager
def desk(playwright, profile: Path) -> Iterator[tuple[BrowserContext, int]]:
    """A browser at a desk, and the port by which Lighthouse drives it."""
    port = free_port()
    flags = [*FLAGS, f"--remote-debugging-port={port}"]
    context = playwright.chromium.launch_persistent_context(profile, executable_path=browser_path(), headless=True, args=flags, **CHINA)
    yield context, port
    context.close()


def scores(node: str, port: int, address: str, what: str, *more: str) -> list[Figure]:
    """One run of Lighthouse on this address in the browser behind `port`, whose storage stays. What failed is named in the note."""
    asked = [f"--port={port}", f"--only-categories={','.join(CATEGORIES)}", "--disable-storage-reset", "--output=json", "--quiet", *more]
    ran = subprocess.run([node, PROGRAM, address, *asked], capture_output=True, text=True, check=False, timeout=180)
    if ran.returncode:
        sys.exit(f"Lighthouse failed on {address}: {ran.stderr[-800:]}")
    told = json.loads(ran.stdout)
    return [score(told, category, what) for category in CATEGORIES]


def score(told: dict, category: str, what: str) -> Figure:
    part = told["categories"][category]
    failed = [ref["id"] for ref in part["auditRefs"] if ref["weight"] and told["audits"][ref["id"]]["score"] not in (None, 1)]
    return Figure(f"{what}: {part['title']}", "of 100", [part["score"] * 100], NEEDED, note=" ".join(failed))


def installed() -> str:
    """The path of Node, with Lighthouse at hand."""
    node, npm = front_end().system_node() or front_end().node_from_the_index()
    if not PROGRAM.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}')
        paths = {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}", "NODE_USE_SYSTEM_CA": "1"}
        command = [*npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent", f"lighthouse@{VERSION}"]
        subprocess.run(command, cwd=FOLDER, env=os.environ | paths, check=True)
    return node


def front_end():
    """static/build.py, which knows where Node is; it is a script beside the project's packages."""
    found = importlib.util.spec_from_file_location("front_end", ROOT / "static" / "build.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
