"""Sites: whose they are to change, and whether they take people now."""

from server.domain.acts import Act
from server.domain.reach import reaches_site
from server.problems import Refused
from server.store.sites import Site


def site_in_reach(act: Act, permission: str) -> Site:
    """The site an operation is about, if the actor's permission reaches it. Refuses: site.unknown."""
    site = act.loaded.get("site", act.operation.target)
    if site is None or not reaches_site(act, permission, site.id):
        raise Refused("site.unknown")
    return site


def refuse_if_closed_to_new(site: Site) -> None:
    """New people go only to a site that is open and whose safety check stands. Who is on the way already is received all the same.

    Refuses: site.not_open, site.recheck.
    """
    if site.state != "open":
        raise Refused("site.not_open", name=site.name, reason=site.paused_reason or site.state)
    if site.recheck_since:
        raise Refused("site.recheck", name=site.name)
