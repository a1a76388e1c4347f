"""The demo: everything in it came through the doors, so everything in it must add up."""

import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGKILL
from subprocess import DEVNULL, PIPE

import pytest
from sqlalchemy import func, select

from server.access import password_is
from server.cli import migrate_database
from server.demo.accounts import ACCOUNTS, password_for_all, user_named
from server.demo.arrivals import bring_what_is_found
from server.demo.filling import LEFT_OPEN, NotADemo, empty_half_filled, fill_demo
from server.demo.found import lists_found
from server.domain.people import age_at
from server.store.change_log import CustodyEvent, Operation, current_epoch
from server.store.conflicts import Conflict
from server.store.database import Base, UtcTime, db
from server.store.imports import ImportFile, ImportRow
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.transfers import Assignment, Line, Transfer, Vehicle
from server.store.users import Device, User
from tests.conftest import EVENING
from tests.demo.conftest import running_demo

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole demo to be filled


def test_a_filled_demo_is_not_filled_again(demo):
    before = counted(Operation), counted(Person)
    fill_demo()
    assert (counted(Operation), counted(Person)) == before


def test_a_database_that_is_no_demo_is_left_alone(demo):
    (demo.config["BIHUAN"].data / "demo-lists").unlink()
    before = counted(Operation)
    try:
        fill_demo()
        raise AssertionError("the demo was poured into a database that is none")
    except NotADemo as sentence:
        assert "DATA" in str(sentence)
    assert counted(Operation) == before


def test_a_demo_that_was_killed_while_it_was_filled_is_begun_anew(tmp_path):
    """The command itself, ended with SIGKILL in the middle of its day, and started again."""
    command, environment = (
        [Path(sys.executable).with_name("bihuan"), "demo"],
        os.environ | {"DATA": str(tmp_path), "CLOCK": "2022-04-03T08:00"},
    )
    environment.pop("DATABASE_URL", None)

    def killed_when_it_says(words: str) -> None:
        with subprocess.Popen(command, env=environment, stdout=DEVNULL, stderr=PIPE, text=True) as process:
            for line in process.stderr:
                if words in line:
                    process.kill()
        assert process.returncode == -SIGKILL

    killed_when_it_says("the day until its clock begins")
    with running_demo(tmp_path) as app:
        half, epoch = counted(User), current_epoch(db.session)
        assert half > 0
        with pytest.raises(NotADemo):
            fill_demo()
        assert empty_half_filled()
        assert counted(User) + counted(Operation) + counted(Person) == 0
        migrate_database(app)
        with pytest.raises(FarEnough):
            fill_demo(told=stop_after_the_ledgers)
        assert (counted(User), current_epoch(db.session) != epoch) == (half, True)


class FarEnough(Exception):
    """The ledgers and accounts are there again."""


def stop_after_the_ledgers(what: str) -> None:
    if what != "ledgers":
        raise FarEnough


def test_nothing_in_the_demo_lies_in_the_future(demo):
    just_now = EVENING + timedelta(minutes=1)  # the clock ran while the demo was filled
    future = {"depart_at", "deadline_at", "reserved_until", "until", "ends_at", "vacate_due_at"}  # what is planned may
    late = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, UtcTime) and column.name not in future
        and db.session.scalar(select(func.count()).where(column > just_now))
    ]  # fmt: skip
    assert late == []


def test_every_line_of_the_lists_until_now_is_in_and_has_a_verdict(demo):
    lists = db.session.scalars(select(ImportFile).where(ImportFile.kind == "list")).all()
    assert sum(file.data_rows for file in lists) == rows_until(EVENING)
    assert all(file.data_rows == file.accepted + file.matched + file.held and file.state == "done" for file in lists)
    of_lists = select(ImportRow.person_id).join(ImportFile, ImportFile.id == ImportRow.file_id).where(ImportFile.kind == "list")
    accepted = db.session.scalars(of_lists.where(ImportRow.verdict == "accepted")).all()
    assert None not in accepted and len(set(accepted)) == len(accepted)


def test_everybody_is_held_by_exactly_one_and_where_their_state_says(demo):
    assert counted(Custody) == counted(Person)
    holders = dict(db.session.execute(select(Person.id, Custody.holder).join(Custody, Custody.person_id == Person.id)).all())
    open_stays = dict(db.session.execute(select(Stay.person_id, Stay.site_id).where(Stay.ended_at.is_(None))).all())
    stays, at_home = ({person for person, site in open_stays.items() if (site is None) is home} for home in (False, True))
    assert counted(Stay, Stay.ended_at.is_(None)) == len(open_stays)
    assert {holders[person] for person in stays} == {"site"}
    assert {holders[person] for person in at_home} == {"home"}
    aboard = db.session.scalars(select(Line.person_id).where(Line.state == "aboard")).all()
    assert aboard and {holders[person] for person in aboard} == {"crew"}
    assert Counter(holders.values()) == {
        "site": len(stays), "home": len(at_home), "crew": len(aboard), "origin": len(holders) - len(open_stays) - len(aboard)
    }  # fmt: skip
    last = select(CustodyEvent.person_id, func.max(CustodyEvent.id)).group_by(CustodyEvent.person_id).subquery()
    events = select(CustodyEvent.person_id, CustodyEvent.holder).join(last, last.c[1] == CustodyEvent.id)
    assert dict(db.session.execute(events).all()) == holders


