"""What happens because time goes by, whoever looks."""

from sqlalchemy import func, select

from server.domain.acts import CLOCK, Incoming
from server.domain.write_path import perform
from server.store.change_log import Operation, ScopeEntry
from server.store.conflicts import Conflict
from server.store.database import db, transaction
from server.store.rooms import Room
from server.store.transfers import Transfer
from server.ticker import hold_lease, pass_time
from tests.trip import Trip


def made(world, *people, **more) -> str:
    given = {"kind": "outbound", "destination": {"kind": "site", "id": world.site}, "driver": world.users["driver1"], **more}
    return world.do("make_transfer", people=[world.person(name) for name in people], **given)


def tick(world) -> int:
    return pass_time(world.clock.now())


def rooms_in(state: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Room).where(Room.state == state))


def on_phones_of(world, username: str) -> int:
    here = ScopeEntry.scope == f"driver:{world.users[username]}"
    return db.session.scalar(select(func.count()).select_from(ScopeEntry).where(here, ScopeEntry.present))


def put_on_a_phone(world, transfer: str) -> None:
    with transaction() as session:
        sent = Transfer.__table__.update().where(Transfer.id == transfer).values(sent_at=world.clock.now())
        session.execute(sent, execution_options={"no_phone_sees": True})


def test_a_hold_runs_out_by_itself_while_no_phone_knows_the_transfer(each_world):
    world = each_world
    made(world, "王一", "王二")
    world.pass_time(hours=3)
    assert tick(world) == 1
    assert (rooms_in("reserved"), rooms_in("ready")) == (0, 8)
    assert tick(world) == 0


def test_a_room_that_two_people_share_is_free_again_when_its_hold_runs_out(world):
    door = "宽城|天茂名苑|3|2|501"
    family = [world.person("王母", door=door, birth_year=1985), world.person("王小", door=door, birth_year=2012)]
    world.do("make_transfer", kind="outbound", people=family, destination={"kind": "site", "id": world.site})
    assert rooms_in("reserved") == 1
    world.pass_time(hours=3)
    tick(world)
    assert (rooms_in("reserved"), rooms_in("ready")) == (0, 8)


def test_a_hold_of_a_transfer_on_a_phone_is_an_alarm_not_a_release(world):
    transfer = made(world, "王一", "王二")
    put_on_a_phone(world, transfer)
    world.pass_time(hours=3)
    tick(world)
    assert rooms_in("reserved") == 2
    assert db.session.scalar(select(Conflict.code)) == "hold.expired_on_phone"


def test_the_alarm_is_not_repeated_at_every_tick(world):
    put_on_a_phone(world, made(world, "王一"))
    world.pass_time(hours=3)
    tick(world)
    assert tick(world) == 0


def test_an_ended_transfer_leaves_the_crew_after_a_day(world):
    transfer = made(world, "王一")
    world.do("cancel_transfer", transfer, reason="改派")
    world.pass_time(hours=23)
    assert tick(world) == 0
    assert on_phones_of(world, "driver1") == 1
    world.pass_time(hours=2)
    assert tick(world) == 1
    assert on_phones_of(world, "driver1") == 0


def test_what_time_does_is_in_the_log_under_its_own_name(world):
    made(world, "王一")
    world.pass_time(hours=3)
    tick(world)
    row = db.session.scalar(select(Operation).where(Operation.door == "clock"))
    assert (row.type, row.author_id, row.verdict) == ("expire_hold", None, "applied")


def dialysis(world) -> tuple[str, str]:
    """A transfer on Tuesdays, Thursdays and Saturdays, and its person."""
    hospital = world.do("save_hospital", name="宽城示例第一医院", colour="yellow", area="宽城")
    sunday = world.clock.now().replace(hour=1)  # 3 April 2022, nine in the morning there
    person = world.person("王一")
    first = world.do(
        "make_transfer", kind="hospital", people=[person], destination={"kind": "hospital", "id": hospital},
        depart_at=sunday, repeats={"weekdays": [2, 4, 6], "until": "2022-04-30"},
    )  # fmt: skip
    return first, person


def test_dialysis_comes_again_on_its_weekdays(world):
    first, _person = dialysis(world)
    world.do("close_transfer", first, reason="已送回")
    tick(world)
    following = db.session.scalar(select(Transfer).where(Transfer.id != first))
    assert (following.depart_at.month, following.depart_at.day, following.depart_at.hour) == (4, 5, 1)
    assert tick(world) == 0


def test_a_cancelled_transfer_is_the_last_of_its_series(world):
    first, _person = dialysis(world)
    world.do("cancel_transfer", first, reason="不再透析")
    tick(world)
    assert db.session.scalars(select(Transfer.id)).all() == [first]
    assert tick(world) == 0


def test_the_next_of_a_series_that_no_rule_allows_is_one_item_and_not_tried_again(each_world):
    world = each_world
    first, person = dialysis(world)
    world.do("close_transfer", first, reason="已送回")
    world.do("make_transfer", kind="outbound", people=[person], destination={"kind": "site", "id": world.site})
    assert tick(world) == 1
    assert tick(world) == 0
    [item] = db.session.scalars(select(Conflict).where(Conflict.code == "repeat.refused"))
    assert (item.transfer_id, item.values[0]["says"]) == (first, "transfer.person_busy")
    [row] = db.session.scalars(select(Operation).where(Operation.type == "repeat_transfer"))
    assert row.verdict == "flagged"


def test_a_room_that_an_ended_transfer_keeps_is_free_when_its_hold_runs_out(each_world):
    world = each_world
    transfer = made(world, "王一")
    put_on_a_phone(world, transfer)
    with transaction() as session:
        ended = Transfer.__table__.update().where(Transfer.id == transfer).values(ended_at=world.clock.now(), state="closed")
        session.execute(ended, execution_options={"no_phone_sees": True})
    world.pass_time(hours=3)
    tick(world)
    assert rooms_in("reserved") == 0
    assert tick(world) == 0


def test_one_process_at_a_time_passes_the_time(world):
    now = world.clock.now()
    assert hold_lease("one", now)
    assert not hold_lease("other", now)
    world.pass_time(minutes=2)
    assert hold_lease("other", world.clock.now())


def test_what_was_opened_again_since_it_was_found_to_be_due_stays_on_the_phones(world):
    trip = Trip(world, people=1).at_the_gate()
    trip.received(0)
    due = [("leave_phones", trip.id, {}), ("retire_stays", None, {"stays": [trip.stay(0).id]})]
    verdicts = perform([Incoming(type, CLOCK, args, target=target, door="clock") for type, target, args in due], at=world.clock.now())
    assert [verdict.verdict for verdict in verdicts] == ["applied", "applied"]
    assert (trip.transfer.crew_sees, trip.transfer.site_sees, trip.stay(0).on_phones) == (True, True, True)
