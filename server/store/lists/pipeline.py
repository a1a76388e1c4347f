"""Sites on their way to being used: by area against its room target, by stage with plans, and what they will bring by when."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.lists.within import Within
from server.store.rooms import Room
from server.store.site_stages import SiteCheck, SiteDuty, SiteStage
from server.store.sites import Site
from server.store.turnovers import RoomSpell

PIPELINE = ("candidate", "requisitioned", "converting", "safety_checked", "accepted", "standby")
IN_USE = ("open", "paused")
BEDS_ONLY = ("fangcang", "small_fangcang", "hospital")  # beds of the ill: no isolation rooms, and no part of the target


@dataclass(frozen=True)
class PipelineRow:
    """A site on its way: where, its stage, how many rooms it will have, and the plan of its opening and of its next stage."""

    site: Site
    area: Area
    rooms: int
    plans: dict[str, SiteStage]
    safe: bool
    fit: bool


@dataclass(frozen=True)
class OpeningRow:
    """Rooms that are planned to open."""

    site_id: str
    site: str
    area_id: str
    kind: str
    accepts: list[str]
    rooms: int
    opens_on: date


def pipeline(session: Session, within: Within, area: str | None = None) -> list[PipelineRow]:
    """Every site from candidate to standby, the nearest to opening first."""
    query = select(Site, Area).join(Area, Area.id == Site.area_id).where(Site.state.in_(PIPELINE), within.places())
    found = session.execute(query.where(Site.area_id == area) if area else query).all()
    sites = [row.Site for row in found]
    rooms, plans, passed = rooms_of(session, sites), plans_of(session, sites), checks_passed(session, sites)
    rows = [
        PipelineRow(site, area, rooms[site.id], plans.get(site.id, {}), (site.id, "safety") in passed, (site.id, "qualification") in passed)
        for site, area in found
    ]
    return sorted(rows, key=lambda row: (-PIPELINE.index(row.site.state), row.area.short, row.site.name))


def pipeline_rooms(session: Session, until: date) -> list[OpeningRow]:
    """The rooms that are planned to open until that day, by the plan of each site's stage `open`; a plan that is late counts too."""
    query = select(Site, SiteStage.planned_on).join(SiteStage, SiteStage.site_id == Site.id)
    planned = (SiteStage.stage == "open") & SiteStage.actual_on.is_(None) & (SiteStage.planned_on <= until)
    found = session.execute(query.where(planned, Site.state.in_(PIPELINE)).order_by(SiteStage.planned_on, Site.code)).all()
    rooms = rooms_of(session, [site for site, _on in found])
    return [OpeningRow(site.id, site.name, site.area_id, site.kind, site.accepts, rooms[site.id], on) for site, on in found]


def standby_rooms(session: Session) -> list[tuple[Site, int]]:
    """(site, rooms) of the sites that an order would bring into use within 72 hours."""
    sites = list(session.scalars(select(Site).where(Site.state == "standby", Site.recheck_since.is_(None)).order_by(Site.code)))
    rooms = rooms_of(session, sites)
    return [(site, rooms[site.id]) for site in sites]


def room_targets(session: Session) -> list[tuple[Area, dict[str, int]]]:
    """(area, {stage: isolation rooms of the sites in it}) of every area that has rooms or people."""
    sites = list(session.scalars(select(Site).where(Site.state != "closed", Site.kind.not_in(BEDS_ONLY))))
    rooms = rooms_of(session, sites)
    counted: dict[str, dict[str, int]] = {}
    for site in sites:
        stages = counted.setdefault(site.area_id, {})
        stages[site.state] = stages.get(site.state, 0) + rooms[site.id]
    areas = session.scalars(select(Area).order_by(Area.kind == "partner_city", Area.short))
    return [(area, counted.get(area.id, {})) for area in areas if area.id in counted or area.population]


def rooms_of(session: Session, sites: list[Site]) -> dict[str, int]:
    """{site: its rooms}: as registered, else as its ledger says it will have."""
    counts = select(Room.site_id, func.count()).group_by(Room.site_id)
    if len(sites) <= 400:
        counts = counts.where(Room.site_id.in_([site.id for site in sites]))
    registered = dict(session.execute(counts).all())
    return {site.id: registered.get(site.id) or said_of(site) for site in sites}


def said_of(site: Site) -> int:
    """How many rooms and beds the ledger says a site has."""
    return (site.facilities.get("rooms_total") or 0) + (site.facilities.get("beds_total") or 0)


def plans_of(session: Session, sites: list[Site]) -> dict[str, dict[str, SiteStage]]:
    """{site: {stage: what is planned for it}}."""
    found: dict[str, dict[str, SiteStage]] = {}
    ids = [site.id for site in sites]
    for row in session.scalars(select(SiteStage).where(SiteStage.actual_on.is_(None), SiteStage.site_id.in_(ids))):
        found.setdefault(row.site_id, {})[row.stage] = row
    return found


def checks_passed(session: Session, sites: list[Site]) -> set[tuple[str, str]]:
    """(site, kind) of the checks that stand and were passed."""
    query = select(SiteCheck.site_id, SiteCheck.kind).where(SiteCheck.ended_at.is_(None), SiteCheck.passed)
    return {(site, kind) for site, kind in session.execute(query.where(SiteCheck.site_id.in_([site.id for site in sites])))}


def to_be_rechecked(session: Session, within: Within) -> list:
    """(Site, Area) of those that take no new people because works began, or the safety check failed."""
    query = select(Site, Area).join(Area, Area.id == Site.area_id).where(Site.recheck_since.is_not(None), within.places())
    return session.execute(query.order_by(Site.recheck_since)).all()


def stages_of(session: Session, site_id: str) -> list[SiteStage]:
    """What a site went through, in order, and then what is planned."""
    query = select(SiteStage).where(SiteStage.site_id == site_id)
    return list(session.scalars(query.order_by(SiteStage.actual_on.is_(None), SiteStage.told_at, SiteStage.id)))


def checks_of(session: Session, site_id: str) -> list[SiteCheck]:
    """Every check of a site, those that stand first."""
    query = select(SiteCheck).where(SiteCheck.site_id == site_id)
    return list(session.scalars(query.order_by(SiteCheck.ended_at.is_not(None), SiteCheck.told_at.desc())))


def duty_of(session: Session, site_id: str, day: date) -> dict[tuple[str, str], SiteDuty]:
    """{(shift, role): who is on duty} of one day."""
    rows = session.scalars(select(SiteDuty).where(SiteDuty.site_id == site_id, SiteDuty.day == day))
    return {(row.shift, row.role): row for row in rows}


def ready_since(session: Session, site_id: str, ordered_at: datetime) -> list[datetime]:
    """For each room of the site that was ready at some time since then: from when on."""
    query = select(func.min(RoomSpell.from_at)).where(RoomSpell.site_id == site_id, RoomSpell.state.in_(("ready", "reserved", "occupied")))
    query = query.where(or_(RoomSpell.until_at.is_(None), RoomSpell.until_at > ordered_at)).group_by(RoomSpell.room_id)
    return list(session.scalars(query))
