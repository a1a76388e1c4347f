"""Rooms as they were seen, one by one and floor by floor."""

from marshmallow import fields, validate

from server.domain.categories import CLASSES, WITH_ANYBODY
from server.domain.room_counts import SEEN
from server.domain.rooms import STATES
from server.domain.turnover_rules import ROOMS
from sync.payloads.fields import WORDS_MAX, Payload, count_or_none, id, one_of, one_of_or_none, text, text_or_none

MINUTES_MAX = 24 * 60


class SetRoomState(Payload):
    state = one_of(*STATES)
    reason = text_or_none(200)
    note = text_or_none(WORDS_MAX)
    agent = one_of_or_none(*ROOMS)
    strength_mg_l = count_or_none(100_000)
    contact_minutes = count_or_none(MINUTES_MAX)
    aired_minutes = count_or_none(MINUTES_MAX)
    provisioned = fields.List(text(40), load_default=None, allow_none=True, validate=validate.Length(max=40))


def without_a_record(args: dict) -> dict:
    """Version 1 said nothing of the disinfection or the checklist: the room goes on, and waits for both before it is ready."""
    return args


class AdmitWalkIn(Payload):
    name = text()
    reason = text(200)
    age = count_or_none(130)
    sex = one_of_or_none("male", "female")
    phone = text_or_none(20)
    category = one_of_or_none(*CLASSES, WITH_ANYBODY)
    note = text_or_none(WORDS_MAX)


class CountRooms(Payload):
    building = fields.String(required=True, validate=validate.Length(max=30))
    floor = fields.String(required=True, validate=validate.Length(max=20))
    seen = fields.Dict(keys=id(), values=one_of(*SEEN), required=True, validate=validate.Length(max=400))
    note = text_or_none(WORDS_MAX)


UPCASTS = {"set_room_state": [without_a_record]}
PAYLOADS = {"set_room_state": SetRoomState(), "admit_walk_in": AdmitWalkIn(), "count_rooms": CountRooms()}
