"""Where a user worked before, and what was on that site's phones: facts come late, also from somebody whom the office has moved since."""

from sqlalchemy import Select, select

from server.domain.acts import Act
from server.domain.visibility import PHONE_ROLES_OF_SITES
from server.store.change_log import Membership, ScopeEntry
from server.store.transfers import Transfer
from server.store.users import User


def remember_site(act: Act, user: User) -> None:
    """Note, before they are moved, that this user works at a site."""
    scope = f"site:{user.site_id}"
    known = act.work.session.get(Membership, (user.id, scope, 0))
    if user.site_id and known is None:
        act.work.session.add(Membership(user_id=user.id, scope=scope, from_seq=0, to_seq=None))


def site_that_knew(act: Act, transfer: Transfer) -> str | None:
    """The site of the actor, now or before, whose phones once had this transfer, or None."""
    known = select(ScopeEntry.scope).where(ScopeEntry.type == "transfer", ScopeEntry.id == transfer.id)
    scopes = _once(act, known.where(ScopeEntry.scope.startswith("site:")), "transfer", transfer.id)
    return next((site for site in sites_of_actor(act) if f"site:{site}" in scopes), None)


def sites_of_actor(act: Act) -> list[str]:
    """Where the actor works, and then where they worked before."""
    before = select(Membership.scope).where(Membership.user_id == act.actor.id).order_by(Membership.scope)
    former = [scope.removeprefix("site:") for scope in _once(act, before, "user", act.actor.id)]
    now = act.actor.site_id if act.actor.role in PHONE_ROLES_OF_SITES else None
    return [*([now] if now else []), *former]


def _once(act: Act, query: Select, kind: str, id: str) -> list[str]:
    """What the query gives, asked once in a transaction: what is written in it takes effect with the next one."""
    known = act.work.known
    if (former_key := ("former_sites", kind, id)) not in known:
        known[former_key] = list(act.work.session.scalars(query))
    return known[former_key]
