"""A site from candidate to closed (domain §3.2): each stage has an owner, a planned and an actual day; none is skipped.

A ledger may bring a site that is already in a later stage: it is taken as it is, and the pages show which records are missing.
"""

from datetime import date, datetime

from sqlalchemy import func, select

from server.domain.acts import Act, new_id
from server.domain.room_states import move_room
from server.domain.site_checks import standing_check
from server.domain.sites import site_in_reach
from server.problems import Refused
from server.store.rooms import Room, Stay
from server.store.site_stages import SiteStage
from server.store.sites import Site
from server.store.transfers import Line, Transfer

PIPELINE = ("candidate", "requisitioned", "converting", "safety_checked", "accepted", "standby")
STAGES = (*PIPELINE, "open", "paused", "clearing", "closed")
# In which state the rooms of a house in these stages come into the register (domain §3.3); of a later one they are ready.
ROOMS_BEGIN = {
    **dict.fromkeys(("candidate", "requisitioned", "converting"), "building_up"),
    **dict.fromkeys(("safety_checked", "accepted"), "awaiting_acceptance"),
}
COMES_AFTER = {
    "candidate": ("closed",),
    **{later: (before,) for before, later in zip(PIPELINE, PIPELINE[1:], strict=False)},
    "open": ("standby", "paused", "clearing"),
    "paused": ("open", "paused"),
    "clearing": ("open", "paused"),
    "closed": (*PIPELINE, "clearing"),
}


def plan_stage(
    act: Act,
    *,
    stage: str,
    owner_name: str,
    owner_phone: str | None = None,
    planned_on: date | None = None,
    note: str | None = None,
) -> str:
    """Who answers for a stage that is still to come, and by which day. Said again, it is the plan that changes.

    Refuses: site.unknown, request.unreadable (no such stage, nobody named), site.stage_reached.
    """
    site = site_in_reach(act, "sites.plan")
    if stage not in STAGES or not owner_name.strip():
        raise Refused("request.unreadable")
    if stage in PIPELINE and site.state != "closed" and STAGES.index(stage) <= STAGES.index(site.state):
        raise Refused("site.stage_reached", name=site.name)
    row = plan_of(act, site, stage) or act.add(SiteStage(id=new_id(), site_id=site.id, stage=stage))
    row.owner_name, row.owner_phone, row.planned_on = owner_name.strip(), owner_phone, planned_on
    row.note, row.by_id, row.told_at = note, act.actor.id, act.at
    act.touch(site)
    return row.id


def reach_stage(act: Act, *, stage: str, on: date | None = None, legal_basis: str | None = None, note: str | None = None) -> None:
    """The site is in its next stage, since `on` (today unless said). The document of a requisition may be told with it.

    Refuses: site.unknown, request.unreadable, site.stage_order, site.stage_day, site.legal_basis_missing, site.safety_missing,
    site.qualification_missing, site.recheck.
    """
    site = site_in_reach(act, "sites.plan")
    if stage not in (*PIPELINE, "clearing"):
        raise Refused("request.unreadable")
    basis = (legal_basis or "").strip() or site.legal_basis
    if stage == "requisitioned" and not basis:
        raise Refused("site.legal_basis_missing")
    enter_stage(act, site, stage, on, note)
    site.legal_basis = basis


def open_site(act: Act) -> None:
    """The site takes people from now on. Refuses: site.unknown, site.stage_order, site.safety_missing, site.recheck."""
    site = site_in_reach(act, "sites.open")
    if site.state != "open":
        enter_stage(act, site, "open")


def pause_site(act: Act, *, reason: str, until: datetime | None = None) -> None:
    """The site takes nobody for a while, and says why. Refuses: site.unknown, reason.missing, site.stage_order."""
    site = site_in_reach(act, "sites.open")
    if not reason.strip():
        raise Refused("reason.missing")
    enter_stage(act, site, "paused", note=reason)
    site.paused_reason, site.paused_until = reason, until


def close_site(act: Act, *, reason: str) -> None:
    """The site is given up: after it was cleared, or before it ever took anybody.

    Refuses: site.unknown, reason.missing, site.has_people (who stay there, or are on their way to it), site.stage_order.
    """
    site = site_in_reach(act, "sites.open")
    if not reason.strip():
        raise Refused("reason.missing")
    _refuse_with_people(act, site)
    enter_stage(act, site, "closed", note=reason)
    site.paused_reason, site.activation_ordered_at = reason, None


