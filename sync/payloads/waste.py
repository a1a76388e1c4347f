"""Infectious waste that was collected at a site."""

from marshmallow import fields, validate

from sync.payloads.fields import WORDS_MAX, Payload, count, text, text_or_none, time_or_none


class RecordWaste(Payload):
    bags = count(10_000)
    weight_kg = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=100_000))
    stored_since = time_or_none()
    handed_by = text()
    collected_by = text()
    company = text_or_none()
    note = text_or_none(WORDS_MAX)


PAYLOADS = {"record_waste": RecordWaste()}
