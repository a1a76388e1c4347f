"""The doors of the house: who forges, guesses or lures gets nothing; who works gets in."""

import re
from dataclasses import replace

import pytest

from server.app import create_app
from server.cli import say_link
from server.console.words import WORDS
from server.domain.steps import STEPS
from server.settings import SettingsFault, read_settings
from tests.console.browser import Browser
from tests.trip import Trip
from tests.world import PASSWORD

OVER_THE_LINE = "https://localhost"


def sign_in(client, username: str, password: str, address: str = "127.0.0.1", onward: str = "", base: str = "http://localhost"):
    """What the door answers to a name and a password, from this address."""
    page = client.get("/sign-in", base_url=base)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    headers = {"Referer": f"{base}/sign-in"} if may_tell_where_from(page) else {}
    form = {"csrf_token": token, "username": username, "password": password}
    return client.post(
        "/sign-in", query_string={"next": onward}, data=form, base_url=base, headers=headers, environ_base={"REMOTE_ADDR": address}
    )


def may_tell_where_from(page) -> bool:
    """Whether a browser names the page it came from to the same server, as this page's policy says."""
    return page.headers["Referrer-Policy"] != "no-referrer"


def test_a_desk_signs_in_by_https_too(world):
    answer = sign_in(world.app.test_client(), "dispatcher", PASSWORD, base=OVER_THE_LINE)
    assert answer.status_code == 302, "by https a form has to come with the address of its page"


@pytest.mark.parametrize("lure", ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example"])
def test_nobody_is_led_elsewhere_after_signing_in(world, lure):
    answer = sign_in(world.app.test_client(), "dispatcher", PASSWORD, onward=lure)
    assert answer.status_code == 302
    assert answer.location == "/today"


def test_a_stranger_who_guesses_elsewhere_does_not_lock_the_owner_out(world):
    client = world.app.test_client()
    for _guess in range(8):
        assert sign_in(client, "dispatcher", "falsch", address="203.0.113.9").status_code == 401
    assert sign_in(client, "dispatcher", PASSWORD, address="203.0.113.9").status_code == 429, "the guesser waits, whatever comes next"
    assert sign_in(client, "dispatcher", PASSWORD, address="198.51.100.7").status_code == 302


def test_guessing_is_answered_alike_for_names_that_exist_and_names_that_do_not(world):
    client = world.app.test_client()
    answers = {
        name: [sign_in(client, name, "falsch", address=address).status_code for _guess in range(9)]
        for name, address in (("dispatcher", "203.0.113.1"), ("nobody", "203.0.113.2"))
    }
    assert answers["dispatcher"] == answers["nobody"] == [401] * 8 + [429]


@pytest.mark.parametrize("page", ["people", "transfers", "sites", "vehicles", "conflicts", "phones", "users", "operations"])
def test_an_export_comes_with_a_name_that_a_header_can_carry(world, life, page):
    reader = {"users": "administrator", "operations": "auditor"}.get(page, "dispatcher")
    answer = Browser(world, reader).client.get(f"/{page}?as=xlsx")
    assert answer.status_code == 200
    answer.headers["Content-Disposition"].encode("latin-1")


def test_nothing_but_built_files_stays_in_a_browser(world, life):
    assert Browser(world, "dispatcher").client.get(f"/people/{life.mother}").headers["Cache-Control"] == "no-store"
    assert world.app.test_client().get("/invitation/x").headers["Cache-Control"] == "no-store"


UNREADABLE = ["/people?search=%00", "/people/%00", "/transfers?state=a%00b", "/people?search=%ED%A0%80"]


@pytest.mark.parametrize("address", UNREADABLE)
def test_what_no_person_can_write_is_answered_with_a_sentence(each_world, address):
    assert Browser(each_world, "dispatcher").status(address) in (200, 422)


def test_a_nul_in_a_form_or_an_address_is_refused_on_both_engines(each_world):
    browser = Browser(each_world, "dispatcher")
    assert browser.status("/people?search=%00") == 422
    assert browser.status("/people/new", method="POST", name="王\0明") == 422
    assert Browser(each_world, "").status("/sign-in", method="POST", username="dispatcher\0", password=PASSWORD) == 422


def test_half_a_character_on_the_phones_door_is_refused_on_both_engines(each_world):
    client = each_world.app.test_client()
    for end in (r"\ud800", r"\u0000"):
        said = f'{{"username": "dispatcher{end}", "password": "x"}}'
        answer = client.post("/api/v1/session", data=said, content_type="application/json", headers={"X-Bihuan": "1"})
        assert answer.status_code in (401, 422)


def test_behind_a_proxy_the_caller_is_who_the_proxy_says_and_cookies_go_over_https_only(world, settings):
    app = create_app(replace(settings, proxies=1), world.clock)
    forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "bihuan.example"}
    with app.test_request_context():
        answer = app.test_client().get("/sign-in", headers=forwarded)
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert answer.headers.getlist("Set-Cookie")
    assert "Strict-Transport-Security" in answer.headers


