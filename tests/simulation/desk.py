"""What the office does meanwhile, as operations of the console: the choice is made by rolls among what a desk has before it."""

from server.access import digest
from server.domain.rule_packs import PACKS
from server.domain.site_checks import ASKED as ASKED_OF_SITES
from server.domain.site_stages import next_stage
from tests.trip import ASKED
from tests.world import password_hash

ROLES = ("driver1", "driver2", "driver3")
EXTENDED_TO = "2022-04-30"


def choose(verb: str, rolls: list[int], town, before: dict) -> dict | None:
    """One operation of a desk as `{by, type, target, args}`, or None where there is nothing to do it to."""
    return VERBS[verb](Rolls(rolls), town, before)


def name_of(said: dict) -> str:
    """What is done, and of a transfer which kind is planned."""
    return f"{said['args']['kind']} {said['type']}" if said["type"] == "make_transfer" else said["type"]


class Rolls:
    def __init__(self, rolls: list[int]):
        self._rolls, self._place = rolls, 0

    def __call__(self, items: list):
        """One of these, or None of none."""
        self._place += 1
        return items[self._rolls[self._place % len(self._rolls)] % len(items)] if items else None


def _said(town, type: str, target: str | None = None, by: str = "dispatcher", **args) -> dict:
    return {"by": town.users[by], "type": type, "target": target, "args": args}


def make_transfer(roll: Rolls, town, before: dict):
    people = list(dict.fromkeys(roll(before["free"]) for _ in range(roll([1, 2, 3])) if before["free"]))
    goal = {"kind": "site", "id": roll(town.sites)}
    crew = {"driver": town.users[roll(ROLES)], "escort": town.users[roll(["escort1"])]}
    return _said(town, "make_transfer", kind="outbound", people=people, destination=goal, **crew) if people else None


def _transfer_of(kind: str):
    """Somebody goes to a hospital or a place that is in no register; or leaves a room, for home or for another site."""

    def verb(roll: Rolls, town, before: dict):
        elsewhere = {"kind": "elsewhere", "name": "亲戚家", "address": "长春"}
        among, goals = {
            "hospital": (
                [*before["staying"], *before["free"]],
                [*({"kind": "hospital", "id": id} for id in before["hospitals"]), elsewhere],
            ),
            "return": (before["released"], [{"kind": "home", "id": town.community}]),
            "site_to_site": (before["staying"], [{"kind": "site", "id": id} for id in town.sites]),
        }[kind]
        people = list(dict.fromkeys(roll(among) for _ in range(roll([1, 2])) if among))
        crew = {"driver": town.users[roll(ROLES)], "escort": town.users["escort1"]}
        return _said(town, "make_transfer", kind=kind, people=people, destination=roll(goals), **crew) if people else None

    return verb


def answer_return(roll: Rolls, town, before: dict):
    """The community takes its people back, or does not."""
    transfer = roll(before["returns"])
    said = {"accept_return": {"accepted_by": "夏敏莹"}, "decline_return": {"declined_by": "夏敏莹", "reason": "要更近的检测"}}
    verb = roll(["accept_return", "accept_return", "decline_return"])
    return _said(town, verb, transfer, **said[verb]) if transfer else None


def _on_transfer(name: str, args):
    def verb(roll: Rolls, town, before: dict):
        transfer = roll([id for id, _state in before["transfers"]])
        return _said(town, name, transfer, **args(roll, town)) if transfer else None

    return verb


def verify(roll: Rolls, town, before: dict):
    line = roll([(id, transfer) for id, transfer, state in before["lines"] if state == "expected"])
    return _said(town, "verify_person", line[1], line=line[0], **ASKED) if line else None


def resolve(roll: Rolls, town, before: dict):
    item = roll(before["conflicts"])
    return _said(town, "resolve_conflict", item, resolution="电话核实过") if item else None


def change_user(roll: Rolls, town, _before: dict):
    """A role, a site or an area changes: what the phone may see changes with it."""
    who = roll(["receiver2", "receiver3", "driver2", "escort1"])
    place = {"role": roll(["receiver", "site_head", "driver"]), "site_id": roll([*town.sites, None]), "area_id": roll([*town.area, None])}
    return _said(town, "change_user", town.users[who], by="administrator", **place)


def change_card(roll: Rolls, town, _before: dict):
    """A telephone number that every phone has."""
    code, area = roll([("S1", "宽城"), ("S2", "绿园")])
    values = {"code": code, "area": area, "duty_phone": f"1420000{roll(list(range(1000, 1010)))}"}
    return _said(town, "save_site", **values)


