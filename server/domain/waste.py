"""Infectious waste leaves a site under a register: bags, weight, two names, and no more than two days in store (R-13b)."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from server.domain.acts import Act, new_id
from server.domain.site_facts import about_site, site_heard
from server.domain.told import told_by
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
    site = site_heard(act)
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
    where = about_site(act, site.id)
    if act.at - since > IN_STORE_AT_MOST:
        act.flag("waste.too_long", [{**told_by(act), "says": bags, "since": since.isoformat()}], **where)
    if pickup.handed_by == pickup.collected_by:
        act.flag("waste.one_name", [{**told_by(act), "says": pickup.handed_by}], **where)


def _collected_before(act: Act, site: Site) -> datetime | None:
    before = select(func.max(WastePickup.collected_at)).where(WastePickup.site_id == site.id, WastePickup.collected_at < act.at)
    return act.work.session.scalar(before)
