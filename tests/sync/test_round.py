"""One round between a phone and the server, whatever happens on the way."""

from sqlalchemy import func, select

from server.store.database import db
from server.store.rooms import Room
from server.ticker import pass_time
from sync import routes
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, what_may_be_seen


def bodies(phone):
    return {key: record["body"] for key, record in phone.records.items()}


def test_a_boarding_saved_in_the_stairwell_reaches_the_log_and_comes_back_as_a_record(each_world):
    world = each_world
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    phone.sync()
    assert phone.shows("transfer") == {transfer}

    boarded = phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    phone.sync()
    assert phone.verdict(boarded)["verdict"] == "applied"
    assert phone.body("transfer", transfer)["lines"][0]["state"] == "aboard"
    assert phone.records["transfer", transfer]["rev"] == phone.verdict(boarded)["stamp"]
    assert [row.id for row in logged()] == [boarded.id]
    assert bodies(phone) == what_may_be_seen("driver1", world)


def test_a_room_that_is_let_go_while_a_page_is_made_is_not_given_to_a_phone_with_it(world, monkeypatch):
    """A hold runs out between the reading of the page and the note that the transfer is on a phone now."""
    transfer, phone = a_transfer(world, verified=False), Phone(world, "driver1")
    phone.sync()
    late = a_transfer(world, people=1, verified=False)
    world.pass_time(hours=3)
    page_of, read = routes.page_of, []

    def page_while_the_hold_runs_out(*asked):
        page = page_of(*asked)
        if not read:
            pass_time(world.clock.now())
        read.append(page)
        return page

    monkeypatch.setattr(routes, "page_of", page_while_the_hold_runs_out)
    phone.sync()
    assert phone.shows("transfer") == {transfer, late}
    assert db.session.scalar(select(func.count()).where(Room.transfer_id == late)) == 0
    assert [line["room"] for line in phone.body("transfer", late)["lines"]] == [None]
    assert bodies(phone) == what_may_be_seen("driver1", world)
