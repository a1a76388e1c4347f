"""The guards of a room's cycle: the examples that the phone reads too, and that no history of words leads past them."""

import json
from pathlib import Path

import pytest

from server.domain.turnover_rules import turnover_rules_on
from server.store.rooms import Room
from tests.trip import Trip, verdict_of

ROOMS = json.loads((Path(__file__).resolve().parents[1] / "contract" / "rooms.json").read_text(encoding="utf-8"))
NAMES = {"a": "receiver1", "b": "head1"}


@pytest.mark.parametrize("example", ROOMS["examples"], ids=lambda example: example["sentence"])
def test_words_about_a_room(world, example):
    trip, room, minute = Trip(world), world.rooms[7], 0
    for word in example["words"]:
        word = dict(word)
        at, by, then, lacks = (word.pop(name) for name in ("at", "by", "then", "lacks"))
        world.pass_time(minutes=at - minute, seconds=1)
        minute = at
        verdict = trip.says("set_room_state", by=NAMES[by], target=room, **word)
        assert verdict_of(verdict) == (("flagged", "room.guard") if lacks else ("applied", None)), (at, then)
        assert missing_of(trip, verdict) == lacks
        assert trip.row(Room, room).state == then


def missing_of(trip: Trip, verdict) -> list[str]:
    if verdict.conflict is None:
        return []
    from server.store.conflicts import Conflict

    return trip.row(Conflict, verdict.conflict).values[1]["missing"]


def test_phones_are_told_the_rules_of_the_day(world):
    assert turnover_rules_on(world.clock.now().date()).as_told() == ROOMS["rules"]
