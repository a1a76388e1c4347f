"""Infectious waste leaves a site under a register: bags, weight, two names, and no more than two days in store (R-13b)."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from server.domain.acts import Act, new_id
from server.domain.former_sites import sites_of_actor
from server.domain.permissions import extent
from server.domain.told import told_by
from server.problems import Refused
from server.store.sites import Site
from server.store.waste import WastePickup

IN_STORE_AT_MOST = timedelta(days=2)


def record_waste(
    act: Act,
    *,
    bags: int,
    handed_by: str,
    collected_by: str,
    weight_kg: float | None = None,
    stored_since: datetime | None = None,
    company: str | None = None,
    note: str | None = None,
) -> None:
    """Waste was collected. A fact: refuses target.unknown only.

    Who does not say since when it was in store means since the collection before. Longer than two days, or one name for both sides, is
    kept and shown to people.
    """
    site = _site_in_reach(act)
    since = min(stored_since or _collected_before(act, site) or act.at, act.at)
    pickup = WastePickup(
        id=new_id(),
        site_id=site.id,
        stored_since=since,
        collected_at=act.at,
        bags=bags,
        weight_kg=weight_kg,
        handed_by=handed_by.strip(),
        collected_by=collected_by.strip(),
        company=company,
        by_id=act.actor.id,
        note=note,
    )
    act.loaded.keep("waste_pickup", act.make(pickup))
    where = {"site_id": site.id, "area_id": site.area_id}
    if act.at - since > IN_STORE_AT_MOST:
        act.flag("waste.too_long", [{**told_by(act), "says": bags, "since": since.isoformat()}], **where)
    if pickup.handed_by == pickup.collected_by:
        act.flag("waste.one_name", [{**told_by(act), "says": pickup.handed_by}], **where)


def _site_in_reach(act: Act) -> Site:
    """The site, if its rooms are the actor's to tell of, or were."""
    site = act.loaded.get("site", act.operation.target)
    reach = extent(act.actor.role, "rooms.record")
    own_area = reach == "sites" and site is not None and site.area_id == act.actor.area_id
    if site is None or not (reach == "all" or own_area or site.id in sites_of_actor(act)):
        raise Refused("target.unknown")
    return site


def _collected_before(act: Act, site: Site) -> datetime | None:
    before = select(func.max(WastePickup.collected_at)).where(WastePickup.site_id == site.id, WastePickup.collected_at < act.at)
    return act.work.session.scalar(before)
