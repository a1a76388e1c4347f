"""One room: who was in it before, the record that made it ready, and each state it was in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from server.access import allow
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.shown import local, now, words
from server.console.sites import TONES
from server.domain.room_states import STAGES, TOLD_BY
from server.domain.turnover_rules import TurnoverRules, turnover_rules_on
from server.domain.turnovers import WANTS_REASON
from server.store.database import db
from server.store.lists import turnovers as lists
from server.store.turnovers import Turnover


@dataclass(frozen=True)
class Told:
    """One line of a turnover's record: what began, when, who said so, how long it took until the next."""

    what: str
    at: datetime
    by: str | None
    took: timedelta | None


@console.get("/rooms/<id>")
@allow("sites.read")
def show_room(id: str):
    """One room. A dirty one never becomes ready in one jump (L-4): here stands what lay between two people."""
    session = db.session
    row = found_or_refuse(lists.one_room(session, within("sites.read"), id), "room.unknown")
    turnovers = lists.turnovers_of_room(session, id)
    current = next((one for one in turnovers if one.id == row.Room.turnover_id), None)
    stays = lists.stays_in_room(session, id, within("people.read", "people.read_masked"))
    spells = lists.spells_of_room(session, id)
    return show(
        "room",
        room=row.Room,
        row=row,
        unexplained=row.Room.state in WANTS_REASON and not row.Room.reason,
        here=[one for one in stays if one.Stay.ended_at is None],
        tones=TONES,
        before=_stay_before(current, stays),
        turnover=current,
        record=record_of(current, spells),
        missing=_missing(current),
        earlier=[one for one in turnovers if one is not current and one.vacated_at],
        spells=spells,
        items=lists.open_items_of_room(session, within("conflicts.read"), id),
        back=url_for("console.show_site", id=row.Site.id),
    )


def rules_today() -> TurnoverRules:
    return turnover_rules_on(local(now()).date())


def record_of(turnover: Turnover | None, spells: list) -> list[Told]:
    """The stages that were reached, in order, by name: whom the record names, else who said that the room came into that state."""
    if turnover is None:
        return []
    reached = [(state, column, getattr(turnover, column)) for state, column in {**STAGES, "ready": "ready_at"}.items()]
    reached = [one for one in reached if one[2]]
    names = lists.names_of(db.session, {turnover.disinfected_by, turnover.contact_by, turnover.inspected_by})
    said_by = {(spell.RoomSpell.state, spell.RoomSpell.from_at): spell.name for spell in spells}
    ends = [at for _state, _column, at in reached[1:]] + [None]
    return [
        Told(column, at, names.get(getattr(turnover, TOLD_BY[state])) if state in TOLD_BY else said_by.get((state, at)), end and end - at)
        for (state, column, at), end in zip(reached, ends, strict=True)
    ]


def _missing(turnover: Turnover | None) -> str | None:
    """What the checklist lacks, in words; nothing for one that has not come so far."""
    if turnover is None or not turnover.provisioned:
        return None
    lacking = [item for item in rules_today().checklist if item not in turnover.provisioned]
    return words(lacking, "checklist") if lacking else _("不缺")


def _stay_before(turnover: Turnover | None, stays: list):
    """The stay whose end emptied the room for this turnover, else the last one that ended here."""
    ended = [one for one in stays if one.Stay.ended_at]
    of_turnover = [one for one in ended if turnover and one.Stay.id == turnover.stay_id]
    return next(iter([*of_turnover, *ended]), None)
