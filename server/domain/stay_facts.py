"""What people see of somebody who stays: whoever works at the site, or did, is heard; nothing is refused because the person has left."""

from server.domain.acts import Act
from server.domain.former_sites import sites_of_actor
from server.domain.reach import reaches_site
from server.domain.told import told_by
from server.problems import Refused
from server.store.rooms import Stay


def stay_heard(act: Act) -> Stay:
    """The stay that somebody tells of. What happened after it ended is kept and flagged. Refuses: target.unknown."""
    stay = act.loaded.get("stay", act.operation.target)
    if stay is None or not (reaches_site(act, "stays.record", stay.site_id) or stay.site_id in sites_of_actor(act)):
        raise Refused("target.unknown")
    if stay.ended_at and act.at > stay.ended_at:
        act.flag("stay.fact_after_end", [{"says": stay.ended_how, "at": stay.ended_at.isoformat()}, told_by(act)], **about_stay(act, stay))
    return stay


def about_stay(act: Act, stay: Stay) -> dict:
    """Where an item about a stay belongs: the site, and the desk of its area."""
    site = act.loaded.get("site", stay.site_id)
    return {"person_id": stay.person_id, "room_id": stay.room_id, "site_id": stay.site_id, "area_id": site and site.area_id}
