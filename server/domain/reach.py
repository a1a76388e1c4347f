"""How much of the register a permission reaches: the rows a verb may work on for this actor.

A row out of reach is refused with the same code as one that does not exist.
"""

from sqlalchemy import select

from server.domain.acts import CLOCK, Act
from server.domain.permissions import extent
from server.problems import Refused
from server.store.sites import Site
from server.store.transfers import Transfer
from server.store.users import UserCompound


def transfer_in_reach(act: Act, permission: str) -> Transfer:
    """The transfer an operation is about. Refuses: target.unknown."""
    transfer = act.loaded.transfer(act.operation.target)
    if transfer is None or not reaches_transfer(act, permission, transfer):
        raise Refused("target.unknown")
    return transfer


def reaches_transfer(act: Act, permission: str, transfer: Transfer) -> bool:
    """Whether the actor's permission reaches this transfer. A crew reaches the transfers it is or was on: facts come late."""
    actor = act.actor
    if actor is CLOCK:
        return True
    reach = extent(actor.role, permission)
    if reach == "own":
        return any(member.user_id == actor.id for member in transfer.crew)
    if reach == "site":
        return actor.site_id is not None and actor.site_id in sites_of(transfer)
    if reach == "sites":
        return any(is_site_of_area(act, site) for site in sites_of(transfer))
    if reach == "compounds":
        return looks_after(act, transfer.community_id)
    if reach == "area":
        return actor.area_id is not None and transfer.area_id == actor.area_id
    return reach == "all"


def looks_after(act: Act, community_id: str | None) -> bool:
    """Whether this is a compound of the actor, a community worker."""
    own = select(UserCompound).where(UserCompound.user_id == act.actor.id, UserCompound.community_id == community_id)
    return community_id is not None and act.work.session.scalar(own) is not None


def reaches_site(act: Act, permission: str, site_id: str | None) -> bool:
    """Whether the actor's permission reaches a site, and so the people in it: its own staff, the desks of its area, or the city's."""
    reach = extent(act.actor.role, permission)
    if act.actor is CLOCK or reach == "all":
        return True
    if reach == "site":
        return site_id is not None and site_id == act.actor.site_id
    return reach in ("sites", "area") and is_site_of_area(act, site_id)


def is_site_of_area(act: Act, site_id: str | None) -> bool:
    """Whether this is a site of the actor's own area: what `sites` reaches."""
    site = act.work.session.get(Site, site_id) if site_id else None
    return site is not None and site.area_id == act.actor.area_id


def sites_of(transfer: Transfer) -> set[str]:
    """The sites that have, or may come to have, to do with a transfer."""
    return {site for site in (transfer.site_id, transfer.backup_site_id, transfer.origin_site_id) if site}
