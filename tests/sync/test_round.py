"""One round between a phone and the server, whatever happens on the way."""

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
