"""The phones of the office: which one is silent with work on it, which one lost its storage, and off and on again."""

from datetime import timedelta

import pytest

from server.store.database import db, transaction
from server.store.users import Device


@pytest.fixture
def phones(world) -> dict[str, str]:
    """driver1 announced three unsent acts and fell silent yesterday; driver2 is heard now, and announced two; escort1 was emptied."""
    now = world.clock.now()
    rows = {
        "driver1": {"seen_at": now - timedelta(hours=25), "unsent": 3},
        "driver2": {"seen_at": now, "unsent": 2},
        "escort1": {"seen_at": now - timedelta(hours=30), "unsent": 0, "emptied_at": now},
    }
    with transaction() as session:
        for name, row in rows.items():
            session.add(Device(id=f"phone-of-{name}", user_id=world.users[name], enrolled_at=now - timedelta(days=2), last_seq=0, **row))
    return {name: f"phone-of-{name}" for name in rows}


SHOWN = {"": {"driver1", "driver2", "escort1"}, "silent": {"driver1", "escort1"}, "overdue": {"driver1"}, "emptied": {"escort1"}}


@pytest.mark.parametrize(("state", "shown"), SHOWN.items())
def test_a_list_of_phones_for_each_worry(phones, desk, state, shown):
    page = desk("dispatcher").open(f"/phones?state={state}")
    assert {row.text.split()[0] for row in page.all("th") if row["scope"] == "row"} == shown


def test_the_first_page_counts_the_phones_that_keep_work_and_are_silent(phones, desk, world):
    assert "有没送的记录、24 时没有联系：1 部" in desk("dispatcher").open("/today").text
    assert "有没送的记录、24 时没有联系" not in desk("desk1").open("/today").text, "another area's"


def test_an_emptied_phone_says_so_beside_its_last_contact(phones, desk):
    [row] = [row for row in desk("dispatcher").open("/phones?state=emptied").all("tr") if "escort1" in row.text]
    assert "数据被清空 20:00" in row.text and "1 天 6 小时" in row.text


def test_a_phone_is_switched_off_and_on_again_by_name(phones, desk, world):
    administrator = desk("administrator")
    for act, revoked in (("revocation", True), ("restoration", False)):
        assert administrator.status(f"/phones/{phones['driver1']}/{act}", method="POST") == 302
        assert db.session.get(Device, phones["driver1"], populate_existing=True).revoked is revoked
    assert desk("dispatcher").status(f"/phones/{phones['driver1']}/restoration") == 403
