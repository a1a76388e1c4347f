"""What took no effect is listed until somebody deals with it, and what is held may be judged again."""

import pytest

from server.domain.acts import new_id
from server.store.change_log import Operation
from server.store.database import db
from server.ticker import pass_time
from tests.sync.phone import Phone
from tests.sync.town import a_transfer


@pytest.mark.parametrize("language, said", [("zh", "在等前一条记录送到"), ("en", "It waits for the record before it")])
def test_a_record_that_waits_is_listed_with_the_reason_and_judged_when_the_desk_asks(world, desk, language, said):
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    waits = phone.record("report_problem", transfer, step="move", reason="other", after=[new_id()])
    phone.sync()
    browser = desk("dispatcher", language)
    assert said in browser.open("/quarantine").text
    page = browser.open(f"/quarantine/{waits.id}")
    assert said in page.text
    [form] = [form for form in page.all("form") if form["action"].endswith("/judging")]
    browser.send(form["action"])
    world.pass_time(seconds=30)
    pass_time(world.clock.now())
    db.session.expire_all()
    assert db.session.get(Operation, waits.id).code == "predecessor.missing"
    assert waits.id not in browser.open("/quarantine").html


def test_what_was_refused_or_waits_for_an_upgrade_is_not_offered_to_be_judged_again(world, desk):
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    wires = [phone.say("?"), phone.record("fly_person", transfer)]
    phone.sync()
    browser = desk("dispatcher")
    for wire in wires:
        assert "/judging" not in browser.open(f"/quarantine/{wire.id}").html
        assert browser.status(f"/quarantine/{wire.id}/judging", "POST") == 404
