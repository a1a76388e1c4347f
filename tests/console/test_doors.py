"""The doors of the house: who forges, guesses or lures gets nothing; who works gets in."""

import re

import pytest

from tests.console.browser import Browser
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
