"""What happens because time went by: verbs of the `clock` door. `server/ticker.py` finds what is due and calls them."""

from datetime import datetime, timedelta

from server.domain.acts import Act
from server.domain.giving_rooms import let_go, let_go_of_all
from server.domain.repeating import next_departure
from server.domain.steps import someone_aboard
from server.domain.told import about
from server.domain.transfers import make_transfer
from server.problems import Refused
from server.store import compaction
from server.store.transfers import Transfer

CREW_KEEPS = timedelta(hours=24)  # after it was closed or cancelled
SITE_KEEPS = timedelta(hours=72)
STAY_KEPT = timedelta(hours=24)  # after check-out
CONFLICT_KEPT = timedelta(days=14)  # after closing


def expire_hold(act: Act) -> None:
    """A hold has run out. While no phone knows the transfer, and once it has ended, its rooms are free again; while it is under way
    the desk is alarmed, and decides."""
    transfer = act.loaded.transfer(act.operation.target)
    if transfer.ended_at and not someone_aboard(transfer):
        let_go_of_all(act, transfer)
        return
    overdue = [line for line in transfer.lines if line.held_room and (line.held_room.reserved_until or act.at) < act.at]
    if transfer.sent_at is None:
        for line in overdue:
            let_go(act, transfer, line)
        return
    last_heard = max((told["at"] for told in transfer.moments.values() if told), default=transfer.sent_at.isoformat())
    act.flag(
        "hold.expired_on_phone",
        [{"says": len(overdue), "since": last_heard}],
        transfer_id=transfer.id,
        site_id=transfer.site_id,
        area_id=transfer.area_id,
    )
    for line in overdue:
        line.held_room.reserved_until = act.at + timedelta(minutes=act.work.settings.hold_minutes)
        act.touch(line.held_room)
    act.touch(transfer)


def leave_phones(act: Act) -> None:
    """An ended transfer leaves the crew's phones after a day and the site's after three, unless it was opened again meanwhile."""
    transfer = act.loaded.transfer(act.operation.target)
    if transfer.ended_at is None:
        return
    transfer.crew_sees = transfer.ended_at > act.at - CREW_KEEPS
    transfer.site_sees = transfer.ended_at > act.at - SITE_KEEPS
    act.touch(transfer)


def retire_stays(act: Act, *, stays: list[str]) -> None:
    """Stays that ended a day ago leave the site's phones, but for those that go on after all."""
    act.loaded.load({"stay": stays})
    for stay in filter(None, (act.loaded.get("stay", id) for id in stays)):
        if stay.ended_at:
            stay.on_phones = False
            act.touch(stay)


def retire_conflicts(act: Act, *, conflicts: list[str]) -> None:
    """Items closed two weeks ago leave the phones."""
    act.loaded.load({"conflict": conflicts})
    for item in filter(None, (act.loaded.get("conflict", id) for id in conflicts)):
        item.on_phones = False
        act.touch(item)


def forget_departed(act: Act, *, floor: int) -> None:
    """The feed forgets who left which scope a month ago. A phone that was silent for longer begins anew, and nobody notices."""
    compaction.forget_departed(act.work.session, floor)


def repeat_transfer(act: Act) -> str | None:
    """Plan the next of a recurring transfer (dialysis): the same people and hospital, a vehicle and crew to be given by the desk.

    It is tried once. What a rule refuses (somebody is on another transfer by now) becomes an item for the desk, which makes it by hand.
    A transfer that was cancelled is the last of its series.
    """
    before = act.loaded.transfer(act.operation.target)
    departs = next_departure(before, act.work.settings.time_zone) if before.state != "cancelled" else None
    made = None
    if departs is not None:
        try:
            made = _make_again(act, before, departs)
        except Refused as refusal:
            act.flag("repeat.refused", [{"at": departs.isoformat(), "says": refusal.code, **refusal.values}], **about(before))
    before.repeats = {**before.repeats, "next": made or "none"}
    act.touch(before)
    return made


def _make_again(act: Act, before: Transfer, departs: datetime) -> str:
    people = [line.person_id for line in before.lines if line.outcome != "wrong_person"]
    destination = {"kind": "hospital", "id": before.hospital_id}
    repeats = {name: value for name, value in before.repeats.items() if name != "next"}
    return make_transfer(act, kind="hospital", people=people, destination=destination, depart_at=departs, repeats=repeats)
