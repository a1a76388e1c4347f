"""Every page of the console × every role × its own, another's, an unknown: generated from the routes themselves."""

import pytest

from server.access import OPEN_RULES, access_rule
from server.domain.permissions import ROLES, extent
from server.store.database import db
from server.store.users import User
from tests.console.browser import Browser

UNKNOWN = "01900000-0000-7000-8000-00000000dead"
PEOPLE = {"driver": "driver1", "escort": "escort1", "receiver": "receiver1", "site_head": "head1", "community_worker": "worker1",
          "district_desk": "desk1", "partner_desk": "partner1"}  # fmt: skip

# What stands for `<id>` in a route, by its endpoint: (the thing of 宽城, the thing of 绿园 or None). A route without a line fails.
THINGS = {
    "person": ("show_person edit_person set_category merge_person unmerge_person reveal_id log_contact", "mother", "stranger"),
    "transfer": (
        "show_transfer print_handover reassign_transfer relieve_crew divert_transfer release_rooms cancel_transfer close_transfer"
        " put_down_person record_dock_call check_vehicle plan_route answer_docking",
        "transfer",
        "foreign",
    ),
    "return": ("accept_return decline_return receive_return", "coming_back", None),
    "line": ("verify_person", "transfer", "foreign"),
    "override": ("override_readiness", "transfer", "foreign"),
    "problem": ("solve_problem", "transfer", "foreign"),
    "site": (
        "show_site open_site pause_site close_site list_waste record_waste"
        " show_stages plan_stage reach_stage check_site begin_works save_duty order_activation",
        "site",
        "foreign_site",
    ),
    "room": ("show_room", "room", "foreign_room"),
    "stay": ("show_stay release_stay extend_stay record_test_result print_notice print_certificate", "stay", "foreign_stay"),
    "area": ("set_room_target", "area", "foreign_area"),
    "vehicle": ("set_vehicle_state", "vehicle", None),
    "contact": ("change_contact remove_contact", "contact", "foreign_contact"),
    "conflict": ("show_conflict", "conflict", None),
    "quarantined": ("show_quarantined judge_again", "quarantined", None),
    "file": ("show_import accept_import map_columns forget_import", "file", None),
    "row": ("mend_row take_row drop_row", "row", None),
    "phone": ("revoke_phone restore_phone", "phone", None),
    "user": ("show_user change_user give_compounds disable_user enable_user invite_user reset_user", "user", None),
    "noun": ("export_noun", "noun", None),
    "invitation": ("accept_invitation", None, None),
}
PLAIN = (
    "home sign_in sign_out choose show_today list_people enter_person list_transfers choose_people make_transfer list_docking"
    " list_imports upload_file wait_for_import list_held_rows list_compounds list_sites list_vehicles list_conflicts"
    " list_quarantine list_phones list_users add_user list_operations send_filters read_in_copy list_contacts add_contact"
    " show_balance show_forecast set_assumptions set_freed_rooms_first"
    " list_returns make_returns"
    " show_ledger list_idle_rooms list_overstays list_room_counts"
    " show_pipeline"
    " list_stays list_packs choose_pack release_stays record_negatives"
).split()
FORMS_ONLY = (
    "remove_contact send_filters sign_out choose accept_import map_columns forget_import take_row invite_user reset_user judge_again"
    " release_stays record_negatives"
).split()
"""Routes that only take a form: asked with GET they are answered 404 or 405 whoever asks."""


def thing_of(endpoint: str) -> str | None:
    return next((thing for thing, (endpoints, *_ids) in THINGS.items() if endpoint in endpoints.split()), None)


def routes(app) -> list:
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("console.")), key=str)


