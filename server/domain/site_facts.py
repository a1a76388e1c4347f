"""What all facts about a site, its rooms and those who stay there share: who is heard, and where their items belong.

Whoever works at the site is heard, and whoever did: they may still have something to send. Nothing is refused because of what is so now.
"""

from server.domain.acts import Act
from server.domain.former_sites import sites_of_actor
from server.domain.reach import reaches_site
from server.domain.told import about, told_by
from server.problems import Refused
from server.store.rooms import Room, Stay
from server.store.sites import Site


def site_heard(act: Act) -> Site:
    """The site that somebody tells of. Refuses: target.unknown."""
    site = act.loaded.get("site", act.operation.target)
    if site is None or not _is_heard(act, "rooms.record", site.id):
        raise Refused("target.unknown")
    return site


def room_heard(act: Act) -> Room:
    """The room that somebody tells of. Refuses: target.unknown."""
    room = act.loaded.get("room", act.operation.target)
    if room is None or not _is_heard(act, "rooms.record", room.site_id):
        raise Refused("target.unknown")
    return room


def stay_heard(act: Act) -> Stay:
    """The stay that somebody tells of. What happened after it ended is kept and flagged. Refuses: target.unknown."""
    stay = act.loaded.get("stay", act.operation.target)
    if stay is None or not _is_heard(act, "stays.record", stay.site_id):
        raise Refused("target.unknown")
    if stay.ended_at and act.at > stay.ended_at:
        act.flag("stay.fact_after_end", [{"says": stay.ended_how, "at": stay.ended_at.isoformat()}, told_by(act)], **about_stay(act, stay))
    return stay


def about_site(act: Act, site_id: str | None) -> dict:
    """Where an item about a site belongs: to the site, and to the desk of its area."""
    site = act.work.session.get(Site, site_id) if site_id else None  # read, not locked: many tell of one site at a time
    return {"site_id": site_id, "area_id": site and site.area_id}


def about_room(act: Act, room: Room) -> dict:
    """Likewise about one of its rooms."""
    return {"room_id": room.id, **about_site(act, room.site_id)}


def about_stay(act: Act, stay: Stay) -> dict:
    """Likewise about somebody who stays there."""
    return {"person_id": stay.person_id, "room_id": stay.room_id, **about_site(act, stay.site_id)}


def about_target(act: Act) -> dict:
    """Where an item about whatever this operation is about belongs; nowhere when it is about nothing that is known."""
    target = act.operation.target
    if transfer := act.loaded.transfer(target):
        return about(transfer)
    if stay := act.loaded.get("stay", target):
        return about_stay(act, stay)
    if room := act.loaded.get("room", target):
        return about_room(act, room)
    return about_site(act, target) if target and act.work.session.get(Site, target) else {}


def _is_heard(act: Act, permission: str, site_id: str | None) -> bool:
    return reaches_site(act, permission, site_id) or site_id in sites_of_actor(act)
