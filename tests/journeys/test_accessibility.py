"""axe finds nothing: on every page of the console and every screen of the phone, in Chinese by day and in English by night.

Nor is a word of a console table squeezed on a small screen of a desk, nor anything on a small phone too small to press or off its edge."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from server.access import open_session
from server.accounts import MACHINE, invite
from server.app import create_app
from server.cli import migrate_database
from server.domain.acts import new_id
from server.domain.site_checks import ASKED
from server.intake.accepting import take_in
from server.intake.receiving import Arrived
from server.settings import read_settings
from server.store.database import db, transaction
from server.store.people import Person
from server.store.rooms import Stay
from server.store.users import Device, User, UserCompound
from tests.bench.house import served
from tests.ensure_browser import browser_path
from tests.intake.lists import FIELDS, OTHER_WORDS, as_text, person
from tests.journeys.handset import CHINA, FLAGS, PHONE
from tests.trip import ALL_ITEMS, Trip
from tests.world import OPERATOR, PASSWORD, World

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "static" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """
async () => {
  const told = ({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary.slice(0, 200)})`;
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}, ${nodes.length} times: ${nodes.slice(0, 2).map(told).join(" ; ")}`);
}
"""
SQUEEZED = """
() => [...document.querySelectorAll(".table :is(td, th)")].filter((cell) => {
  const words = document.createRange(), sign = parseFloat(getComputedStyle(cell).fontSize);
  words.selectNodeContents(cell);
  const lines = new Set([...words.getClientRects()].map(({ bottom }) => Math.round(bottom)));
  return cell.innerText.trim().length > 2 && lines.size > 2 && words.getBoundingClientRect().width < 2.5 * sign;
}).map((cell) => `squeezed: ${cell.innerText.trim()}`)
"""
PRESSED = "a, button, summary, select, label.tick, textarea, input:not([type=checkbox], [type=radio], [type=file])"
OUT_OF_REACH = """
(pressed) => [...document.querySelectorAll(pressed)].filter((one) => one.checkVisibility() && !one.closest(".unseen"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, { width, height, left, right }]) => Math.min(width, height) < 47.5 || left < 0 || right > innerWidth + 0.5)
  .map(([one, { width, height }]) => `${Math.round(width)} by ${Math.round(height)} px: ${one.innerText || one.outerHTML.slice(0, 80)}`)
"""
GO_TO = """
(screen) => new Promise((drawn) => {
  if (location.hash === screen) return drawn();
  addEventListener("hashchange", () => requestAnimationFrame(() => requestAnimationFrame(drawn)), { once: true });
  location.hash = screen;
})
"""
LOOKS = [("zh", "light"), ("en", "dark")]
SMALL_PHONE = {"width": 360, "height": 640}
DESK = {"width": 1440, "height": 900}
NOT_PAGES = {"console.export_noun", "console.home"}  # a file to keep, and an address that only leads on
AT_DESKS = ("dispatcher", "administrator", "auditor", "commander", "partner1", "worker1")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The small town with something in every state: two trips, a list with a held row, a conflict, a refused operation."""
    data = tmp_path_factory.mktemp("town")
    app = create_app(read_settings({"DATA": str(data)}))
    migrate_database(app)
    with app.app_context():
        world = World(app)
        fill(world)
        with served(data) as world.address:
            yield world
        db.session.remove()
        db.engine.dispose()


def fill(world: World) -> None:
    coach = world.do("save_vehicle", plate="吉A·T0002", kind="coach", seats=40, area="宽城", state="clean_ready")
    world.door = Trip(world).at_the_door()
    world.gate = Trip(
        world, vehicle=coach, driver=world.users["driver2"], escort=None, person0={"needs": [{"code": "wheelchair", "detail": ""}]}
    )
    world.gate.at_the_gate()
    world.gate.says("receive_person", 0, by="receiver1", outcome="refused", room=None, reason="no_room", temperature=None, note="满了")
    world.gate.says("set_room_state", by="receiver1", target=world.rooms[7], state="vacated_dirty", reason=None, note=None)
    world.door.says("answer_docking", by="driver1", answer="accepted")
    world.door.says("report_problem", by="driver1", step="move", reason="other", line=None, note="路口封了")
    world.planned = Trip(world, vehicle=None, driver=None, escort=None)
    assert world.planned.checked(by="dispatcher", items={**ALL_ITEMS, "fuel": False}).took_effect
    one, other = world.person("甲一", phone="14200002201"), world.person("甲二", phone="14200002202")
    world.merged = world.do("merge_people", one, other=other, reason="同一个人")
    device = {"id": new_id(), "user_id": world.users["escort1"], "enrolled_at": world.clock.now(), "seen_at": world.clock.now()}
    with transaction() as session:
        session.add(Device(**device))
    world.device = device["id"]
    world.waiting = [world.person(f"待{n}", phone=f"1420000200{n}") for n in range(3)]
    rows = [person(n) for n in range(1, 6)] + [person(6, name="")]
    listed = as_text([[OTHER_WORDS[field][0] for field in FIELDS], *([row[field] for field in FIELDS] for row in rows)])
    take_in(Arrived(listed, "2022-04-03-宽城区.csv", OPERATOR, world.clock.now()))
    world.home = going_home(world)
    world.staying = staying(world, "0401", "在住", released=False)
    world.released = staying(world, "0402", "解除", released=True)
    in_reserve(world)
    world.do("save_contact", by=OPERATOR, name="宽城专班", what="换点、车辆", phone="0431-8001", area=world.area("宽城"))
    world.do(
        "save_hospital",
        by=OPERATOR,
        name="市中心医院",
        colour="yellow",
        area="宽城",
        address="人民大街",
        phone="14200000120",
        services=["dialysis"],
    )


