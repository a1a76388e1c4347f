"""Which edition holds where: chosen for an area, or for all, from a day on. Who stays already keeps theirs, unless it is said otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.domain.clocks import due_on
from server.domain.rule_packs import PACKS, term_of
from server.domain.stay_clocks import local_day, note_change
from server.problems import Refused
from server.store.areas import Area
from server.store.rooms import Stay
from server.store.sites import Site
from server.store.stays import PackChoice

RUNNING = ("keep", "carry_over")


@dataclass
class Effect:
    """What going over to another edition would do to people who stay now: how many longer, shorter, as before, and by whose rules."""

    longer: int = 0
    shorter: int = 0
    same: int = 0
    now: dict[str, int] = field(default_factory=dict)


def choose_pack(act: Act, *, area: str | None, pack: str | None, from_on: date, reason: str, running: str = "keep") -> str:
    """From this day on this edition holds in the area (None: everywhere); no `pack` follows the dates of the editions again.

    Who stays already keeps the edition they began with, so nobody's stay changes silently. `running="carry_over"` takes them over, longer
    or shorter, each with a note of why; only for a choice that holds from today.
    Refuses: pack.unknown, area.unknown, reason.missing, pack.carry_over_later, request.unreadable (neither kept nor taken over).
    """
    if running not in RUNNING:
        raise Refused("request.unreadable")
    if pack is not None and pack not in PACKS:
        raise Refused("pack.unknown")
    if area is not None and act.work.session.get(Area, area) is None:
        raise Refused("area.unknown")
    if not reason.strip():
        raise Refused("reason.missing")
    today = local_day(act, act.at)
    if running == "carry_over" and (from_on > today or pack is None):
        raise Refused("pack.carry_over_later")
    choice = PackChoice(id=new_id(), area_id=area, pack=pack, from_on=from_on, reason=reason, by_id=act.actor.id, at=act.at)
    act.add(choice)
    if running == "carry_over":
        choice.carried_over = _carry_over(act, area, pack, reason)
    return choice.id


def running_stays(area: str | None):
    """Everybody who is isolated now, in the area or anywhere, and neither released nor to be moved as a positive."""
    running = (
        select(Stay)
        .join(Site, Site.id == Stay.site_id)
        .where(Stay.ended_at.is_(None), Stay.released_at.is_(None), Stay.referred_at.is_(None))
    )
    return running.where(Site.area_id == area) if area else running


def effect_of(stays: Iterable[Stay], pack: str, zone) -> Effect:
    """What the choice would do to these stays if they were taken over."""
    effect = Effect()
    for stay in stays:
        effect.now[stay.pack or ""] = effect.now.get(stay.pack or "", 0) + 1
        due = _due_under(stay, pack, stay.checked_in_at.astimezone(zone).date())
        if due == stay.due_on or due is None or stay.due_on is None:
            effect.same += 1
        elif due > stay.due_on:
            effect.longer += 1
        else:
            effect.shorter += 1
    return effect


def _carry_over(act: Act, area: str | None, pack: str, reason: str) -> int:
    others = running_stays(area).where((Stay.pack != pack) | Stay.pack.is_(None)).order_by(Stay.id).with_for_update(of=Stay)
    stays = act.work.session.scalars(others).all()
    for stay in stays:
        due = _due_under(stay, pack, local_day(act, stay.checked_in_at))
        note_change(act, stay, "pack", due, f"{stay.pack or ''} → {pack}: {reason}"[:200])
        act.change(stay, pack=pack, due_on=due)
    return len(stays)


def _due_under(stay: Stay, pack: str, checked_in: date) -> date | None:
    """The day by this edition; an extension that somebody decided for a reason still stands."""
    due = due_on(term_of(pack, stay.category, checked_in), stay.clock_from)
    return max(filter(None, (due, stay.due_on)), default=None) if stay.extended_reason else due
