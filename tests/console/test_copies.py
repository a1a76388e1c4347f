"""The page that reads in copies of unsent work: counts, one sentence for what is none, and who did it."""

import pytest

from server.store.change_log import Operation
from server.store.database import db
from tests.sync.phone import Phone
from tests.sync.test_copies import part_of, sealed
from tests.sync.town import IDENTITY, a_transfer, lines_of


@pytest.fixture
def copy(world) -> bytes:
    """What the driver could not send: two boardings, and something unreadable."""
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    for line in lines_of(transfer):
        phone.record("board_person", transfer, line=line, identity=IDENTITY)
    phone.say("not json")
    return sealed(part_of(phone))


def test_a_desk_reads_a_copy_in_and_sees_what_became_of_it(copy, desk, tmp_path):
    browser = desk("desk1")
    file = tmp_path / "bihuan-unsent.txt"
    file.write_bytes(copy)
    for counts in ("新 2，已有 0，不接受 1", "新 0，已有 3，不接受 0"):
        with file.open("rb") as sent:
            page = browser.send_file("/phones/copies", file=(sent, file.name))
        assert counts in page.text
    rows = [row.text for row in page.all("tr")][1:]
    assert [("desk1 driver1 0 3 0" in rows[0]), ("desk1 driver1 2 0 1" in rows[1])] == [True, True], rows


def test_a_file_that_is_no_copy_gets_its_sentence_and_leaves_nothing(copy, desk, tmp_path):
    before = db.session.query(Operation).count()
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"\xff\xd8" + bytes(500))
    with file.open("rb") as sent:
        page = desk("dispatcher").send_file("/phones/copies", file=(sent, file.name))
    assert "什么都没有读入" in page.refusal
    assert db.session.query(Operation).count() == before