def note_stages(act: Act, site: Site, reached: dict[str, date], opens_on: date | None, owner: str | None) -> None:
    """What a ledger knows of a site's stages: on which day it came to each, and when it is to open. Its state is not moved by it."""
    known = {
        (row.stage, row.actual_on is None): row for row in act.work.session.scalars(select(SiteStage).where(SiteStage.site_id == site.id))
    }
    told = [*((stage, "actual_on", day) for stage, day in reached.items()), *([("open", "planned_on", opens_on)] if opens_on else [])]
    for stage, column, day in told:
        row = known.get((stage, column == "planned_on"))
        if row is None:
            row = act.add(SiteStage(id=new_id(), site_id=site.id, stage=stage, by_id=act.actor.id, told_at=act.at, owner_name=owner))
        if getattr(row, column) != day:
            setattr(row, column, day)


def enter_stage(act: Act, site: Site, stage: str, on: date | None = None, note: str | None = None) -> None:
    """Move the site on, if nothing is skipped and what the stage asks for is there."""
    if site.state not in COMES_AFTER[stage]:
        raise Refused("site.stage_order", name=site.name, state=site.state)
    _refuse_unready(act, site, stage)
    today = act.at.astimezone(act.work.settings.time_zone).date()
    on = on or today
    if on > today or on < (_last_day(act, site) or on):
        raise Refused("site.stage_day")
    row = plan_of(act, site, stage) or act.add(SiteStage(id=new_id(), site_id=site.id, stage=stage))
    row.actual_on, row.came_from, row.by_id, row.told_at = on, site.state, act.actor.id, act.at
    row.note = (note or row.note or "")[:200] or None
    site.state, site.state_since, site.paused_reason, site.paused_until = stage, act.at, None, None
    act.touch(site)
    if stage == "safety_checked":
        _end_building(act, site)


def next_stage(state: str) -> str | None:
    """The stage that a site in this one comes to next, on its way to be used; None when it has come there."""
    return {**dict(zip(PIPELINE, (*PIPELINE[1:], "open"), strict=True)), "paused": "open"}.get(state)


def plan_of(act: Act, site: Site, stage: str) -> SiteStage | None:
    """What is planned for this stage of the site, not reached yet."""
    return act.work.session.scalar(
        select(SiteStage).where(SiteStage.site_id == site.id, SiteStage.stage == stage, SiteStage.actual_on.is_(None))
    )


def _refuse_unready(act: Act, site: Site, stage: str) -> None:
    """Nobody accepts or opens a house that was not found safe (L-9)."""
    if stage in ("safety_checked", "accepted") or (stage == "open" and site.state == "standby"):
        _refuse_unchecked(act, site, "safety", "site.safety_missing")
    if stage == "accepted":
        _refuse_unchecked(act, site, "qualification", "site.qualification_missing")
    if stage in ("standby", "open") and site.recheck_since:
        raise Refused("site.recheck", name=site.name)


def _refuse_unchecked(act: Act, site: Site, kind: str, code: str) -> None:
    check = standing_check(act, site, kind)
    if check is None or not check.passed:
        raise Refused(code, name=site.name)


def _refuse_with_people(act: Act, site: Site) -> None:
    staying = select(func.count()).where(Stay.site_id == site.id, Stay.ended_at.is_(None))
    coming = select(func.count(Line.id)).join(Transfer).where(Transfer.site_id == site.id, Line.open)
    people = act.work.session.scalar(staying) + act.work.session.scalar(coming)
    if people:
        raise Refused("site.has_people", people=people)


def _end_building(act: Act, site: Site) -> None:
    """The house is built: its rooms wait to be accepted, one by one, by those who will work there."""
    ids = list(act.work.session.scalars(select(Room.id).where(Room.site_id == site.id, Room.state == "building_up")))
    act.loaded.load({"room": ids})
    for id in ids:
        move_room(act, act.loaded.get("room", id), "awaiting_acceptance")


def _last_day(act: Act, site: Site) -> date | None:
    """The day of the stage that the site is in: the next one is not earlier."""
    return act.work.session.scalar(select(func.max(SiteStage.actual_on)).where(SiteStage.site_id == site.id))