def test_a_room_is_occupied_where_somebody_stays_and_held_where_somebody_is_expected(demo):
    stayed = set(db.session.scalars(select(Stay.room_id).where(Stay.ended_at.is_(None), Stay.room_id.is_not(None))))
    assert set(db.session.scalars(select(Room.id).where(Room.state == "occupied"))) == stayed
    expected = set(db.session.scalars(select(Line.room_id).where(Line.open, Line.room_id.is_not(None))))
    assert set(db.session.scalars(select(Room.id).where(Room.state == "reserved"))) == expected


def test_there_are_transfers_at_every_step(demo):
    states = Counter(db.session.scalars(select(Transfer.state)))
    assert states["closed"] >= 12 and states["planned"] >= 10 and states["under_way"] + states["arrived"] >= 6
    moments = [frozenset(name for name, told in moments.items() if told) for moments in db.session.scalars(select(Transfer.moments))]
    assert len(set(moments)) >= 4
    assert db.session.scalar(select(func.count()).where(Transfer.ended_at.is_(None), func.json_array_length(Transfer.emergencies) > 0)) == 1
    refused = [transfer for transfer in db.session.scalars(select(Transfer)) if transfer.dock.get("state") == "refused"]
    assert len(refused) == 1 and refused[0].backup_site_id


def test_driver1_has_one_trip_behind_and_one_ahead_with_people_who_need_care(demo):
    driver = user_named("driver1").id
    trips = db.session.scalars(select(Transfer).join(Assignment).where(Assignment.user_id == driver)).all()
    assert sorted(trip.state for trip in trips) == ["closed", "planned"]
    ahead = next(trip for trip in trips if trip.state == "planned")
    assert ahead.site_id == user_named("receiver1").site_id and not ahead.dock.get("answered_by") and not any(ahead.moments.values())
    people = db.session.scalars(select(Person).join(Line).where(Line.transfer_id == ahead.id)).all()
    assert any(need["code"] == "wheelchair" for person in people for need in person.needs)
    assert any(age_at(person, EVENING) <= 14 for person in people if age_at(person, EVENING) is not None)
    assert len({person.household_id for person in people}) >= 2


def test_driver2_has_people_aboard_and_receiver1_has_a_coach_coming(demo):
    driver, site = user_named("driver2").id, user_named("receiver1").site_id
    with_driver = select(Transfer.id).join(Assignment).where(Assignment.user_id == driver)
    assert db.session.scalar(select(func.count()).where(Line.transfer_id.in_(with_driver), Line.state == "aboard")) > 0
    assert db.session.scalar(select(func.count()).where(Transfer.site_id == site, Transfer.state == "under_way")) > 0


def test_what_people_must_decide_is_there(demo):
    open_items = db.session.scalars(select(Conflict.code).where(Conflict.state == "open")).all()
    assert sorted(open_items) == sorted(LEFT_OPEN)
    quarantined = select(Operation).where(Operation.verdict == "refused", Operation.door == "phone", Operation.acknowledged_at.is_(None))
    assert len(db.session.scalars(quarantined).all()) == 1
    silent = db.session.scalars(select(Device).where(Device.unsent > 0, Device.seen_at < EVENING - timedelta(hours=4))).all()
    assert len(silent) == 1


def test_every_vehicle_is_where_its_trip_is(demo):
    busy = set(db.session.scalars(select(Transfer.vehicle_id).where(Transfer.ended_at.is_(None))))
    assert db.session.scalar(select(func.count()).where(Vehicle.id.in_(busy), Vehicle.state == "clean_ready")) == 0


def test_the_password_stays_over_restarts_and_can_be_chosen(demo):
    data = demo.config["BIHUAN"].data
    password = password_for_all(data, None, EVENING)
    assert len(password) >= 12 and password_for_all(data, None, EVENING) == password
    assert all(password_is(user_named(account.username), password) for account in ACCOUNTS[:2])
    assert password_for_all(data, "由演示的人自己选的很长的口令", EVENING) == "由演示的人自己选的很长的口令"
    assert password_is(user_named("admin"), "由演示的人自己选的很长的口令") and not password_is(user_named("admin"), password)


def test_nobody_but_the_demo_accounts_can_sign_in(demo):
    password_for_all(demo.config["BIHUAN"].data, None, EVENING)
    able = set(db.session.scalars(select(User.username).where(User.password_hash.is_not(None))))
    assert able == {account.username for account in ACCOUNTS}


def test_those_found_later_arrive_as_the_clock_goes_on(demo):
    before = list_rows()
    assert bring_what_is_found(EVENING + timedelta(minutes=5)) == 0
    soon, midnight = EVENING + timedelta(hours=2), EVENING + timedelta(hours=12)
    bring_what_is_found(soon)
    assert list_rows() == rows_until(soon) > before
    bring_what_is_found(midnight)
    assert list_rows() == rows_until(midnight) > rows_until(soon)
    assert bring_what_is_found(midnight + timedelta(minutes=1)) == 0


def counted(table, *which) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*which))


def rows_until(moment: datetime) -> int:
    """How many lines of the units' lists are known by a moment."""
    return sum(sent.rows for sent in lists_found(EVENING - timedelta(days=1), moment))


def list_rows() -> int:
    return db.session.scalar(select(func.sum(ImportFile.data_rows)).where(ImportFile.kind == "list"))