def in_reserve(world: World) -> None:
    """A hotel on standby that was told to get its rooms ready, with plans, checks and a roster; a house whose day has passed."""
    house = {"kind": "hotel", "area": "宽城", "accepts": ["close_contact"], "facilities": {"rooms_total": 9}}
    world.reserve = world.do("save_site", code="B1", name="备用酒店", state="standby", legal_basis="文号", **house)
    day = world.clock.now().date()
    world.do("plan_stage", world.reserve, stage="open", owner_name="周启明", planned_on=day)
    for kind in ASKED:
        items = {**dict.fromkeys(ASKED[kind], True), **({"windows": False} if kind == "qualification" else {})}
        for _time in range(2):
            world.do("check_site", world.reserve, kind=kind, items=items, checked_by="孙工")
    world.do("save_duty", world.reserve, day=day, shift="night", roles={"head": {"people": 1, "lead_name": "贾佳"}})
    world.do("order_activation", world.reserve)
    late = world.do("save_site", code="B2", name="排摸酒店", **house)
    world.do("plan_stage", late, stage="requisitioned", owner_name="苗雨", planned_on=day - timedelta(days=2))
    world.do("set_room_target", area=world.area("宽城"), population=130_000, rooms_per_10k=60)
    closed = world.do("save_site", code="B3", name="施工酒店", state="paused", **house)
    world.do("begin_works", closed, what="换锅炉")


def going_home(world: World) -> Trip:
    """Two released people are on a return that is not accepted yet, a third is still in a room of S1."""
    worker = {"user_id": world.users["worker1"], "community_id": world.community}
    with transaction() as session:
        session.add(UserCompound(**worker))
    long_ago = world.clock.now() - timedelta(days=16)
    for number, name in (("0301", "归一"), ("0302", "归二"), ("0303", "归三")):
        world.do("save_room", site="S1", building="主楼", floor="3", number=number, kind="single")
        their = {"community_id": world.community, "responsible_area_id": world.area("宽城"), "sex": "female", "birth_year": 1970}
        stays = {"category": "close_contact", "checked_in_at": long_ago, "last_exposed_on": long_ago.date(), **their}
        world.do("save_occupant", site="S1", building="主楼", floor="3", number=number, name=name, **stays)
    people = [id for (id,) in db.session.execute(select(Person.id).where(Person.name.startswith("归")).order_by(Person.name))]
    for stay in db.session.scalars(select(Stay.id).where(Stay.person_id.in_(people))).all():
        world.do("release_stay", stay, allowed_by="卢院长", reason="纸质结果阴性")
    return Trip.of(world, people[:2], kind="return", destination={"kind": "home", "id": world.community}, driver=world.users["driver1"])


def staying(world: World, number: str, name: str, released: bool) -> str:
    """Somebody whose days are over, tested and seen by the round: released and still there, or staying longer for a reason."""
    since = world.clock.now() - timedelta(days=14)
    world.do("save_room", site="S1", building="主楼", floor="4", number=number, kind="single")
    their = {
        "category": "close_contact",
        "checked_in_at": since,
        "last_exposed_on": since.date(),
        "responsible_area_id": world.area("宽城"),
    }
    person = world.do(
        "save_occupant", site="S1", building="主楼", floor="4", number=number, name=name, sex="male", birth_year=1970, **their
    )
    stay = db.session.scalar(select(Stay.id).where(Stay.person_id == person))
    world.do("record_test_result", stay, result="negative", samples=2)
    world.do("record_health", stay, part="evening", temperature=36.4, symptoms=[], medicine_days=5, request="热水")
    if released:
        world.do("release_stay", stay)
    else:
        world.do("extend_stay", stay, until=world.clock.now().date() + timedelta(days=1), reason="同室复检")
    return stay


