"""A person is handed to an ambulance or a hospital on the way: from the door, from the vehicle, or at the gate."""

from server.domain.acts import Act
from server.domain.custody import move_custody
from server.domain.giving_rooms import let_go
from server.domain.progress import settle
from server.domain.stays import end_stay
from server.domain.told import about, line_of, stands, told_by, witnessed_transfer


def hand_to_care(
    act: Act,
    *,
    line: str,
    to: str,
    hospital: str | None = None,
    taken_by: str | None = None,
    note: str | None = None,
) -> None:
    """Others care for this person now; their line of this transfer ends `elsewhere`. A fact: refuses target.unknown only.

    It follows on any outcome at the door (unfit, emergency). After a reception it is kept and flagged, and the person is where they are
    seen: in care.
    """
    transfer = witnessed_transfer(act)
    row = line_of(transfer, line)
    told = {**told_by(act), "to": to, "hospital": hospital, "taken_by": taken_by, "note": note}
    if row.state == "elsewhere" and stands(act, transfer, "elsewhere", row.care, row, to=to, hospital=hospital):
        return
    custody = act.loaded.custody(row.person_id)
    if custody.holder == "crew" and custody.transfer_id != transfer.id:
        act.flag("custody.held_elsewhere", [{"says": custody.holder}, told], **about(transfer, row))
        return
    if row.state == "received":
        act.flag("care.after_reception", [row.received, told], **about(transfer, row))
        stay = act.loaded.around.stay_of(row.person_id)
        if stay:
            end_stay(act, stay, "referred_hospital")
    let_go(act, transfer, row)
    move_custody(act, row.person_id, "hospital", hospital, transfer.id)
    act.change(row, state="elsewhere", open=False, ended_at=act.at, care=told, note=note)
    act.change(row.person, state="medical_emergency")
    settle(act, transfer)
