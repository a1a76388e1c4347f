"""Somebody boarded by mistake: after the minute in which a tap can be taken back, a desk puts them down again."""

from server.domain.acts import Act
from server.domain.custody import move_custody
from server.domain.giving_rooms import let_go
from server.domain.progress import settle
from server.domain.stays import move_into
from server.domain.told import line_of
from server.domain.transfers import changeable_transfer
from server.problems import Refused
from server.store.transfers import Line
from server.store.undo import still_stands


def put_down_person(act: Act, *, line: str, reason: str) -> None:
    """Somebody who stands as aboard is not meant to be: they are where they were before they boarded, and wait as they did then.

    The line ends as `wrong_person` and its room is free; the boarding itself stays in the log. Who came along on no list is at home.
    Refuses: target.unknown, transfer.already_ended, reason.missing, person.not_aboard.
    """
    transfer = changeable_transfer(act, "transfers.cancel")
    if not reason.strip():
        raise Refused("reason.missing")
    row = line_of(transfer, line)
    if row.state != "aboard":
        raise Refused("person.not_aboard", name=row.person.name)
    _put_back_where_they_were(act, row)
    act.change(row, state="ended", open=False, outcome="wrong_person", outcome_at=act.at, ended_at=act.at, note=reason)
    act.change(row, boarded_at=None, boarded=None)
    let_go(act, transfer, row)
    settle(act, transfer)


def _put_back_where_they_were(act: Act, row: Line) -> None:
    """Custody, state and stay as the boarding found them, by what it noted in the log."""
    said = act.work.said((row.boarded or {}).get("operation", ""))
    noted = said.before or [] if said else []
    was = {(entry["row"], entry.get("field")): entry["was"] for entry in noted if "was" in entry}
    move_custody(act, row.person_id, was.get(("custody", "holder"), "origin"), was.get(("custody", "holder_id")), None)
    act.change(row.person, state=was.get(("person", "state"), "wrong_listing"))
    for entry in noted:
        if entry["row"] == "stay" and entry.get("field") == "ended_at":
            _stay_on(act, entry["id"], noted)


def _stay_on(act: Act, stay_id: str, noted: list[dict]) -> None:
    """The stay goes on, in its room as long as that is as they left it; else the site gives another one."""
    stay = act.loaded.get("stay", stay_id)
    if stay is None or act.loaded.around.stay_of(stay.person_id):
        return
    room = act.loaded.get("room", stay.room_id)
    left = [entry for entry in noted if entry["row"] == "room" and entry.get("field") == "state"]
    as_left = room is not None and not act.loaded.around.stays_in(room.id) and all(still_stands(room, entry) for entry in left)
    act.change(stay, ended_at=None, ended_how=None, room_id=None, place=1, on_phones=True)
    act.loaded.around.keep(stay)
    if as_left:
        move_into(act, stay, room, stay.group_reason)
