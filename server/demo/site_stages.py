"""What the desks and sites do about houses on their way during the demo's day: checks, plans, an order to activate, works that begin."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from server.access import as_actor
from server.demo.accounts import user_named
from server.demo.town import Town
from server.demo.trips import OPENED_TODAY
from server.domain.site_checks import ASKED
from server.domain.write_path import perform_one
from server.store.database import db
from server.store.rooms import Room

TODAY = date(2022, 4, 3)
PASSED_TODAY, LATE, REQUISITIONED, ACTIVATED, UNDER_REPAIR = "S031", "S019", "S023", "S011", "S005"
LACKING_ROOMS = 40
STOCKED_BY_FIVE = 15
PLANS = (
    (LATE, "safety_checked", "樊立新", -1),
    (REQUISITIONED, "converting", "佟海波", 1),
    ("S001", "requisitioned", "苗雨", 1),
    ("S004", "requisitioned", "周启明", -1),
    ("S027", "open", "周启明", 4),
)
ROSTER = {"head": 1, "health_observation": 6, "disinfection": 4, "information": 2, "security": 4, "logistics": 5, "case_transfer": 2}


def check_before_opening(town: Town) -> Iterator[timedelta]:
    """The hotel that opens this morning is checked once more, and its roster is set."""
    _check(town, OPENED_TODAY, "safety")
    yield timedelta(minutes=20)
    for shift, share in (("day", 1), ("night", 2)):
        roles = {role: {"people": -(-people // share)} for role, people in ROSTER.items()}
        _do(town, "save_duty", OPENED_TODAY, day=TODAY, shift=shift, roles=roles)


def plan_the_days_to_come(town: Town) -> Iterator[timedelta]:
    """The city desk names who answers for each next stage; two of the days have passed already."""
    for code, stage, owner, days in PLANS:
        _do(town, "plan_stage", code, stage=stage, owner_name=owner, planned_on=TODAY + timedelta(days=days))
    yield from ()


def accept_a_guesthouse(town: Town) -> Iterator[timedelta]:
    """Its works are done: found safe in the morning, fit before noon (windows that hardly open are noted), accepted."""
    _check(town, PASSED_TODAY, "safety")
    _do(town, "reach_stage", PASSED_TODAY, stage="safety_checked")
    yield timedelta(hours=2, minutes=10)
    _check(town, PASSED_TODAY, "qualification", windows=False)
    _do(town, "reach_stage", PASSED_TODAY, stage="accepted")
    _do(town, "plan_stage", PASSED_TODAY, stage="standby", owner_name="佟海波", planned_on=TODAY)


def activate_a_hotel(town: Town) -> Iterator[timedelta]:
    """Ordered in the afternoon. Of its rooms many lack supplies; some are stocked by five, the rest are still owed."""
    rooms = _rooms(town, ACTIVATED)
    _check(town, ACTIVATED, "safety")
    for room in rooms[:LACKING_ROOMS]:
        _do_to(town, "set_room_state", room, state="awaiting_acceptance", reason="物品未配齐")
    _do(town, "order_activation", ACTIVATED)
    yield timedelta(hours=3)
    for room in rooms[:STOCKED_BY_FIVE]:
        _do_to(town, "set_room_state", room, state="ready")


def begin_works(town: Town) -> Iterator[timedelta]:
    """In a hotel in reserve the boiler is exchanged: its safety check is to be made again."""
    _do(town, "begin_works", UNDER_REPAIR, what="一楼锅炉房更换锅炉")
    yield from ()


def _check(town: Town, code: str, kind: str, **no: bool) -> None:
    items = {**dict.fromkeys(ASKED[kind], True), **no}
    _do(town, "check_site", code, kind=kind, items=items, checked_by="市住建专班 孙立群", checked_on=TODAY)


def _rooms(town: Town, code: str) -> list[str]:
    return list(db.session.scalars(select(Room.id).where(Room.site_id == town.site(code).id).order_by(Room.floor, Room.number)))


def _do(town: Town, type: str, code: str, **args) -> None:
    _do_to(town, type, town.site(code).id, **args)


def _do_to(town: Town, type: str, target: str, **args) -> None:
    perform_one(type, author=as_actor(user_named("dispatcher")), at=town.now, target=target, **args)
