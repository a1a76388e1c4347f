"""Step 6: receptions and the list that both sides sign."""

from marshmallow import fields, validate

from sync.payloads.fields import WORDS_MAX, Payload, id, id_or_none, one_of, temperature, text, text_or_none

RECEPTIONS = ("received", "refused", "absent")


class ReceivePerson(Payload):
    line = id()
    outcome = one_of(*RECEPTIONS)
    room = id_or_none()
    reason = text_or_none(100)
    temperature = temperature()
    note = text_or_none(WORDS_MAX)


class SignedLine(Payload):
    line = id()
    outcome = one_of(*RECEPTIONS)


class SignHandover(Payload):
    side = one_of("crew", "site")
    lines = fields.List(fields.Nested(SignedLine), required=True, validate=validate.Length(max=200))
    counterpart = text()
    note = text_or_none(WORDS_MAX)


PAYLOADS = {"receive_person": ReceivePerson(), "sign_handover": SignHandover()}
