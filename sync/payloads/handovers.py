"""Step 6: receptions and the list that both sides sign."""

from marshmallow import fields, validate

from sync.payloads.fields import WORDS_MAX, Payload, id, id_or_none, one_of, one_of_or_none, temperature, text, text_or_none

RECEPTIONS = ("received", "refused", "absent")
# Why a site or a community turns somebody away; the last but one is that of L-12: a test younger than the one they have.
REFUSALS = ("no_room", "fever", "wrong_person", "not_on_list", "category", "younger_test", "other")
REASON_MAX = 100  # of version 1, whose words are put before the note


class ReceivePerson(Payload):
    line = id()
    outcome = one_of(*RECEPTIONS)
    room = id_or_none()
    reason = one_of_or_none(*REFUSALS)
    temperature = temperature()
    note = text_or_none(WORDS_MAX + REASON_MAX + 1)


class SignedLine(Payload):
    line = id()
    outcome = one_of(*RECEPTIONS)


class SignHandover(Payload):
    side = one_of("crew", "site")
    lines = fields.List(fields.Nested(SignedLine), required=True, validate=validate.Length(max=200))
    counterpart = text()
    note = text_or_none(WORDS_MAX)


def reason_by_code(args: dict) -> dict:
    """Version 1 let the reason be any words. Now it is one that can be counted; the words stand before the note."""
    said, note = args.get("reason"), args.get("note")
    if not isinstance(said, str) or said in REFUSALS:
        return args
    words = "\n".join(part for part in (said, note) if isinstance(part, str) and part)
    return {**args, "reason": "no_room" if said == "full" else "other", "note": words or None}


def one_more_reason(args: dict) -> dict:
    """Version 2 had no `younger_test`. What was said then stands as it is."""
    return args


UPCASTS = {"receive_person": [reason_by_code, one_more_reason]}
PAYLOADS = {"receive_person": ReceivePerson(), "sign_handover": SignHandover()}
