"""Step 5: the vehicle's moments, the people at the door, and those handed to care on the way."""

from marshmallow import fields

from server.domain.moves import MOMENTS
from sync.payloads.fields import (
    WORDS_MAX,
    Payload,
    count_or_none,
    id,
    id_or_none,
    one_of,
    one_of_or_none,
    temperature,
    text,
    text_or_none,
    yes_or_no,
)
from sync.payloads.verification import IDENTITY

OUTCOMES = ("absent", "refused", "unfit", "emergency", "wrong_person", "already_moved")


class RecordMoment(Payload):
    moment = one_of(*MOMENTS)
    stop = id_or_none()
    allowed_by = text_or_none()


class BoardPerson(Payload):
    line = id()
    identity = fields.List(one_of(*IDENTITY), required=True)
    temperature = temperature()
    mask = yes_or_no(load_default=None, allow_none=True)
    seat = text_or_none(20)
    allowed_by = text_or_none()


class RecordOutcome(Payload):
    line = id()
    outcome = one_of(*OUTCOMES)
    note = text_or_none(WORDS_MAX)


class AddExtraPerson(Payload):
    name = text()
    age = count_or_none(130)
    sex = one_of_or_none("male", "female")
    phone = text_or_none(20)
    note = text_or_none(WORDS_MAX)


class HandToCare(Payload):
    line = id()
    to = one_of("ambulance_120", "hospital")
    hospital = id_or_none()
    taken_by = text_or_none(100)
    note = text_or_none(WORDS_MAX)


PAYLOADS = {
    "record_moment": RecordMoment(),
    "board_person": BoardPerson(),
    "record_outcome": RecordOutcome(),
    "add_extra_person": AddExtraPerson(),
    "hand_to_care": HandToCare(),
}