def edit_person(roll: Rolls, town, before: dict):
    """What every list says of somebody, also of one who has left it; and, as long as they are at their door, where that is."""
    person, number = roll(before["people"]), roll(list(range(100, 1000)))
    if not person:
        return None
    now = {
        "name": f"住户{number}",
        "phone": f"13900000{number}",
        "second_phone": roll([None, f"13800000{number}"]),
        "building": f"{number}",
        "words": roll([None, f"怕冷 {number}"]),
        "needs": roll([[], [{"code": "wheelchair", "detail": f"{number}"}]]),
    }
    field = roll(sorted(now))
    return _said(town, "edit_person", person["id"], changes={field: {"was": person[field], "now": now[field]}})


def set_category(roll: Rolls, town, before: dict):
    """Also a contact who turns out positive: wherever they are, they wait for another place from then on."""
    person = roll(before["people"])
    category = roll(["close_contact", "secondary_contact", "close_contact", "asymptomatic", "confirmed"])
    return _said(town, "set_category", person["id"], category=category) if person else None


def merge_people(roll: Rolls, town, before: dict):
    """Two records are one person, of whom one came by themselves perhaps; or one that was merged is a person of its own again."""
    person, other, merged = roll(before["people"]), roll(before["free"]), roll(before["merged"])
    if merged and roll([True, False]):
        return _said(town, "unmerge_people", merged, reason="不是一个人")
    return _said(town, "merge_people", person["id"], other=other, reason="同一个人") if person and other else None


def put_down(roll: Rolls, town, before: dict):
    line = roll([(id, transfer) for id, transfer, state in before["lines"] if state == "aboard"])
    return _said(town, "put_down_person", line[1], line=line[0], reason="点错了人") if line else None


def release_rooms(roll: Rolls, town, before: dict):
    line = roll([(id, transfer) for id, transfer, state in before["lines"] if state in ("expected", "aboard")])
    return _said(town, "release_rooms", line[1], lines=[line[0]], reason="房间另有安排") if line else None


def on_stay(roll: Rolls, town, before: dict):
    """A stay goes on, ends, or gets a test."""
    stay = roll(before["stays"])
    if not stay:
        return None
    said = {
        "release_stay": {"allowed_by": "院感组", "reason": "转居家"},
        "extend_stay": {"until": EXTENDED_TO, "reason": "有症状"},
        "record_test_result": {"result": roll(["negative", "negative", "positive"])},
    }
    verb = roll(sorted(said))
    return _said(town, verb, stay, **said[verb])


def change_site(roll: Rolls, town, before: dict):
    """A site takes nobody for a while, is checked, cleared or given up, comes back stage by stage, and goes on."""
    site = roll(town.sites)
    kind = roll(sorted(ASKED_OF_SITES))
    said = {
        "pause_site": {"reason": "停水"},
        "open_site": {},
        "reach_stage": {"stage": next_stage(before["sites"][site]) or "clearing", "legal_basis": "征用决定 3 号"},
        "plan_stage": {"stage": roll(["clearing", "standby"]), "owner_name": "冯工"},
        "check_site": {"kind": kind, "items": dict.fromkeys(ASKED_OF_SITES[kind], roll([True, True, False])), "checked_by": "冯工"},
        "begin_works": {"what": "修电梯"},
        "close_site": {"reason": "归还"},
    }
    verb = roll([*sorted(said), *["open_site", "pause_site", "reach_stage", "check_site"] * 3])
    return _said(town, verb, site, **said[verb])


def choose_pack(roll: Rolls, town, _before: dict):
    """Another edition of the rules holds, and whoever stays already goes over to it, longer or shorter, or keeps theirs."""
    choice = {"area": roll([*town.area, None]), "pack": roll(sorted(PACKS)), "running": roll(["carry_over", "carry_over", "keep"])}
    return _said(town, "choose_pack", from_on="2022-04-01", reason="省里来文", **choice)


def override_readiness(roll: Rolls, town, before: dict):
    transfer, item = roll(before["missing"]) or (None, None)
    return _said(town, "override_readiness", transfer, by="commander", item=item, reason="备用车也没有") if transfer else None


def solve_problem(roll: Rolls, town, before: dict):
    transfer, problem = roll(before["problems"]) or (None, None)
    return _said(town, "solve_problem", transfer, problem=problem, note="路通了") if transfer else None


def tell_settings(roll: Rolls, town, _before: dict):
    """What phones count gates and leases by."""
    values = {"dock_fresh_minutes": roll([30, 60, 90]), "lease_hours": roll([48, 72])}
    return _said(town, "tell_settings", by="administrator", **values)


