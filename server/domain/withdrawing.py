"""A wrong tap is taken back by the one who made it: within a minute and with nothing built upon it as if it had not been."""

from datetime import timedelta

from server.domain.acts import TOOK_EFFECT, Act
from server.domain.custody import keep_custody
from server.domain.people import note_category
from server.domain.progress import settle
from server.domain.said import Said
from server.domain.shown_on import touch_where_shown
from server.domain.site_facts import about_target
from server.domain.told import told_by
from server.problems import Refused
from server.store.rooms import Stay
from server.store.transfers import Line, Transfer
from server.store.undo import put_back, still_stands

TAKEN_BACK_WITHIN = timedelta(seconds=60)
WHAT = ("line", "moment", "stop", "state", "outcome", "result", "name", "step")  # two tellings with the same of these tell the same


def withdraw(act: Act, *, operation: str) -> None:
    """Take back an operation of one's own (on the same target). A fact: refuses target.unknown only.

    Within 60 seconds by `happened_at` its effect is taken back and its items are closed. Later, or when something was built upon it,
    it is kept as a correction and flagged: the desk decides what follows.
    """
    said = act.work.said(operation)
    if said is None or said.author_id != act.actor.id or said.target != act.operation.target:
        raise Refused("target.unknown")
    if said.verdict not in TOOK_EFFECT or said.withdrawn_by:
        return
    in_time = abs(act.at - said.happened_at) <= TAKEN_BACK_WITHIN
    rows = [_row_of(act, entry) for entry in said.before]
    if not in_time or not _nothing_built_upon(act, said, rows):
        says = [{"at": said.happened_at.isoformat(), "by": said.author_id, "says": said.type, "operation": said.id}, told_by(act)]
        act.flag("withdraw.correction", says, **about_target(act))
        return
    for entry, row in reversed(list(zip(said.before, rows, strict=True))):
        _take_back(act, entry, row)
    for item in said.items:
        item.state, item.resolution, item.resolved_by, item.resolved_at = "closed", "withdrawn", act.actor.id, act.at
        act.touch(item)
    act.work.mark(operation, withdrawn_by=act.operation.id)
    transfer = act.loaded.transfer(act.operation.target)
    if transfer:
        settle(act, transfer)


def _row_of(act: Act, entry: dict):
    """The row that a note is about: of this transfer, or one that stands beside it."""
    kind, id = entry["row"], entry["id"]
    transfer = act.loaded.transfer(act.operation.target)
    lines = transfer.lines if transfer else []
    if kind == "line":
        return next((line for line in lines if line.id == id), None)
    if kind == "person":
        return next((line.person for line in lines if line.person_id == id), None) or act.loaded.get("person", id)
    if kind == "custody":
        return act.loaded.custody(id)
    if kind == "room_spell":
        return act.loaded.around.spell(id)
    return act.loaded.get(kind, id)


def _nothing_built_upon(act: Act, said: Said, rows: list) -> bool:
    """Whether each thing it changed is as it left it, and nobody counts on it: nobody has told the same since, the transfer did not
    close, nobody signed for it."""
    if any(row is None for row in rows):
        return False
    if any(not entry.get("made") and not still_stands(row, entry) for entry, row in _last_of_each(said.before, rows)):
        return False
    if any(_repeats(other, said) for other in act.work.said_since(said)):
        return False
    transfer = act.loaded.transfer(act.operation.target)
    if transfer is None:
        return True
    closed_it = any(entry.get("key") == "closed_at" for entry in said.before)
    if transfer.ended_at and not closed_it:
        return False
    if _reopens_a_line_in_vain(act, said, rows):
        return False
    return not (said.type == "receive_person" and _is_signed_for(transfer, {row.id for row in rows if isinstance(row, Line)}))


def _repeats(other: Said, said: Said) -> bool:
    """Whether somebody has told the same since: it changed nothing because this had, and would be as if it had never been told. Where
    this only added details (why a room is out of use), the same is the same details."""
    changed = _changed_by(said)
    names = {*WHAT, *changed} if changed <= said.args.keys() else WHAT
    same = all(other.args.get(name) == said.args.get(name) for name in names)
    return same and bool(changed) and not _changed_by(other)


def _changed_by(said: Said) -> set[str]:
    return {entry["field"] for entry in said.before if not entry.get("made")}


def _last_of_each(before: list[dict], rows: list) -> list[tuple[dict, object]]:
    """Of several notes about one field the last says how the operation left it."""
    last = {
        (entry["row"], entry["id"], entry.get("field"), entry.get("key")): (entry, row) for entry, row in zip(before, rows, strict=True)
    }
    return list(last.values())


def _reopens_a_line_in_vain(act: Act, said: Said, rows: list) -> bool:
    """A person whose line ended may be expected by another transfer by now."""
    ended = [row for entry, row in zip(said.before, rows, strict=True) if entry["row"] == "line" and entry.get("field") == "open"]
    return any(act.loaded.around.expected_elsewhere(line) for line in ended)


def _is_signed_for(transfer: Transfer, lines: set[str]) -> bool:
    signed = [transfer.handover.get(side) for side in ("crew", "site")]
    return any(one["line"] in lines for signature in signed if signature for one in signature["lines"])


def _take_back(act: Act, entry: dict, row) -> None:
    if entry.get("made"):
        _end(act, entry["row"], row)
        return
    put_back(row, entry)
    if hasattr(row, "record_keys"):
        act.touch(row)
    if entry["row"] == "line" and entry["field"] == "room_id":
        row.held_room = act.loaded.get("room", row.room_id)
    if entry["row"] == "person" and entry["field"] == "category":
        note_category(act, row)
        touch_where_shown(act, row)
    if entry["row"] == "custody" and entry["field"] == "holder":
        keep_custody(act, row)
    if entry["row"] == "transfer" and entry["field"] == "ended_at":
        row.crew_sees = row.site_sees = True  # it may be long that it left the phones
    if entry["row"] == "stay" and entry["field"] == "ended_at":
        row.on_phones = True
        _touch_its_room(act, row)
    if entry["row"] == "room_spell" and row.until_at is None:
        act.loaded.around.keep_spell(row)


def _end(act: Act, kind: str, row) -> None:
    """What the operation made is not erased: it ends. Only the history of a room has no place for what was not so."""
    if kind in ("room_spell", "turnover", "room_count", "waste_pickup"):
        act.forget(row)
        return
    act.touch(row)
    if kind in ("stay_test", "health_check", "clock_change"):
        row.taken_back_at = act.at
        return
    row.ended_at = act.at
    if kind == "stay":
        row.ended_how = "withdrawn"
        _touch_its_room(act, row)
        return
    row.open, row.state, row.outcome = False, "ended", "wrong_person"
    row.person.state = "wrong_listing"
    custody = act.loaded.custody(row.person_id)
    custody.holder, custody.holder_id, custody.transfer_id, custody.since = "origin", None, None, act.at
    keep_custody(act, custody)


def _touch_its_room(act: Act, stay: Stay) -> None:
    """A room shows who is in it."""
    if stay.room_id:
        act.touch(act.loaded.get("room", stay.room_id))