@pytest.fixture(scope="module", params=LOOKS, ids=["zh-light", "en-dark"])
def look(request, playwright):
    """A browser in this language and theme."""
    browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
    yield request.param, browser
    browser.close()


def test_axe_finds_nothing_on_any_page_of_the_console(town, look):
    (language, theme), browser = look
    app, found, seen = town.app, {}, set()
    for username in AT_DESKS:
        context = browser.new_context(viewport=DESK, color_scheme=theme, **CHINA)
        context.add_init_script(AXE)
        context.add_cookies([{"name": name, "value": value, "url": town.address} for name, value in cookies_of(town, username, language)])
        page = context.new_page()
        faults, pages = crawl(page, app, town.address, seen)
        found |= faults
        seen |= pages
        for endpoint, values in UNLINKED.get(username, lambda _: {})(town).items():
            path = app.url_map.bind("town").build(endpoint, values)
            assert page.goto(town.address + path).status == 200, path
            found |= faults_of(page, path)
            seen.add(endpoint)
        context.close()
    assert found == {}
    assert " ".join(sorted(pages_of(app) - seen)) == "", "a page that nothing leads to in this town"


# Questions that only a state shows which one of this town's few transfers, people and phones is not in.
UNLINKED = {
    "dispatcher": lambda town: {
        "console.close_transfer": {"id": town.gate.id},
        "console.relieve_crew": {"id": town.gate.id},
        "console.put_down_person": {"id": town.gate.id},
        "console.check_vehicle": {"id": town.planned.id},
        "console.plan_route": {"id": town.planned.id},
        "console.verify_person": {"id": town.planned.id, "line": town.planned.lines[0]},
        "console.solve_problem": {"id": town.door.id, "problem": town.door.transfer.problems[0]["id"]},
        "console.make_transfer": {"person": town.waiting[0]},
        "console.wait_for_import": {"sha256": "0" * 64},
        "console.open_site": {"id": town.site},
        "console.show_stages": {"id": town.reserve},
        "console.close_site": {"id": town.site},
        "console.order_activation": {"id": town.site},
        "console.record_dock_call": {"id": town.planned.id},
        "console.unmerge_person": {"id": town.merged},
        "console.show_stay": {"id": town.staying},
        "console.release_stay": {"id": town.staying},
        "console.extend_stay": {"id": town.staying},
        "console.record_test_result": {"id": town.staying},
        "console.print_notice": {"id": town.staying},
        "console.print_certificate": {"id": town.released},
        "console.choose_pack": {"pack": "CN-9"},
    },
    "administrator": lambda town: {
        "console.enable_user": {"id": town.users["escort1"]},
        "console.give_compounds": {"id": town.users["worker1"]},
        "console.revoke_phone": {"id": town.device},
        "console.restore_phone": {"id": town.device},
        "console.accept_invitation": {"token": invite(town.users["escort1"], by=MACHINE, at=town.clock.now())},
    },
    "worker1": lambda town: {
        "console.accept_return": {"id": town.home.id},
        "console.decline_return": {"id": town.home.id},
        "console.receive_return": {"id": town.home.id},
    },
    "commander": lambda town: {"console.override_readiness": {"id": town.planned.id, "item": "fuel"}},
}


def cookies_of(town: World, username: str, language: str) -> list[tuple[str, str]]:
    token = open_session(db.session.get(User, town.users[username]), None)
    return [("bihuan", token), ("language", language)]


