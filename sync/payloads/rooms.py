"""Rooms as they were seen."""

from server.domain.rooms import STATES
from sync.payloads.fields import WORDS_MAX, Payload, one_of, text_or_none


class SetRoomState(Payload):
    state = one_of(*STATES)
    reason = text_or_none(200)
    note = text_or_none(WORDS_MAX)


PAYLOADS = {"set_room_state": SetRoomState()}
