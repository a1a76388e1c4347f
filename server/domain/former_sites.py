"""Where a user worked before, and what was on that site's phones: facts come late, also from somebody whom the office has moved since."""

from sqlalchemy import Select, bindparam, select

from server.domain.acts import Act
from server.domain.visibility import PHONE_ROLES_OF_SITES
from server.store.change_log import Membership, ScopeEntry
from server.store.transfers import Transfer
from server.store.users import User

# Built once: to build a statement costs as much as to ask it.
_entry, _member = ScopeEntry.__table__.c, Membership.__table__.c
THAT_KNEW = select(_entry.scope).where(_entry.type == "transfer", _entry.id == bindparam("id"), _entry.scope.startswith("site:"))
BEFORE = select(_member.scope).where(_member.user_id == bindparam("id")).order_by(_member.scope)


def remember_site(act: Act, user: User) -> None:
    """Note, before they are moved, that this user works at a site."""
    scope = f"site:{user.site_id}"
    known = act.work.session.get(Membership, (user.id, scope, 0))
    if user.site_id and known is None:
        act.work.session.add(Membership(user_id=user.id, scope=scope, from_seq=0, to_seq=None))


def site_that_knew(act: Act, transfer: Transfer) -> str | None:
    """The site of the actor, now or before, whose phones once had this transfer, or None. Of its own ends the feed need not know it."""
    ends = (transfer.site_id, transfer.origin_site_id)
    return next((site for site in sites_of_actor(act) if site in ends or f"site:{site}" in _once(act, THAT_KNEW, transfer.id)), None)


def sites_of_actor(act: Act) -> list[str]:
    """Where the actor works, and then where they worked before."""
    former = [scope.removeprefix("site:") for scope in _once(act, BEFORE, act.actor.id)]
    now = act.actor.site_id if act.actor.role in PHONE_ROLES_OF_SITES else None
    return [*([now] if now else []), *former]


def _once(act: Act, scopes: Select, id: str | None) -> list[str]:
    """The scopes of this one, asked once in a transaction: what is written in it counts from the next one on."""
    known, key = act.work.known, (scopes, id)
    if key not in known:
        known[key] = list(act.work.session.connection().scalars(scopes, {"id": id}))
    return known[key]
