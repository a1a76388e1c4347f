"""Infectious waste that was collected at a site."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from server.store.users import User
from server.store.waste import WastePickup

SORTS = {"at": WastePickup.collected_at, "bags": WastePickup.bags}


def pickups(site_id: str) -> Select:
    """(WastePickup, who recorded it) of a site."""
    query = select(WastePickup, User.name.label("by")).join(User, User.id == WastePickup.by_id, isouter=True)
    return query.where(WastePickup.site_id == site_id)


def last_pickup(session: Session, site_id: str) -> datetime | None:
    """When something was collected there last."""
    return session.scalar(select(func.max(WastePickup.collected_at)).where(WastePickup.site_id == site_id))
