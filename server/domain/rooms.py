"""Rooms as people at the site see them (domain §3.3): what takes a room out of use is believed at once, what gives it back is not."""

from datetime import date
from types import SimpleNamespace

from sqlalchemy import select

from server.domain.acts import Act
from server.domain.giving_rooms import lose_room
from server.domain.room_states import move_room
from server.domain.site_facts import about_room, room_heard
from server.domain.told import about, told_by
from server.domain.turnover_rules import TurnoverRules, turnover_rules_on
from server.domain.turnovers import CYCLE, FROM_ANYWHERE, WANTS_REASON, Word, lacking
from server.store.rooms import Room
from server.store.turnovers import RoomSpell, Turnover

STATES = (*FROM_ANYWHERE, "staff_use", "building_up", "awaiting_acceptance", *CYCLE[1:], "reserved", "occupied")
READ = tuple(column.key for column in Turnover.__table__.columns)


def set_room_state(
    act: Act,
    *,
    state: str,
    reason: str | None = None,
    note: str | None = None,
    agent: str | None = None,
    strength_mg_l: int | None = None,
    contact_minutes: int | None = None,
    aired_minutes: int | None = None,
    provisioned: list[str] | None = None,
) -> None:
    """A room was seen in a state. A fact: refuses target.unknown only; what no guard lets through is kept, flagged, and changes nothing.

    Guards: no stage is skipped, agent and airing had their minutes by the recorded times, a second person inspects, and ready needs the
    whole record (L-4); occupied only by a reception or, with a reason, a walk-in; reserved only by a decision; a room with somebody
    registered in it stays occupied until they have checked out. What is said of the disinfection and the checklist is kept with the
    turnover, also when the room is in that state already; but what is older than that may be of another turnover, and people see it.
    """
    room = room_heard(act)
    record = {"agent": agent, "strength_mg_l": strength_mg_l, "contact_minutes": contact_minutes, "aired_minutes": aired_minutes}
    record = {name: value for name, value in {**record, "provisioned": provisioned}.items() if value is not None}
    known = {"says": room.state, "at": room.since.isoformat(), "by": room.by_id, "reason": room.reason}
    says = [known, {**told_by(act), "says": state, "reason": reason}]
    if room.state == state:
        if act.at >= room.since:
            _add_to_record(act, room, record)
            _add_reason(act, room, reason)
        elif record:
            _flag_as_older(act, room, says)
    elif act.loaded.around.stays_in(room.id):
        act.flag("room.still_occupied", says, **about_room(act, room))
    elif act.at < room.since and not _is_urgent(act, room, state):
        _hear_late(act, room, state, says)
    elif missing := _lacking(act, room, Word(state, act.actor.id, act.at, reason), record):
        act.flag("room.guard", [says[0], {**says[1], "missing": missing}], **about_room(act, room))
    else:
        if room.state == "reserved":
            _tell_who_loses_it(act, room, says)
        move_room(act, room, state, reason=reason)
        _add_to_record(act, room, record)


def rules_now(act: Act) -> TurnoverRules:
    """The numbers of turnovers that apply on the day of this act, where it happens."""
    return turnover_rules_on(_day(act))


def _day(act: Act) -> date:
    return act.at.astimezone(act.work.settings.time_zone).date()


def _is_urgent(act: Act, room: Room, state: str) -> bool:
    """A room that somebody found unfit is not given to people, however late the word comes; found dirty unless it was made ready since."""
    if state == "vacated_dirty":
        return room.state in ("ready", "reserved") and (room.last_ready_at is None or room.last_ready_at <= act.at)
    return state in ("blocked", "hold") and room.state not in ("blocked", "hold")


def _hear_late(act: Act, room: Room, state: str, says: list[dict]) -> None:
    """An older word than the one we have moves nothing back. Where the room was in that state then, or came into it since, it is the
    same told twice; else people see it."""
    seen = select(RoomSpell.id).where(RoomSpell.room_id == room.id, RoomSpell.state == state, RoomSpell.until_at >= act.at)
    if not act.work.session.scalar(seen.limit(1)):
        _flag_as_older(act, room, says)


def _flag_as_older(act: Act, room: Room, says: list[dict]) -> None:
    act.flag("room.guard", [says[0], {**says[1], "missing": ["order"]}], **about_room(act, room))


def _lacking(act: Act, room: Room, word: Word, record: dict) -> list[str]:
    """What the word lacks, by the record as it would read with what it adds. Nothing is changed by asking."""
    turnover = act.loaded.turnover(room)
    read_with = turnover and SimpleNamespace(**{**{name: getattr(turnover, name) for name in READ}, **record})
    return lacking(room.state, read_with, word, rules_now(act))


def _add_to_record(act: Act, room: Room, record: dict) -> None:
    """Keep what was said of the disinfection and of what lies ready. A room that is not in a turnover has no record to add to."""
    turnover = act.loaded.turnover(room)
    if record and turnover and room.state in CYCLE:
        act.change(turnover, **record)


def _add_reason(act: Act, room: Room, reason: str | None) -> None:
    """Why a room is out of use may be told later. A reason that stands is not written over: it says what must come first."""
    if room.state in WANTS_REASON and not room.reason and (reason or "").strip():
        act.change(room, reason=reason)


def _tell_who_loses_it(act: Act, room: Room, says: list[dict]) -> None:
    transfer = act.loaded.transfer(room.transfer_id)
    for line in lose_room(act, transfer, room):
        act.flag("room.lost_while_reserved", says, **{**about(transfer, line), "room_id": room.id})
