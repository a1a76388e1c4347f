"""What the office does meanwhile, through the console's door: the choice is made by rolls among what a desk has before it."""

from tests.trip import ASKED

ROLES = ("driver1", "driver2", "driver3")


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
    """What every list says of somebody, also of one who has left it."""
    person = roll(before["people"])
    if not person:
        return None
    name = {"was": person[1], "now": f"住户{roll(list(range(100, 1000)))}"}
    return _said(town, "edit_person", person[0], changes={"name": name})


def set_category(roll: Rolls, town, before: dict):
    person = roll([id for id, _name in before["people"]])
    return _said(town, "set_category", person, category=roll(["close_contact", "secondary_contact"])) if person else None


def rename_user(roll: Rolls, town, _before: dict):
    """Somebody of a crew or a site has another name and another telephone."""
    who, number = roll([*ROLES, "escort1", "receiver1", "receiver3"]), roll(list(range(1000, 1100)))
    return _said(town, "change_user", town.users[who], by="administrator", name=f"同事{number}", phone=f"1420001{number}")


def change_vehicle(roll: Rolls, town, _before: dict):
    values = {"plate": roll(["吉A·T0001", "吉A·T0002"]), "kind": roll(["coach", "minibus"]), "seats": roll([20, 30, 40])}
    return _said(town, "save_vehicle", area="宽城", **values)


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
}
