"""F14: a phone whose store lost, kept too long or turned back a record mends itself, and the office hears of it. The real engine."""

import pytest

from server.store.database import db
from server.store.users import Device
from sync import digest
from tests.console.browser import Browser
from tests.sync.handset import Handset, a_line
from tests.sync.town import a_transfer, what_may_be_seen


@pytest.fixture
def phone(each_world, monkeypatch):
    monkeypatch.setattr(digest, "EVERY_SECONDS", 0)
    a_transfer(each_world)
    with a_line(each_world.app) as line:
        phone = Handset(line, "one", "driver1")
        phone.world = each_world
        phone.syncs()
        yield phone


def repairs() -> list[int]:
    db.session.commit()
    return [device.repairs for device in db.session.query(Device)]


SPOILT = {
    "a record is gone": lambda rows: ([rows[0]["key"]], []),
    "a record is one too many": lambda rows: ([], [{**rows[0], "key": "transfer/0190c000-0000-7000-8000-000000000001"}]),
    "a record is older than it was": lambda rows: ([], [{**rows[0], "rev": rows[0]["rev"] - 1, "box": {"code": "old"}}]),
    "a whole type is gone": lambda rows: ([row["key"] for row in rows if row["key"].startswith("setting/")], []),
    "everything is gone": lambda rows: ([row["key"] for row in rows], []),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_phone_mends_itself_and_the_office_counts_it(phone, spoil):
    rows = sorted(phone.stored("records"), key=lambda row: not row["key"].startswith("transfer/"))
    phone.tells("spoil", phone.user, "records", *spoil(rows))
    assert phone.records() != what_may_be_seen("driver1", phone.world)
    phone.syncs()
    assert phone.records() == what_may_be_seen("driver1", phone.world)
    assert repairs() == [1]
    phone.syncs()
    phone.syncs()
    assert repairs() == [1], "mended once"


def test_the_desk_sees_which_phone_had_to_be_mended(phone):
    rows = phone.stored("records")
    assert "重取过" not in Browser(phone.world, "dispatcher").open("/phones").html
    phone.tells("spoil", phone.user, "records", [rows[0]["key"]], [])
    phone.syncs()
    assert "重取过 1 次" in Browser(phone.world, "dispatcher").open("/phones").html


def test_work_that_is_not_sent_stays_while_the_records_are_mended(phone):
    rows = phone.stored("records")
    transfer = next(row for row in rows if row["key"].startswith("transfer/"))
    phone.tells("spoil", phone.user, "records", [rows[-1]["key"]], [])
    phone.tells("network", "none")
    id = phone.boards(transfer["key"].split("/")[1], transfer["box"]["lines"][0]["id"])
    phone.tells("network", "good")
    phone.syncs()
    assert phone.records() == what_may_be_seen("driver1", phone.world)
    assert [row["id"] for row in phone.stored("kept")] == [id]


def test_between_two_hours_nothing_is_compared(phone, monkeypatch):
    monkeypatch.setattr(digest, "EVERY_SECONDS", 3600)
    phone.tells("spoil", phone.user, "records", [phone.stored("records")[0]["key"]], [])
    phone.syncs()
    assert repairs() == [0]
    phone.world.pass_time(minutes=61)
    phone.syncs()
    assert repairs() == [1]
