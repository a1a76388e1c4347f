"""What the office does meanwhile, as operations of the console: the choice is made by rolls among what a desk has before it."""

from tests.trip import ASKED

ROLES = ("driver1", "driver2", "driver3")
EXTENDED_TO = "2022-04-30"


def choose(verb: str, rolls: list[int], town, before: dict) -> dict | None:
    """One operation of a desk as `{by, type, target, args}`, or None where there is nothing to do it to."""
    return VERBS[verb](Rolls(rolls), town, before)


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
    """Two records are one person; or one of those that were merged is a person of its own again."""
    person, other, merged = roll(before["people"]), roll(before["people"]), roll(before["merged"])
    if merged and roll([True, False]):
        return _said(town, "unmerge_people", merged, reason="不是一个人")
    return _said(town, "merge_people", person["id"], other=other["id"], reason="同一个人") if person else None


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


def change_site(roll: Rolls, town, _before: dict):
    """A site takes nobody for a while, and goes on."""
    said = {"pause_site": {"reason": "停水"}, "open_site": {}}
    verb = roll(sorted(said))
    return _said(town, verb, roll(town.sites), by="commander", **said[verb])


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
    """The account of this user, or the phone on which they were heard of last, works no more."""
    ids = {"account": [user], "phone": [phone["id"] for phone in before["phones"] if phone["user"] == user][-1:]}
    return [_said(town, SWITCHES[what][0], id, by="administrator") for id in ids[what]]


def switch_all_on(town, before: dict) -> list[dict]:
    return [_said(town, on, id, by="administrator") for what, (_off, on) in SWITCHES.items() for id in before["switched_off"][what]]


VERBS = {
    "make_transfer": make_transfer,
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
}
