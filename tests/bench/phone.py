"""The phone in a real browser: what loads before its first screen, how long a tap takes to be saved, and a start without network."""

import gzip
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.bench.figures import AT_MOST, Aim, Effort, Figure
from tests.bench.handset import SLOWER, WAIT_MS, Handset, handset
from tests.bench.house import house, served
from tests.bench.shift import PEOPLE_A_COACH, boarding_trips, planned_transfers
from tests.world import World

# From the finger's own time stamp to the first frame after the roll counts the person: it counts only what is on disk.
WATCH_TAPS = """
() => {
  const before = window.taps;
  window.taps = [];
  if (before) return;
  let touched = 0, counted = document.querySelector(".count-number").textContent;
  addEventListener("pointerdown", (event) => { touched = event.timeStamp; }, true);
  new MutationObserver(() => {
    const now = document.querySelector(".count-number")?.textContent;
    if (!now || now === counted) return;
    const from = touched;
    [touched, counted] = [0, now];
    if (!from) return;
    requestAnimationFrame(() => {
      const frame = new MessageChannel();
      frame.port1.onmessage = () => window.taps.push(performance.now() - from);
      frame.port2.postMessage(null);
    });
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
"""
# From the start of the navigation, the worker's start included, to the first frame that shows a transfer one can open.
WATCH_START = """
new MutationObserver((_, watch) => {
  if (window.usableAt || !document.querySelector(".card a.button")) return;
  watch.disconnect();
  requestAnimationFrame(() => {
    const frame = new MessageChannel();
    frame.port1.onmessage = () => { window.usableAt = performance.now(); };
    frame.port2.postMessage(null);
  });
}).observe(document, { subtree: true, childList: true });
"""
KEPT = """
() => caches.keys().then(async ([name]) => {
  const cache = await caches.open(name);
  const sizes = (await cache.keys()).map(async (one) => [one.url, (await (await cache.match(one)).arrayBuffer()).byteLength]);
  return Object.fromEntries(await Promise.all(sizes));
})
"""
# What cannot be beaten: a page with nothing in it that puts one operation on disk and then draws one number.
BARE_PAGE = """
<!doctype html><meta name="viewport" content="width=device-width"><p class="count-number">0</p>
<div class="thumb"><button class="main">+</button></div>
<script>
  let database, count = 0;
  indexedDB.open("bare", 1).onupgradeneeded = (event) => event.target.result.createObjectStore("outbox", { keyPath: "seq" });
  indexedDB.open("bare", 1).onsuccess = (event) => { database = event.target.result; document.body.dataset.ready = ""; };
  document.querySelector("button").onclick = () => {
    const transaction = database.transaction("outbox", "readwrite", { durability: "strict" });
    transaction.objectStore("outbox").put({ seq: ++count, wire: "x".repeat(450) });
    transaction.oncomplete = () => { document.querySelector(".count-number").textContent = count; };
  };
</script>
"""
KB = 1000
COUNTED_MS = 600  # longer than a tap takes; nothing asks the page meanwhile, because that would slow it too


def first_screen(_effort: Effort) -> list[Figure]:
    """Every script that the browser loads until a driver's list stands there, and what the phone keeps for a start without network."""
    with office(lambda world: planned_transfers(world, 5)) as address, phone_of(address) as phone:
        page = phone.start()
        phone.sign_in(page)
        scripts: dict[str, bytes] = {}
        page.on("response", lambda answer: keep_script(scripts, answer))
        page.reload()
        expect(page.locator(".card").first).to_be_visible()
        early = dict(scripts)
        kept = page.evaluate(KEPT)
        phone.stop()
    gzipped = sum(len(gzip.compress(body, 9)) for body in early.values()) / KB
    raw = sum(map(len, early.values())) / KB
    return [
        Figure(
            "Scripts before the first screen, gzip -9",
            "KB",
            [gzipped],
            Aim("median", AT_MOST, 60),
            note=f"{len(early)} files, raw {raw:.0f} KB",
        ),
        Figure("Everything a start without network needs, raw", "KB", [sum(kept.values()) / KB], note=f"{len(kept)} files, icons included"),
    ]


def keep_script(scripts: dict[str, bytes], answer) -> None:
    if answer.request.resource_type == "script":
        scripts[answer.url] = answer.body()