def test_without_a_proxy_nobody_says_for_another_where_they_call_from(world):
    answer = world.app.test_client().get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert not any("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_the_number_of_proxies_is_a_setting(tmp_path):
    data = {"DATA": str(tmp_path)}
    assert not read_settings(data).secure
    assert read_settings({**data, "PROXY": "1"}).secure
    for wrong in ("-1", "yes"):
        with pytest.raises(SettingsFault):
            read_settings({**data, "PROXY": wrong})


def test_a_demo_password_that_is_too_short_is_told_before_the_demo_is_filled(tmp_path):
    with pytest.raises(SettingsFault, match="at least 12"):
        read_settings({"DATA": str(tmp_path), "DEMO_PASSWORD": "short"}, demo=True)


def test_no_address_ever_holds_a_number_that_was_searched_for(life, world):
    desk, auditor, number = Browser(world, "dispatcher"), Browser(world, "auditor"), "220199198001010031"
    world.do("edit_person", life.mother, changes={}, id_number=number)
    for typed in (number, "2201 9919 8001 0100 31", "14200000101", "142-0000-0101"):
        for page in ("/people", "/transfers/new", f"/people/{life.child}/merge", "/imports/held", "/transfers", "/operations"):
            browser, field = (auditor, "target") if page == "/operations" else (desk, "search")
            answer = browser.ask("post", "/searches", data={"csrf_token": browser.token(), "page": page, field: typed, "state": ""})
            assert (answer.status_code, answer.location.split("?")[0]) == (303, page)
            assert not re.search(r"\d{7}", re.sub(r"~[^&]*|[0-9a-f-]{36}", "", answer.location))  # ids may hold seven digits in a row
            for _again in range(2):  # gone back to, or refreshed
                view = browser.open(answer.location)
                assert [box["value"] for box in view.all("input") if box["name"] == field] == [typed]
                assert not [link for link in view.all("a") if number in link["href"] or "14200000101" in link["href"]]
    found = desk.ask("post", "/searches", data={"csrf_token": desk.token(), "page": "/people", "search": number})
    assert "王明" in desk.open(found.location).text
    assert "共 1 人" in desk.open(found.location).text


def test_every_filter_is_sent_by_post(life, world):
    """What somebody types, and that a browser would put into the address, is sent in the body on every page of the console."""
    browser = Browser(world, "dispatcher")
    for page in ("/people", "/transfers", "/transfers/new", "/sites", "/vehicles", "/phones", "/imports", "/imports/held"):
        forms = [form for form in browser.open(page).all("form") if form["method"].lower() != "post"]
        assert [one for form in forms for one in form.all("input") if one["type"] in ("", "search", "text")] == []


def test_a_number_typed_into_the_address_by_hand_is_led_on_without_it(life, world):
    for browser in (Browser(world, "dispatcher"), Browser(world, "")):
        for address in ("/people?state=waiting&", f"/people/{life.mother}/merge?"):
            answer = browser.ask("get", f"{address}search=22019919800101003X")
            assert answer.status_code == 302
            assert "2201991980" not in answer.location


def test_filters_lead_to_no_other_house_and_a_broken_seal_is_refused(life, world):
    browser = Browser(world, "dispatcher")
    for page in ("//evil.example/people", "https://evil.example", "/app/", "/searches", ""):
        assert browser.status("/searches", method="POST", page=page, search="王") == 422
    assert browser.status("/people?search=~broken") == 422


def test_every_answer_forbids_inline_code_and_other_houses(life, world):
    """Pages, what they lead on to, refusals, faults of the request, both doors of the phone, files: whatever is answered."""
    desk, stranger = Browser(world, "dispatcher"), Browser(world, "")
    pages = [rule for rule in world.app.url_map.iter_rules() if "GET" in rule.methods]
    answers = [(browser, str(rule), "get") for browser in (desk, stranger) for rule in pages if not rule.arguments]
    answers += [
        (desk, page, "get") for page in (f"/people/{life.mother}", f"/transfers/{life.transfer}", "/people/x", "/nothing", "/app/x")
    ]
    answers += [
        (desk, "/people?search=%00", "get"),
        (desk, "/people/new", "post"),
        (stranger, "/api/v1/sync", "post"),
        (desk, "/today", "put"),
    ]
    seen, without = set(), []
    for browser, address, method in answers:
        answer = browser.ask(method, address)
        seen.add(answer.status_code)
        policy = answer.headers.get("Content-Security-Policy", "")
        scripts = "default-src 'none'" if address.startswith("/api/") else "script-src 'self'"
        if scripts not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
            without.append((method, address, answer.status_code))
    assert without == []
    assert seen >= {200, 302, 401, 403, 404, 405, 422}


def test_a_one_time_link_names_the_address_that_people_type(tmp_path, capsys):
    behind = {"DATA": str(tmp_path), "PROXY": "1"}
    for settings, address, hint in (
        ({**behind, "PUBLIC_ADDRESS": "https://bihuan.example.cn/"}, "https://bihuan.example.cn/invitation/abc", False),
        (behind, "https://127.0.0.1:8000/invitation/abc", True),
        ({"DATA": str(tmp_path)}, "http://127.0.0.1:8000/invitation/abc", False),
    ):
        say_link(create_app(read_settings(settings)), "admin", "abc")
        said = capsys.readouterr()
        assert address in said.out
        assert ("PUBLIC_ADDRESS" in said.err) == hint
    with pytest.raises(SettingsFault):
        read_settings({**behind, "PUBLIC_ADDRESS": "bihuan.example.cn"})


def test_the_board_is_sorted_by_step_and_paged_within_one(world):
    trip = Trip(world, people=1)
    world.do("make_transfer", kind="outbound", people=[world.person("周安")], destination={"kind": "elsewhere", "name": "省医院"})
    assert trip.verified(0).took_effect
    browser = Browser(world, "dispatcher")
    names = [WORDS["step"][step][0] for step in STEPS]
    boards = [browser.open(f"/transfers?sort={sort}").one("tbody").all("tr") for sort in ("step", "-step")]
    steps = [[row.all("td")[0].text for row in board] for board in boards]
    assert steps[0] == sorted(steps[0], key=names.index) == steps[1][::-1]
    assert len(set(steps[0])) > 1
    assert browser.open("/transfers?step=verify&kind=return").links("/transfers/0") == [], "the other filters hold too"
    assert len(browser.open("/transfers?step=verify&kind=outbound").links("/transfers/0")) == 1
