"""A record that changes without a stamp would never reach a phone: such a commit fails."""

import pytest
from sqlalchemy import delete, insert, select, update

from server.domain.acts import Incoming
from server.domain.write_path import working
from server.store.change_log import Counter, Operation, ScopeEntry, UnstampedChange, head
from server.store.database import db, transaction
from server.store.rooms import Room
from server.store.transfers import Line, Transfer
from tests.sync.town import a_transfer
from tests.world import OPERATOR


def test_a_changed_record_fails_the_commit(each_world):
    transfer = a_transfer(each_world)
    with pytest.raises(UnstampedChange), transaction() as session:
        session.get(Transfer, transfer).category = "confirmed"
    assert db.session.scalar(select(Transfer.category).where(Transfer.id == transfer)) == "close_contact"


def test_a_changed_part_of_a_record_fails_the_commit(world):
    transfer = a_transfer(world)
    with pytest.raises(UnstampedChange), transaction() as session:
        session.scalars(select(Line).where(Line.transfer_id == transfer)).first().note = "在一楼等"


def test_a_record_made_or_erased_outside_the_write_path_fails_the_commit(world):
    room = {"id": "0" * 36, "site_id": world.site, "building": "主楼", "floor": "9", "number": "0901", "kind": "single"}
    with pytest.raises(UnstampedChange), transaction() as session:
        session.add(Room(**room, state="ready", since=world.clock.now()))
    with pytest.raises(UnstampedChange), transaction() as session:
        session.delete(session.get(Room, world.rooms[0]))
    assert len(db.session.scalars(select(Room.id)).all()) == 8


BULK = {
    "orm update": lambda: update(Room).values(state="blocked"),
    "orm delete": lambda: delete(Room),
    "orm insert": lambda: insert(Room).values(id="0" * 36),
    "core update": lambda: Room.__table__.update().values(state="blocked"),
    "core delete": lambda: Room.__table__.delete(),
}


@pytest.mark.parametrize("statement", BULK.values(), ids=BULK)
def test_records_written_in_bulk_fail_even_on_the_write_path(world, statement):
    with pytest.raises(UnstampedChange), working(world.clock.now()) as work:
        work.session.execute(statement())
    assert set(db.session.scalars(select(Room.state))) == {"ready"}


def test_what_is_no_record_may_be_written_by_anybody(world):
    before = db.session.scalar(select(Counter.value))
    with transaction() as session:
        session.execute(update(Counter).values(value=Counter.value + 1))
    assert db.session.scalar(select(Counter.value)) == before + 1


def test_a_row_touched_by_its_operation_is_stamped_and_its_revision_is_the_stamp(world):
    transfer = a_transfer(world)
    before = head(db.session)
    [verdict] = [world.say("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver2"])]
    rows = db.session.scalars(select(ScopeEntry).where(ScopeEntry.id == transfer)).all()
    assert {row.rev for row in rows} == {verdict.stamp} == {head(db.session)}
    assert verdict.stamp > before


def test_every_record_has_a_stamp_of_its_own(world):
    """Two records of one operation never share a revision, and revisions are as many as changes."""
    a_transfer(world)
    entries = db.session.execute(select(ScopeEntry.type, ScopeEntry.id, ScopeEntry.rev).distinct()).all()
    of_revision = {}
    for kind, id, rev in entries:
        of_revision.setdefault(rev, set()).add((kind, id))
    assert all(len(records) == 1 for records in of_revision.values())


def test_a_transaction_that_forgets_its_finish_writes_nothing(world):
    count = len(db.session.scalars(select(Operation.id)).all())
    with working(world.clock.now()) as work:
        work.judge(Incoming(type="save_area", author=OPERATOR, args={"name": "南关区", "short": "南关", "kind": "district"}))
        work.session.rollback()
    assert len(db.session.scalars(select(Operation.id)).all()) == count
