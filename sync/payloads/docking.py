"""Step 2: a call to the site, and the site's own answer."""

from marshmallow import fields

from sync.payloads.fields import (
    WORDS_MAX,
    Payload,
    count_or_none,
    id,
    one_of,
    one_of_or_none,
    text,
    text_or_none,
    time_or_none,
    yes_no_or_none,
    yes_or_no,
)

REFUSALS = ("full", "not_disinfected", "no_staff", "category", "no_power_or_heat", "other")


READY = ("beds_ready", "rooms_ready", "staff_ready")


class OfSite(Payload):
    """What either says of the site: by when what is not ready will be, and where the way in is."""

    beds_ready_at = time_or_none()
    rooms_ready_at = time_or_none()
    staff_ready_at = time_or_none()
    gate = text_or_none()
    note = text_or_none(WORDS_MAX)


class RecordDockCall(OfSite):
    number = text(30)
    answered_by = text_or_none()
    result = one_of("confirmed", "refused", "no_answer")
    rooms_promised = count_or_none(10_000)
    reason = one_of_or_none(*REFUSALS)
    beds_ready = yes_no_or_none()
    rooms_ready = yes_no_or_none()
    staff_ready = yes_no_or_none()


class AnswerDocking(OfSite):
    answer = one_of("accepted", "refused")
    reason = one_of_or_none(*REFUSALS)
    rooms = fields.Dict(keys=id(), values=id(), load_default=None, allow_none=True)
    beds_ready = yes_or_no()
    rooms_ready = yes_or_no()
    staff_ready = yes_or_no()


def nothing_asked(args: dict) -> dict:
    """Version 1 of a call did not ask for beds, rooms and staff."""
    return times_untold({**dict.fromkeys(READY), **args})


def times_untold(args: dict) -> dict:
    """Version 1 of an answer said what is not ready, and not by when it will be."""
    return {**dict.fromkeys(f"{what}_at" for what in READY), **args}


UPCASTS = {"record_dock_call": [nothing_asked], "answer_docking": [times_untold]}
PAYLOADS = {"record_dock_call": RecordDockCall(), "answer_docking": AnswerDocking()}
