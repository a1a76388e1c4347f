"""Who rides away leaves the room: the stay ends when others hold the person, so that the room is worked on while the coach drives."""

from server.domain.acts import Act
from server.domain.stays import end_stay
from server.store.transfers import Line, Transfer

LEAVES_A_ROOM = ("outbound", "return", "site_to_site")  # from a trip to hospital a person comes back to the same room


def leave_room(act: Act, transfer: Transfer, line: Line) -> None:
    """The person of this line is in their room no more, whoever says so first: the crew at the door, or those who received them.

    Who was found positive here does not come back from hospital as the contact that they were.
    """
    stay = act.loaded.around.stay_of(line.person_id)
    if stay and stay.referred_at:
        end_stay(act, stay, "referred_hospital")
    elif stay and transfer.kind in LEAVES_A_ROOM:
        end_stay(act, stay, "returned" if transfer.kind == "return" else "moved_site")
