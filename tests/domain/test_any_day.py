"""Whatever people tell, in whatever order: nothing is refused, nothing breaks a constraint, and nobody is in two places (P23, P24)."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.domain.readiness import ITEMS
from server.store.database import db
from server.store.people import Custody
from server.store.rooms import Room, Stay
from server.store.transfers import Line
from tests.histories import histories
from tests.trip import ACCEPTED, ALL_ITEMS, ASKED, CALL, CLEAN, TWO_PROOFS, Trip

PEOPLE, ROOMS = 3, 4
FLOORS = itertools.count(10)
CREW, SITE = ("driver1", "escort1", "driver2"), ("receiver1", "head1")
line = st.integers(0, PEOPLE - 1)
room = st.one_of(st.none(), st.integers(0, ROOMS - 1))


def said(type: str, by: tuple[str, ...], **args):
    return st.tuples(st.just(type), st.sampled_from(by), st.fixed_dictionaries(args), st.integers(0, 900))


SIGNED = st.dictionaries(line, st.sampled_from(["received", "refused", "absent"]), min_size=1)
SEEN = ["ready", "blocked", "vacated_dirty", "occupied", "hold"]
ANYTHING = st.one_of(
    said("verify_person", CREW, line=line, agrees=st.sampled_from(["agrees", "objects"])),
    said("record_dock_call", CREW, result=st.sampled_from(["confirmed", "refused", "no_answer"])),
    said("check_vehicle", CREW, missing=st.sampled_from(["", *ITEMS])),
    said("record_moment", CREW, moment=st.sampled_from(["en_route", "at_pickup", "people_called", "left_pickup", "at_site"])),
    said("board_person", CREW, line=line),
    said("board_person", CREW, line=line),
    said("record_outcome", CREW, line=line, outcome=st.sampled_from(["absent", "refused", "unfit", "emergency"])),
    said("add_extra_person", CREW, name=st.sampled_from(["李小宝", "李大宝"])),
    said("hand_to_care", (*CREW, *SITE), line=line, to=st.sampled_from(["ambulance_120", "hospital"])),
    said("receive_person", (*CREW, *SITE), line=line, outcome=st.sampled_from(["received", "refused", "absent"]), room=room),
    said("receive_person", SITE, line=line, outcome=st.just("received"), room=room),
    said("sign_handover", CREW, side=st.just("crew"), lines=SIGNED),
    said("sign_handover", SITE, side=st.just("site"), lines=SIGNED),
    said("disinfect_vehicle", CREW, contact_minutes=st.sampled_from([0, 30])),
    said("report_problem", (*CREW, *SITE), line=line),
    said("report_emergency", (*CREW, *SITE), line=line),
    said(
        "set_room_state",
        SITE,
        room=st.integers(0, ROOMS - 1),
        state=st.sampled_from(["ready", "blocked", "vacated_dirty", "occupied", "hold"]),
    ),
    said("withdraw", (*CREW, *SITE), back=st.integers(1, 6)),
)


@given(day=st.lists(ANYTHING, min_size=1, max_size=40), relieved=st.integers(0, 40))
@histories(25)
def test_no_fact_is_refused_and_nobody_is_in_two_places(world, day, relieved):
    rooms = fresh_rooms(world)
    trip = Trip(world, people=PEOPLE, vehicle=None)
    told: list = []
    for place, one in enumerate(day):
        if place == relieved:
            world.say("relieve_crew", trip.id, driver=world.users["driver2"], place="服务区", people=1)
        told += [operation] if (operation := as_operation(trip, rooms, one, told)) else []
        world.pass_time(seconds=20)
        if operation:
            verdict = trip.all_say([operation])[0]
            assert verdict.verdict in ("applied", "flagged") or verdict.code == "target.unknown", (operation, verdict)
    check_the_world(trip)


def as_operation(trip: Trip, rooms: list[str], one: tuple, told: list):
    """One of the things said, as the operation of a phone. Nothing, where there is nothing to take back yet."""
    type, by, args, ago = one
    target = None
    if "line" in args:
        args = {**args, "line": trip.lines[args["line"]]}
    if type == "withdraw":
        own = [operation for operation in told if operation.author.name == by]
        if not own:
            return None
        chosen = own[-min(args["back"], len(own))]
        args, target, ago = {"operation": chosen.id}, chosen.target, 0
    if type == "set_room_state":
        args, target = {"state": args["state"], "reason": "看到的"}, rooms[args["room"]]
    if type == "receive_person":
        args = {**args, "room": None if args["room"] is None else rooms[args["room"]]}
    if type == "sign_handover":
        args = {
            **args,
            "lines": [{"line": trip.lines[n], "outcome": outcome} for n, outcome in args["lines"].items()],
            "counterpart": "对方",
        }
    if type == "check_vehicle":
        args = {"items": {**ALL_ITEMS, args["missing"]: False}, "ppe": [], "checker_kind": "crew", "checker_name": "钱护士"}
    whole = {
        "verify_person": ASKED,
        "record_dock_call": CALL,
        "answer_docking": ACCEPTED,
        "board_person": {"identity": TWO_PROOFS},
        "disinfect_vehicle": CLEAN,
        "report_problem": {"step": "move", "reason": "other"},
    }
    return trip.operation(type, by=by, ago=ago, target=target, **{**whole.get(type, {}), **args})


def check_the_world(trip: Trip) -> None:
    db.session.expire_all()
    rows = trip.read(select(Line).where(Line.transfer_id == trip.id))
    for row in rows:
        custody = trip.row(Custody, row.person_id)
        if row.state == "aboard":
            assert (custody.holder, custody.transfer_id) == ("crew", trip.id)
        if row.state == "received":
            assert custody.holder == "site"
            assert not row.open
        if row.state == "ended":
            assert custody.holder in ("origin", "site", "hospital")
    stays = trip.read(select(Stay).where(Stay.ended_at.is_(None)))
    assert len({stay.person_id for stay in stays}) == len(stays)
    for stay in stays:
        if stay.room_id:
            assert trip.row(Room, stay.room_id).state == "occupied"
    if trip.transfer.state == "closed":
        assert all(row.state not in ("expected", "aboard") for row in rows if row.id in trip.lines)


def fresh_rooms(world) -> list[str]:
    """Rooms of this example alone: those of the one before are as it left them."""
    floor = str(next(FLOORS))
    return [world.do("save_room", site="S1", building="主楼", floor=floor, number=f"{floor}{n}", kind="single") for n in range(ROOMS)]
