"""Step 4: the route card."""

from marshmallow import fields, validate

from sync.payloads.fields import WORDS_MAX, Payload, count, id, id_or_none, text_or_none, yes_or_no

TWO_DAYS = 2880


class PlanRoute(Payload):
    stops = fields.List(id(), required=True, validate=validate.Length(max=100))
    minutes = count(TWO_DAYS)
    km = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=5000))
    weather = text_or_none()
    night_checked = yes_or_no()
    backup_site = id_or_none()
    pass_no = text_or_none()
    note = text_or_none(WORDS_MAX)


PAYLOADS = {"plan_route": PlanRoute()}
