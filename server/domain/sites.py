"""Sites: whether they take people now."""

from datetime import datetime

from sqlalchemy import func, select

from server.domain.acts import Act
from server.domain.permissions import extent
from server.problems import Refused
from server.store.rooms import Stay
from server.store.sites import Site
from server.store.transfers import Line, Transfer


def open_site(act: Act) -> None:
    """The site takes people from now on. Refuses: site.unknown."""
    _set_state(act, site_in_reach(act, "sites.open"), "open")


def pause_site(act: Act, *, reason: str, until: datetime | None = None) -> None:
    """The site takes nobody for a while, and says why. Refuses: site.unknown, reason.missing."""
    site = site_in_reach(act, "sites.open")
    if not reason.strip():
        raise Refused("reason.missing")
    _set_state(act, site, "paused", reason, until)


def close_site(act: Act, *, reason: str) -> None:
    """The site is given up. Refuses: site.unknown, reason.missing, site.has_people (who stay there, or are on their way to it)."""
    site = site_in_reach(act, "sites.open")
    if not reason.strip():
        raise Refused("reason.missing")
    staying = select(func.count()).where(Stay.site_id == site.id, Stay.ended_at.is_(None))
    coming = select(func.count(Line.id)).join(Transfer).where(Transfer.site_id == site.id, Line.open)
    people = act.work.session.scalar(staying) + act.work.session.scalar(coming)
    if people:
        raise Refused("site.has_people", people=people)
    _set_state(act, site, "closed", reason)


def site_in_reach(act: Act, permission: str) -> Site:
    """The site an operation is about, if the actor's permission reaches it. Refuses: site.unknown."""
    site = act.loaded.get("site", act.operation.target)
    if site is None or not reaches_site(act.actor, permission, site):
        raise Refused("site.unknown")
    return site


def reaches_site(actor, permission: str, site: Site) -> bool:
    """Whether the actor's permission reaches this site."""
    reach = extent(actor.role, permission)
    if reach == "site":
        return actor.site_id == site.id
    if reach in ("area", "sites"):
        return actor.area_id == site.area_id
    return reach == "all"


def _set_state(act: Act, site: Site, state: str, reason: str | None = None, until: datetime | None = None) -> None:
    site.state, site.state_since, site.paused_reason, site.paused_until = state, act.at, reason, until
    act.touch(site)
