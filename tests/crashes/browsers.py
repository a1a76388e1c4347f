"""The browser dies: `python -m tests.crashes browsers --kills 300`. A real Chromium with a profile of its own, SIGKILL at a random moment.

A receiver without network sets rooms' states. What the strip at the top called "not sent yet" when the browser died is what had been
shown as saved: it must be there at the next start, and so must each operation that was there at an earlier one. In the end, with a network,
all of it must be in the log, each once, word by word.
"""

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from server.app import create_app
from server.cli import migrate_database
from server.settings import read_settings
from server.store.database import db
from tests.journeys.handset import READ_MS, Handset
from tests.journeys.office import Office
from tests.journeys.relay import waits_until
from tests.world import PASSWORD, World

NOWHERE = 9  # the discard port: a proxy that serves nobody


@dataclass
class Told:
    """What came of the kills."""

    kills: int = 0
    recorded: int = 0
    there: dict[str, str] = field(default_factory=dict)  # what was found on the phone, by operation: its text
    lost: list[str] = field(default_factory=list)
    doubled: int = 0

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled)

    def __str__(self) -> str:
        shown = f"{self.kills:,} kills of the browser, {self.recorded:,} operations shown as saved"
        return f"{shown}: {len(self.lost)} lost, {self.doubled} doubled"


SLOW_START_MS = 60_000  # a killed browser mends its profile first


def kill_browser(folder: Path, *, kills: int, seed: int = 1) -> Told:
    """So many kills of one phone's browser while somebody works on it."""
    told, chance, rooms = Told(), random.Random(seed), fill(folder / "office")
    office = Office(folder / "office")
    try:
        office.start()
        with sync_playwright() as playwright:
            phone = Handset(playwright, folder / "phone", office.relay(), NOWHERE).start()
            phone.sign_in("receiver1", PASSWORD)
            phone.shows("北湖酒店")
            phone.is_ready_offline()
            phone.close()
            for n in range(kills):
                work_and_die(phone, rooms[n % len(rooms)], chance, told)
            phone.start()
            judge(phone, office, told)
            phone.close()
    finally:
        office.stop()
    return told


def work_and_die(phone: Handset, room: str, chance: random.Random, told: Told) -> None:
    phone.start(online=False)
    phone.page.goto(f"{phone.home}#/room/{room}")
    phone.page.locator(".thumb button.main").wait_for(timeout=SLOW_START_MS)
    found = unsent(phone)
    if found < told.recorded:
        told.lost.append(f"after kill {told.kills}: {told.recorded} had been shown as saved, {found} were there")
    look_at_disk(phone, told)
    for _tap in range(chance.randint(1, 3)):
        set_state(phone.page)
    phone.page.wait_for_timeout(chance.uniform(0, 150))
    told.recorded = max(found, unsent(phone))  # what the screen says now is a promise
    phone.kill()
    told.kills += 1


def set_state(page: Page) -> None:
    """One tap on the room's next state; where something is lacking for it, time for instance, the room is said to be unfit."""
    chosen, save = page.locator("input[type=radio]"), page.locator(".thumb button.main")
    page.wait_for_timeout(READ_MS)  # the room is drawn anew in its next state
    chosen.first.check(force=True)
    page.wait_for_timeout(READ_MS)
    if save.get_attribute("aria-disabled") == "true":
        chosen.last.check(force=True)
        page.get_by_role("textbox").last.fill("水管漏水")
        page.wait_for_timeout(READ_MS)
    save.tap(no_wait_after=True)


def judge(phone: Handset, office: Office, told: Told) -> None:
    """All that is on the phone arrives, and nothing arrives twice."""
    look_at_disk(phone, told)
    made = unsent(phone)
    phone.airplane_mode(False)
    phone.has_unsent(0)
    waits_until(lambda: len(office.operations_of("receiver1")) >= told.recorded, "what was recorded never came", 60)
    there = office.operations_of("receiver1")
    if len(there) < max(made, told.recorded):
        told.lost.append(f"{max(made, told.recorded)} were recorded, {len(there)} are in the log")
    bodies = {row["id"]: row["body"] for row in there}
    told.lost += [f"{id} is in the log as {bodies.get(id)}, and was {text}" for id, text in told.there.items() if bodies.get(id) != text]
    told.doubled = len(there) - len({row["id"] for row in there})


OUTBOX = """async () => {
  const rows = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((found) => { const asked = indexedDB.open(name); asked.onsuccess = () => found(asked.result); });
    if (database.objectStoreNames.contains("outbox")) {
      const all = database.transaction("outbox").objectStore("outbox").getAll();
      rows.push(...await new Promise((found) => { all.onsuccess = () => found(all.result); }));
    }
    database.close();
  }
  return rows.map(({ id, wire }) => [id, wire]);
}"""


def look_at_disk(phone: Handset, told: Told) -> None:
    """What waits there now; what waited there before is to be among it, with the same text."""
    now = dict(phone.page.evaluate(OUTBOX))
    told.lost += [f"{id} was on the phone, and is not after kill {told.kills}" for id, text in told.there.items() if now.get(id) != text]
    told.there = now


def unsent(phone: Handset) -> int:
    """The number in the strip at the top."""
    try:
        said = phone.page.locator(".strip-end").first.inner_text()
    except Error:
        return 0
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def fill(data: Path) -> list[str]:
    """A small town in this folder; the ids of its rooms."""
    app = create_app(read_settings({"DATA": str(data)}, demo=True))
    migrate_database(app)
    with app.app_context():
        rooms = World(app).rooms
        db.session.remove()
        db.engine.dispose()
    return rooms