def pages_of(app) -> set[str]:
    """The console's pages: every address that answers GET with HTML."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("console.") and "GET" in rule.methods]
    return {rule.endpoint for rule in rules} - NOT_PAGES


def crawl(page: Page, app, address: str, seen: set[str]) -> tuple[dict[str, list[str]], set[str]]:
    """Follow the links from the first page, one address for each kind of page; what axe finds, and which kinds were there."""
    routes = app.url_map.bind("town")
    waiting, found, here = ["/", "/sign-in"], {}, set()
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(address + path)
        assert answer.status < 500, path
        if answer.status == 200 and (faults := page.evaluate(RUN_AXE) + squeezed(page)):
            found[path] = faults
        for link in page.locator("a[href^='/']").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))"):
            kind = kind_of(routes, link)
            if kind and kind not in seen | here:
                here.add(kind)
                waiting.append(link)
    return found, here | {"console.sign_in"}


def squeezed(page: Page) -> list[str]:
    """Cells that stand one or two signs to a line on a small screen of a desk; and widths at which the page runs over its edge."""
    page.set_viewport_size({"width": 1024, "height": 768})
    found = page.evaluate(SQUEEZED)
    for width in (390, 1024, 1120, 1240):
        page.set_viewport_size({"width": width, "height": 768})
        found += [f"over the edge at {width}"] * page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.set_viewport_size(DESK)
    return found


def kind_of(routes, link: str) -> str | None:
    """The page that this link leads to; None when it is no page of the console."""
    path = link.split("?")[0].split("#")[0]
    if not routes.test(path, "GET"):
        return None
    endpoint, _values = routes.match(path, "GET")
    return endpoint if endpoint.startswith("console.") and endpoint not in NOT_PAGES else None


def test_axe_finds_nothing_on_any_screen_of_the_phone(town, look):
    (language, theme), browser = look
    found, seen = {}, set()
    for username, screens in screens_of(town).items():
        with transaction() as session:
            session.get(User, town.users[username]).language = language
        context = browser.new_context(color_scheme=theme, **PHONE, **CHINA)
        context.add_init_script(AXE)
        page = context.new_page()
        page.goto(f"{town.address}/app/")
        expect(page.locator("h1").first).to_be_visible()
        found |= faults_of(page, f"{username} sign-in")
        sign_in(page, username)
        for screen in screens:
            page.evaluate(GO_TO, f"#/{screen}")
            expect(page.locator("h1").first).to_be_visible()
            found |= faults_of(page, f"{username} {screen}") | out_of_reach(page, f"{username} {screen}, small")
            seen |= set(re.findall(r"[a-z-]+(?=/|$)", re.sub(r"[0-9a-f-]{30,}", "", screen)))
        context.close()
    assert found == {}
    assert places_in_the_app() - seen == set(), "a screen that this test does not visit"


def screens_of(town: World) -> dict[str, list[str]]:
    """For each user the addresses after `#`."""
    door, gate, home = (f"transfer/{trip.id}" for trip in (town.door, town.gate, town.home))
    leaving = [home + part for part in ("", "/verify", f"/verify/{town.home.lines[0]}", "/dock", f"/stop/{town.site}", "/handover")]
    line, stop = town.door.lines[0], town.door.transfer.stops[0]["id"]
    parts = [
        "",
        "/verify",
        f"/verify/{line}",
        "/dock",
        "/vehicle",
        "/route",
        f"/stop/{stop}",
        "/extra",
        "/problem/move",
        f"/emergency/{line}",
    ]
    stays = [
        "release",
        "round",
        f"stay/{town.staying}",
        f"stay/{town.staying}/health",
        f"stay/{town.staying}/test",
        f"stay/{town.released}",
    ]
    everybody = ["", "unsent", "conflicts", "hospitals", "emergency", "settings"]
    return {
        "driver1": [*everybody, *(door + part for part in parts), *leaving],
        "driver2": [gate, f"{gate}/handover", f"{gate}/disinfection"],
        "receiver1": [
            *everybody,
            *stays,
            "rooms",
            "count",
            "floor/disinfecting",
            "waste",
            f"walk-in/{town.rooms[7]}",
            "due",
            f"room/{town.rooms[7]}",
            f"{gate}/receive",
            f"{door}/answer",
        ],
    }


def places_in_the_app() -> set[str]:
    """Every address part that static/app/screens/app.tsx knows."""
    return set(re.findall(r'case "([a-z-]+)":', (ROOT / "static/app/screens/app.tsx").read_text(encoding="utf-8")))


def sign_in(page: Page, username: str) -> None:
    page.locator("input[autocomplete=username]").fill(username)
    page.locator("input[autocomplete=current-password]").fill(PASSWORD)
    page.locator("button[type=submit]").tap()
    expect(page.locator("input[autocomplete=username]")).to_have_count(0, timeout=30_000)
    expect(page.locator(f"a[href*='{'/transfer/'}']").first).to_be_visible(timeout=30_000)


def out_of_reach(page: Page, screen: str) -> dict[str, list[str]]:
    """What a gloved thumb on a small phone cannot press: smaller than 48 px, or beyond the edge."""
    page.set_viewport_size(SMALL_PHONE)
    found = page.evaluate(OUT_OF_REACH, PRESSED)
    page.set_viewport_size(PHONE["viewport"])
    return {screen: found} if found else {}


def faults_of(page: Page, screen: str) -> dict[str, list[str]]:
    faults = page.evaluate(RUN_AXE)
    return {screen: faults} if faults else {}