def tap_to_saved(effort: Effort) -> list[Figure]:
    """
    Twenty people a coach are boarded one after another without network, the page six times slower than this machine; and between
    the coaches a bare page of the same origin, on the same disk, saves as many.
    """
    trips = effort.times(6)
    taps: list[float] = []
    plain: list[float] = []
    floor: list[float] = []
    people = effort.times(PEOPLE_A_COACH - 1)
    with office(lambda world: boarding_trips(world, trips)) as address, phone_of(address) as phone:
        page = phone.start()
        phone.sign_in(page)
        expect(page.locator(".card")).to_have_count(trips, timeout=WAIT_MS)
        addresses = page.locator(".card a.button").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
        phone.context.set_offline(True)
        for address_of_transfer in addresses:
            plain += board_everybody(phone, page, address_of_transfer, most=1, slower=1)
            taps += board_everybody(phone, page, address_of_transfer, most=people, slower=SLOWER)
            floor += save_on_a_bare_page(phone, people)
        phone.stop()
    beside = ("a bare page that saves one row and draws one number", floor)
    return [
        Figure(f"Tap on 上车 to saved and shown, {SLOWER}× slower", "ms", taps, Aim("p95", AT_MOST, 100), floor=beside),
        Figure(f"The bare page, {SLOWER}× slower", "ms", floor),
        Figure("The same at this machine's speed", "ms", plain),
    ]


def board_everybody(phone: Handset, page: Page, transfer: str, most: int, slower: int) -> list[float]:
    """Board so many people of this transfer's first stop; milliseconds from each touch to the frame that counts them."""
    phone.slow(page, 1)
    page.evaluate(f"location.hash = '{transfer}'")
    stop = page.locator("a[href*='/stop/']").first
    stop.wait_for()
    page.evaluate(f"location.hash = '{stop.get_attribute('href')}'")
    yes = page.locator(".thumb button.main")
    yes.wait_for()
    return tap_and_watch(phone, page, yes, most, slower)


def save_on_a_bare_page(phone: Handset, times: int) -> list[float]:
    page = phone.context.new_page()
    page.route("**/bare", lambda route: route.fulfill(body=BARE_PAGE, content_type="text/html"))
    page.goto(f"{phone.address}/bare")
    page.locator("body[data-ready]").wait_for()
    samples = tap_and_watch(phone, page, page.locator(".thumb button.main"), times, SLOWER)
    page.close()
    return samples


def tap_and_watch(phone: Handset, page: Page, button: Locator, times: int, slower: int) -> list[float]:
    """Tap so often, each tap after the one before was counted; milliseconds from each touch to the frame that counts it."""
    page.evaluate(WATCH_TAPS)
    phone.slow(page, slower)
    page.wait_for_timeout(COUNTED_MS)
    for tapped in range(1, times + 1):
        page.touchscreen.tap(*middle_of(button))
        wait_until_counted(page, tapped)
    return page.evaluate("window.taps")


def wait_until_counted(page: Page, taps: int) -> None:
    until = monotonic() + WAIT_MS / 1000
    page.wait_for_timeout(COUNTED_MS)
    while page.evaluate("window.taps.length") < taps:
        assert monotonic() < until, "a tap was not counted"
        page.wait_for_timeout(COUNTED_MS)


def middle_of(button: Locator) -> tuple[float, float]:
    box = button.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def cold_start(effort: Effort) -> list[Figure]:
    """The browser is started anew on the phone's profile, without network and six times slower, until the list can be used."""
    return [a_cold_start(transfers, effort.times(10)) for transfers in (5, effort.times(200, least=6))]


def a_cold_start(transfers: int, times: int) -> Figure:
    with office(lambda world: planned_transfers(world, transfers)) as address, phone_of(address) as phone:
        page = phone.start()
        phone.sign_in(page)
        expect(page.locator(".card")).to_have_count(transfers, timeout=WAIT_MS)
        phone.stop()
        starts = [start_offline(phone) for _ in range(times)]
    return Figure(
        f"Start without network to a usable list, {transfers} transfers, {SLOWER}× slower", "ms", starts, Aim("median", AT_MOST, 1500)
    )


def start_offline(phone: Handset) -> float:
    """Milliseconds from the navigation's start to the frame in which the list can be used."""
    page = phone.start()
    phone.context.set_offline(True)
    page.add_init_script(WATCH_START)
    phone.slow(page)
    page.goto(f"{phone.address}/app/", wait_until="commit")
    while not (usable_at := page.evaluate("window.usableAt ?? 0")):
        page.wait_for_timeout(50)
    phone.stop()
    return usable_at


@contextmanager
def office(fill: Callable[[World], object]) -> Iterator[str]:
    """The address of a served small town in which `fill` has made transfers for driver1."""
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder:
        with house(data=Path(folder)) as app:
            fill(World(app))
        with served(Path(folder)) as address:
            yield address


@contextmanager
def phone_of(address: str) -> Iterator[Handset]:
    with sync_playwright() as playwright, handset(playwright, address) as phone:
        yield phone