def on_quarantined(roll: Rolls, town, before: dict):
    """What was refused or waits: a desk deals with it, or has it judged once more."""
    held, refused = ([id for id, verdict in before["quarantined"] if verdict == which] for which in ("held", "refused"))
    if held and roll([True, True, False]):
        return _said(town, "judge_again", operation=roll(held))
    operation = roll([*refused, *held])
    return _said(town, "settle_quarantined", operation=operation, words="电话说清了") if operation else None


def rename_user(roll: Rolls, town, _before: dict):
    """Somebody of a crew or a site has another name and another telephone."""
    who, number = roll([*ROLES, "escort1", "receiver1", "receiver3"]), roll(list(range(1000, 1100)))
    return _said(town, "change_user", town.users[who], by="administrator", name=f"同事{number}", phone=f"1420001{number}")


def change_vehicle(roll: Rolls, town, _before: dict):
    values = {"plate": roll(["吉A·T0001", "吉A·T0002"]), "kind": roll(["coach", "minibus"]), "seats": roll([20, 30, 40])}
    return _said(town, "save_vehicle", area="宽城", **values)


def set_vehicle_state(roll: Rolls, town, _before: dict):
    state = roll(["out_of_service", "driver_rest", "clean_ready"])
    return _said(town, "set_vehicle_state", roll(town.vehicles), state=state, reason="例行")


def change_directory(roll: Rolls, town, before: dict):
    """What every phone has to look up: a hospital, a telephone number, an area."""
    number, contact = roll(list(range(100, 200))), roll([*before["contacts"], None])
    said = {
        "save_hospital": (None, {"name": roll(["市一院", "市二院"]), "colour": roll(["green", "yellow"]), "phone": f"0431{number}"}),
        "save_contact": (contact, {"name": f"专班{number}", "what": "值班", "phone": f"0432{number}"}),
        "save_area": (None, {"name": roll(["宽城", "绿园"]), "tier": roll(["green", "yellow", "red"])}),
    } | ({"remove_contact": (contact, {})} if contact else {})
    verb = roll(sorted(said))
    target, values = said[verb]
    return _said(town, verb, target, **values)


SWITCHES = {"account": ("disable_user", "enable_user"), "phone": ("revoke_device", "restore_device")}


def switch_off(what: str, user: str, town, before: dict) -> list[dict]:
    """The account of this user, or the phone on which they were heard of last, works no more; or their password is worth nothing."""
    if what == "password":
        return [_said(town, "reset_password", user, by="administrator", invitation_hash=digest(user))]
    ids = {"account": [user], "phone": [phone["id"] for phone in before["phones"] if phone["user"] == user][-1:]}
    return [_said(town, SWITCHES[what][0], id, by="administrator") for id in ids[what]]


def switch_all_on(town, before: dict) -> list[dict]:
    """Whoever has no password is given another link, the first one being a day old perhaps, and takes it."""
    on = [_said(town, on, id, by="administrator") for what, (_off, on) in SWITCHES.items() for id in before["switched_off"][what]]
    for user in before["switched_off"]["password"]:
        link = {"invitation_hash": digest(user)}
        on.append(_said(town, "invite_user", user, by="administrator", **link))
        on.append({"by": user, "type": "accept_invitation", "target": None, "args": {**link, "password_hash": password_hash()}})
    return on


VERBS = {
    "make_transfer": make_transfer,
    "to_hospital": _transfer_of("hospital"),
    "return_home": _transfer_of("return"),
    "to_other_site": _transfer_of("site_to_site"),
    "answer_return": answer_return,
    "reassign": _on_transfer("reassign_transfer", lambda roll, town: {"driver": town.users[roll(ROLES)]}),
    "relieve": _on_transfer(
        "relieve_crew", lambda roll, town: {"driver": town.users[roll(ROLES)], "place": "服务区", "people": roll([0, 1, 2])}
    ),
    "cancel": _on_transfer("cancel_transfer", lambda roll, town: {"reason": "名单有误"}),
    "divert": _on_transfer("divert_transfer", lambda roll, town: {"site": roll(town.sites), "reason": "满了"}),
    "close": _on_transfer("close_transfer", lambda roll, town: {"reason": "电话确认"}),
    "verify": verify,
    "resolve": resolve,
    "change_user": change_user,
    "change_card": change_card,
    "edit_person": edit_person,
    "set_category": set_category,
    "rename_user": rename_user,
    "change_vehicle": change_vehicle,
    "set_vehicle_state": set_vehicle_state,
    "change_directory": change_directory,
    "merge_people": merge_people,
    "put_down": put_down,
    "release_rooms": release_rooms,
    "on_stay": on_stay,
    "change_site": change_site,
    "choose_pack": choose_pack,
    "override_readiness": override_readiness,
    "solve_problem": solve_problem,
    "tell_settings": tell_settings,
    "on_quarantined": on_quarantined,
}
