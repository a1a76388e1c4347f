"""The guards of a room's cycle (domain §3.3): which word about a room may be believed, and what it lacks where it may not.

Pure; the same on the phone (`static/app/rules/turnover.ts`), and `tests/contract/rooms.json` holds both to it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.turnover_rules import TurnoverRules

CYCLE = ("vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning", "ready")
FROM_ANYWHERE = ("blocked", "hold", "vacated_dirty")  # what takes a room out of use is believed at once
WANTS_REASON = ("blocked", "hold")  # believed without one, which is missed until somebody tells it


@dataclass(frozen=True)
class Word:
    """What somebody says a room is now."""

    state: str
    by: str | None
    at: datetime
    reason: str | None = None


def lacking(room_state: str, turnover, word: Word, rules: TurnoverRules) -> list[str]:
    """What a word lacks to be believed, as codes; nothing when it may be. `turnover` holds the record with what the word adds to it.

    `order`: a stage would be skipped · `reason` · `contact_time`, `aired`: not long enough · `second_person`: whoever disinfected does
    not inspect · `agent`, `strength`, `inspector` and codes of the checklist: the record is not complete.
    """
    if word.state in FROM_ANYWHERE:
        return ["reason"] if room_state == "hold" and not (word.reason or "").strip() else []
    if word.state == "occupied":
        return [] if (word.reason or "").strip() else ["reason"]
    if not _is_in_order(room_state, word.state):
        return ["order"]
    if room_state not in CYCLE or turnover is None:
        return []
    guards = {"aerating": _contact_time, "inspecting": _aired, "provisioning": _second_person, "ready": _record}
    return guards[word.state](turnover, word, rules) if word.state in guards else []


def _is_in_order(now: str, then: str) -> bool:
    """Each stage follows the one before it, or is done again; a new room is accepted; staff take only a ready one."""
    if then in ("staff_use", "awaiting_acceptance", "building_up"):
        return (now, then) in (("ready", "staff_use"), ("building_up", "awaiting_acceptance"), ("awaiting_acceptance", "building_up"))
    if then == "ready" and now == "awaiting_acceptance":
        return True
    if now not in CYCLE[:-1] or then not in CYCLE:
        return False
    return CYCLE.index(then) == CYCLE.index(now) + 1 or CYCLE.index(then) < CYCLE.index(now)


def contact_minutes_needed(turnover, rules: TurnoverRules) -> int:
    """How long the agent must work: what was said of it, and never less than the rules want."""
    return max(turnover.contact_minutes or 0, _least(turnover, rules).contact_minutes)


def aired_minutes_needed(turnover, rules: TurnoverRules) -> int:
    """How long the room must be aired, likewise."""
    return max(turnover.aired_minutes or 0, _least(turnover, rules).aired_minutes)


def _least(turnover, rules: TurnoverRules):
    """The least for the agent; while nobody has said which, that of chlorine."""
    return rules.least.get(turnover.agent or "chlorine", rules.least["chlorine"])


def _contact_time(turnover, word: Word, rules: TurnoverRules) -> list[str]:
    return [] if _worked(turnover, word.at, rules) else ["contact_time"]


def _worked(turnover, until: datetime, rules: TurnoverRules) -> bool:
    """By the recorded times; of a room that came into the register later than that, by what was said."""
    if turnover.contact_at is None:
        return (turnover.contact_minutes or 0) >= _least(turnover, rules).contact_minutes or _came_after(turnover, "contact_time")
    return until - turnover.contact_at >= timedelta(minutes=contact_minutes_needed(turnover, rules))


def _aired(turnover, word: Word, rules: TurnoverRules) -> list[str]:
    return [] if _has_aired(turnover, word.at, rules) else ["aired"]


def _has_aired(turnover, until: datetime, rules: TurnoverRules) -> bool:
    if turnover.aerating_at is None:
        return (turnover.aired_minutes or 0) >= _least(turnover, rules).aired_minutes or _came_after(turnover, "aerating")
    return until - turnover.aerating_at >= timedelta(minutes=aired_minutes_needed(turnover, rules))


def _came_after(turnover, stage: str) -> bool:
    """Whether the room came into the register (by a ledger) when this stage was over."""
    return CYCLE.index(turnover.seen_from) > CYCLE.index(stage)


def _second_person(turnover, word: Word, rules: TurnoverRules) -> list[str]:
    return ["second_person"] if word.by in (turnover.disinfected_by, turnover.contact_by) else []


def _record(turnover, word: Word, rules: TurnoverRules) -> list[str]:
    """All of it once more, because the agent may have been told last: ready is ready."""
    least = rules.least.get(turnover.agent or "")
    weak = least and least.strength_mg_l and (turnover.strength_mg_l or 0) < least.strength_mg_l
    return [
        *(["agent"] if least is None else []),
        *(["strength"] if weak else []),
        *(["contact_time"] if not _worked(turnover, turnover.aerating_at or word.at, rules) else []),
        *(["aired"] if not _has_aired(turnover, turnover.inspecting_at or word.at, rules) else []),
        *(["inspector"] if turnover.inspected_by is None and turnover.seen_from != "provisioning" else []),
        *(item for item in rules.checklist if item not in turnover.provisioned),
    ]
