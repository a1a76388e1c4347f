"""Step 3: the vehicle's list, and afterwards its disinfection."""

from marshmallow import fields, validate

from server.domain.readiness import ITEMS
from sync.payloads.fields import WORDS_MAX, Payload, count, count_or_none, id, one_of, text, text_or_none, yes_or_no

HALF_A_DAY = 720


class Ppe(Payload):
    user = id()
    on_at = fields.AwareDateTime(required=True, format="iso")


class CheckVehicle(Payload):
    items = fields.Dict(keys=fields.String(validate=validate.OneOf(ITEMS)), values=yes_or_no(), required=True)
    ppe = fields.List(fields.Nested(Ppe), required=True, validate=validate.Length(max=20))
    checker_kind = one_of("crew", "dispatcher_by_phone")
    checker_name = text()
    note = text_or_none(WORDS_MAX)


class DisinfectVehicle(Payload):
    agent = one_of("chlorine", "hydrogen_peroxide", "uv")
    strength_mg_l = count_or_none(1_000_000)
    contact_minutes = count(HALF_A_DAY)
    aired_minutes = count(HALF_A_DAY)
    by_name = text()
    place = one_of("site", "depot", "other")


PAYLOADS = {"check_vehicle": CheckVehicle(), "disinfect_vehicle": DisinfectVehicle()}
