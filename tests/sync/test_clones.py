"""P14: a phone that was set up from a backup of another loses nothing, and neither does the other. The real engine, the real server."""

import pytest
from sqlalchemy import select

from server.store.change_log import Delivery, Operation
from server.store.database import db
from server.store.users import Device
from tests.sync.handset import Handset, a_line
from tests.sync.town import a_transfer, lines_of, numbers_of, what_may_be_seen


@pytest.fixture
def line(each_world):
    with a_line(each_world.app) as line:
        line.world = each_world
        yield line


def logged_once(ids: list[str]) -> None:
    """Every one of these is in the log with a verdict, under its own id; the numbers of each device have no gap."""
    db.session.commit()  # what was read before is of an older moment
    rows = db.session.scalars(select(Operation).where(Operation.door == "phone")).all()
    assert sorted(row.id for row in rows) == sorted(ids)
    assert {row.verdict for row in rows} <= {"applied", "flagged"}
    for device in db.session.scalars(select(Device.id)):
        assert numbers_of(device) == list(range(1, len(numbers_of(device)) + 1))


def at_rest(phone: Handset, username: str, world) -> None:
    db.session.commit()
    state = phone.syncs()
    assert (state["unsent"], state["trouble"], state["signedOut"]) == (0, None, False)
    assert phone.records() == what_may_be_seen(username, world)


def test_p14_two_copies_of_a_phone_lose_nothing(line):
    world = line.world
    transfer = a_transfer(world, people=4)
    one = Handset(line, "one", "driver1")
    one.syncs()
    people = lines_of(transfer)
    one.tells("network", "none")
    ids = [one.boards(transfer, people[0])]
    other = one.copied("other")
    ids += [one.boards(transfer, people[1]), other.boards(transfer, people[2]), other.boards(transfer, people[3])]
    one.tells("network", "good")
    for phone in (one, other, one, other):
        at_rest(phone, "driver1", world)
    logged_once(ids)
    assert db.session.query(Device).filter_by(user_id=one.user).count() == 2
    assert {state for line in one.syncs()["transfers"][0]["lines"] for state in line[1:]} == {"aboard"}


def test_p14_a_copy_with_nothing_to_send_notices_when_it_has(line):
    world = line.world
    transfer = a_transfer(world, people=3)
    people = lines_of(transfer)
    one = Handset(line, "one", "driver1")
    one.syncs()
    ids = [one.boards(transfer, people[0])]
    one.syncs()
    other = one.copied("other")
    ids.append(one.boards(transfer, people[1]))
    one.syncs()
    ids.append(other.boards(transfer, people[2]))
    for phone in (other, one):
        at_rest(phone, "driver1", world)
    logged_once(ids)


def test_p14_a_copy_that_is_signed_out_delivers_by_the_upload_token_all_the_same(line):
    """It becomes a device that nobody has signed in on; the token of the phone it was copied from still delivers its user's work."""
    world = line.world
    transfer = a_transfer(world, people=2)
    people = lines_of(transfer)
    one = Handset(line, "one", "driver1")
    one.syncs()
    other = one.copied("other")
    ids = [one.boards(transfer, people[0])]
    one.syncs()
    ids.append(other.boards(transfer, people[1]))
    other.tells("signOut")
    other.tells("syncsOnce")
    other.tells("syncsOnce")
    assert other.tells("state")["othersUnsent"] == 0
    logged_once(ids)


def test_p14_copies_whose_answers_are_lost_bring_each_operation_once(line):
    world = line.world
    transfer = a_transfer(world, people=4)
    people = lines_of(transfer)
    one = Handset(line, "one", "driver1")
    one.syncs()
    other = one.copied("other")
    phones = ((one, people[:2]), (other, people[2:]))
    ids = []
    for phone, theirs in phones:
        phone.tells("network", "loses_answers")
        for person in theirs:
            ids.append(phone.boards(transfer, person))
            phone.tells("syncsOnce")
    for phone in (one, other):
        phone.tells("network", "good")
    for phone in (one, other):
        at_rest(phone, "driver1", world)
    logged_once(ids)
    assert db.session.query(Delivery).count() >= len(ids)