def test_every_route_of_the_console_has_its_case(app):
    known = {*PLAIN, *(endpoint for endpoints, *_ids in THINGS.values() for endpoint in endpoints.split())}
    assert {rule.endpoint.removeprefix("console.") for rule in routes(app)} == known


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_of_permissions_gives_it_and_nothing_else(life, world, role):
    browser = Browser(world, PEOPLE.get(role, role))
    wrong = []
    for rule in routes(world.app):
        name = rule.endpoint.removeprefix("console.")
        if name in FORMS_ONLY or access_rule(world.app, rule.endpoint) == "anyone":
            continue
        allowed = may_at_all(role, access_rule(world.app, rule.endpoint))
        status = browser.status(address_of(rule, life, which=None))
        fine = status in (200, 302, 404) if allowed else status == 403
        if not fine:
            wrong.append((name, status, "allowed" if allowed else "denied"))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_what_is_another_s_answers_like_what_does_not_exist(life, world, role):
    """A refused answer does not tell whether the thing exists: same status, same sentence."""
    browser = Browser(world, PEOPLE.get(role, role))
    area = db.session.get(User, world.users[PEOPLE.get(role, role)]).area_id
    wrong = []
    for rule in routes(world.app):
        name, thing = rule.endpoint.removeprefix("console."), thing_of(rule.endpoint.removeprefix("console."))
        rule_name = access_rule(world.app, rule.endpoint)
        if thing is None or THINGS[thing][2] is None or name in FORMS_ONLY or not may_at_all(role, rule_name):
            continue
        unknown = browser.ask("get", address_of(rule, life, which=None))
        foreign = browser.ask("get", address_of(rule, life, which=2))
        everything = any(extent(role, one) == "all" for one in rule_name.split(" or "))
        if unknown.status_code != 404:
            wrong.append((name, "unknown", unknown.status_code))
        if not everything and area != world.area("绿园") and strip(foreign, life.foreign) != strip(unknown, UNKNOWN):
            wrong.append((name, "another's", foreign.status_code))
    assert wrong == []


def test_forms_refuse_what_is_out_of_reach_too(life, world):
    """The page hides nothing that the form would do: each form of the district's desk, sent to another area's thing, is 404."""
    browser = Browser(world, "desk1")
    wrong = []
    for rule in routes(world.app):
        name, thing = rule.endpoint.removeprefix("console."), thing_of(rule.endpoint.removeprefix("console."))
        if "POST" not in rule.methods or thing is None or THINGS[thing][2] is None:
            continue
        if not may_at_all("district_desk", access_rule(world.app, rule.endpoint)):
            continue
        status = browser.status(address_of(rule, life, which=2), method="POST", reason="x")
        if status != 404:
            wrong.append((name, status))
    assert wrong == []


def test_a_form_without_its_token_does_nothing(life, world):
    browser = Browser(world, "dispatcher")
    answer = browser.ask("post", f"/transfers/{life.transfer}/cancellation", data={"reason": "x"})
    assert answer.status_code == 403
    assert "planned" not in browser.open(f"/transfers/{life.transfer}").text
    assert "已取消" not in browser.open(f"/transfers/{life.transfer}").text


def test_a_stranger_is_led_to_the_door_and_back(life, world):
    stranger = world.app.test_client()
    for rule in routes(world.app):
        if access_rule(world.app, rule.endpoint) in OPEN_RULES:
            continue
        if rule.endpoint.removeprefix("console.") in FORMS_ONLY:
            continue
        answer = stranger.get(address_of(rule, life, which=None))
        assert answer.status_code == 302, rule.endpoint
        assert answer.location.startswith("/sign-in"), rule.endpoint


def may_at_all(role: str, rule: str) -> bool:
    return rule in OPEN_RULES or any(extent(role, one) is not None for one in rule.split(" or "))


def address_of(rule, life, which: int | None) -> str:
    """The route with ids filled in: unknown ones, or those of 宽城 (1) or 绿园 (2)."""
    values = dict.fromkeys(rule.arguments, UNKNOWN)
    thing = thing_of(rule.endpoint.removeprefix("console."))
    if which and thing and THINGS[thing][which]:
        values["id"] = getattr(life, THINGS[thing][which])
    if "noun" in values:
        values["noun"] = "people"
    if "item" in values:
        values["item"] = "masks"
    if "stage" in values:
        values["stage"] = "clearing"
    if "kind" in values:
        values["kind"] = "safety"
    return rule.build(values)[1]


def strip(answer, id: str) -> tuple[int, str]:
    """Status and words of an answer, without what differs by itself (tokens, the id asked for)."""
    import re

    text = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)).replace(id, "")
    return answer.status_code, text
