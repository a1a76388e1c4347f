"""Step 5: the vehicle's moments and the people at the door."""

from marshmallow import Schema, fields, validate

MOMENTS = ("en_route", "at_pickup", "people_called", "left_pickup", "at_site")
IDENTITY = ("id_card", "face", "call_back", "household_register", "birthday")

Name = lambda: fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))  # noqa: E731


class RecordMoment(Schema):
    moment = fields.String(required=True, validate=validate.OneOf(MOMENTS))
    stop = fields.String(load_default=None, allow_none=True)
    allowed_by = Name()


class BoardPerson(Schema):
    line = fields.String(required=True)
    identity = fields.List(fields.String(validate=validate.OneOf(IDENTITY)), required=True)
    temperature = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=30, max=45))
    mask = fields.Boolean(load_default=None, allow_none=True)
    seat = Name()
    allowed_by = Name()


PAYLOADS = {"record_moment": RecordMoment(), "board_person": BoardPerson()}
