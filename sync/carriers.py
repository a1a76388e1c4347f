"""Whose work a request may bring, and whether it may read: a session of its person, or an upload token."""

from dataclasses import dataclass

from flask import request
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from server.access import as_actor, is_long_ago, phone_of_request
from server.domain.acts import Actor
from server.domain.permissions import extent
from server.domain.write_path import Busy
from server.problems import Refused
from server.store.database import db, is_standby
from server.store.users import Device, User
from server.upload_tokens import read_upload_token

_phone, _user = aliased(Device), (User.id, User.role, User.name, User.area_id, User.site_id)
# The user of a token, whether its phone is switched off, and whose device of which phone brings it: of that nobody may have heard yet.
NAMED = (
    select(*_user, _phone.revoked, Device.user_id.label("owner"), func.coalesce(Device.grown_from, Device.id).label("phone_id"))
    .select_from(User)
    .outerjoin(_phone, _phone.id == bindparam("phone"))
    .outerjoin(Device, Device.id == bindparam("device"))
    .where(User.id == bindparam("user"))
)


@dataclass(frozen=True)
class Carrier:
    """Whose work a request may bring, from which phone (None: nobody knows), and whether it may read."""

    author: Actor
    phone: str | None
    reads: bool
    not_seen: str | None = None  # the session (its hash) that is to be marked seen again


def who_delivers(device_id: str) -> Carrier:
    """The person whose device this is. Refuses: session.sign_in, device.revoked, access.denied. Raises Busy on a standby.

    A session of that person reads; an upload token, whoever's session is beside it on the same phone, only delivers.
    """
    if token := request.headers.get("Authorization"):
        return bearer_of(token.removeprefix("Bearer").strip(), device_id)
    found = phone_of_request()
    if found is None:
        raise _nobody()
    if extent(found.role, "phone.use") is None:
        raise Refused("access.denied")
    not_seen = found.token_hash if is_long_ago(found.seen_at) else None
    return Carrier(as_actor(found), found.grown_from or found.device_id, reads=True, not_seen=not_seen)


def bearer_of(token: str, device_id: str) -> Carrier:
    """Whose token this is: of one phone, also when that has gone on as another device. Refuses: session.sign_in, device.revoked."""
    named = read_upload_token(token)
    found = named and db.session.connection().execute(NAMED, {"phone": named[0], "user": named[1], "device": device_id}).first()
    if not found or (found.owner is not None and (found.phone_id, found.owner) != named):
        raise _nobody()
    if found.revoked:
        raise Refused("device.revoked")
    return Carrier(as_actor(found), named[0], reads=False)


def _nobody() -> Exception:
    """Why whoever is not known brings nothing. A standby may not have heard of them yet: there the phone comes again in a moment."""
    return Busy() if is_standby() else Refused("session.sign_in")
