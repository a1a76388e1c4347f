"""Step 1: what was asked of a person."""

from marshmallow import fields, validate

from sync.payloads.fields import WORDS_MAX, Payload, codes, count_or_none, id, one_of, temperature, text_or_none, yes_or_no

IDENTITY = ("id_card", "face", "call_back", "household_register", "birthday")
ADDRESS_FIELDS = ("compound", "building", "unit", "room")


class Edit(Payload):
    was = text_or_none(60)
    now = text_or_none(60)


class StaysBehind(Payload):
    answer = one_of("nobody", "can_be_alone", "carer", "desk")
    who = text_or_none(200)
    carer_name = text_or_none()
    carer_phone = text_or_none(30)
    desk_name = text_or_none()


class Pets(Payload):
    answer = one_of("none", "carer", "alone")
    who = text_or_none(200)


class VerifyPerson(Payload):
    line = id()
    identity = fields.List(one_of(*IDENTITY), required=True)
    sources_agree = yes_or_no()
    address_read_back = yes_or_no()
    address = fields.Dict(
        keys=fields.String(validate=validate.OneOf(ADDRESS_FIELDS)), values=fields.Nested(Edit), load_default=None, allow_none=True
    )
    whereabouts = one_of("home", "elsewhere")
    whereabouts_note = text_or_none(WORDS_MAX)
    phone_works = yes_or_no()
    temperature = temperature()
    symptoms = codes()
    needs = codes()
    medicine_days = count_or_none(400)
    stays_behind = fields.Nested(StaysBehind, required=True, allow_none=True)
    pets = fields.Nested(Pets, required=True, allow_none=True)
    told = yes_or_no()
    agrees = one_of("agrees", "objects", "absent")
    note = text_or_none(WORDS_MAX)


PAYLOADS = {"verify_person": VerifyPerson()}
