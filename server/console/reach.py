"""How much of the register the signed-in person's permission reaches, in the form that the named queries take."""

from flask import g
from sqlalchemy import select

from server.domain.permissions import EXTENTS, extent
from server.problems import Refused
from server.store.database import db
from server.store.lists.within import Within
from server.store.sites import Site
from server.store.users import UserCompound


def within(*permissions: str) -> Within:
    """The part that the widest of these permissions reaches; nothing when the person has none of them."""
    found = {extent(g.user.role, permission) for permission in permissions} - {None}
    widest = max(found, key=EXTENTS.index, default=None)
    if widest == "all":
        return Within(everything=True)
    if widest == "area":
        return Within(area=g.user.area_id)
    if widest == "site":
        return Within(sites=(g.user.site_id,))
    if widest == "sites":
        return Within(sites=tuple(db.session.scalars(select(Site.id).where(Site.area_id == g.user.area_id))))
    if widest == "compounds":
        looked_after = select(UserCompound.community_id).where(UserCompound.user_id == g.user.id)
        return Within(communities=tuple(db.session.scalars(looked_after)))
    return Within(crew=g.user.id if widest == "own" else None)


def found_or_refuse(row, code: str):
    """The row, or the one refusal that an unknown row and a row out of reach share."""
    if row is None:
        raise Refused(code)
    return row
