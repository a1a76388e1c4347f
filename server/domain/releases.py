"""Rooms of a transfer that is on a phone are given back only by a person, line by line (PROTOCOL §4 of the design: rooms wait)."""

from server.domain.acts import Act
from server.domain.giving_rooms import let_go
from server.domain.transfers import changeable_transfer
from server.problems import Refused


def release_rooms(act: Act, *, lines: list[str], reason: str) -> None:
    """Make the rooms of these lines ready again; the people stay on the transfer without a room, and are shown so.

    Refuses: target.unknown, transfer.already_ended, reason.missing.
    """
    transfer = changeable_transfer(act, "transfers.cancel")
    if not reason.strip():
        raise Refused("reason.missing")
    chosen = [line for line in transfer.lines if line.id in lines and line.room_id]
    if not chosen:
        raise Refused("target.unknown")
    rooms = {line.room_id for line in chosen}
    chosen = [line for line in transfer.lines if line.room_id in rooms]
    for line in chosen:
        let_go(act, transfer, line)
