"""Whose work a request may bring, and whether it may read: a session of its person, or an upload token."""

from dataclasses import dataclass

from flask import request

from server.access import as_actor, is_long_ago, phone_of_request
from server.domain.acts import Actor
from server.domain.permissions import extent
from server.problems import Refused
from server.store.database import db
from server.store.users import Device, User
from server.upload_tokens import read_upload_token


@dataclass(frozen=True)
class Carrier:
    """Whose work a request may bring, from which phone (None: nobody knows), and whether it may read."""

    author: Actor
    phone: str | None
    reads: bool
    not_seen: str | None = None  # the session (its hash) that is to be marked seen again


def who_delivers(device_id: str) -> Carrier:
    """The person whose device this is. Refuses: session.sign_in, device.revoked, access.denied.

    A session of that person reads; an upload token, whoever's session is beside it on the same phone, only delivers.
    """
    if token := request.headers.get("Authorization"):
        return bearer_of(token.removeprefix("Bearer").strip(), device_id)
    found = phone_of_request()
    if found is None:
        raise Refused("session.sign_in")
    if extent(found.role, "phone.use") is None:
        raise Refused("access.denied")
    not_seen = found.token_hash if is_long_ago(found.seen_at) else None
    return Carrier(as_actor(found), found.grown_from or found.device_id, reads=True, not_seen=not_seen)


def bearer_of(token: str, device_id: str) -> Carrier:
    """Whose token this is: of one phone, also when that has gone on as another device. Refuses: session.sign_in, device.revoked."""
    named = read_upload_token(token)
    device = db.session.get(Device, device_id)
    user = db.session.get(User, named[1]) if named else None
    if user is None or (device is not None and (device.phone_id, device.user_id) != named):
        raise Refused("session.sign_in")
    phone_id = named[0]
    phone = db.session.get(Device, phone_id)
    if phone is not None and phone.revoked:
        raise Refused("device.revoked")
    return Carrier(as_actor(user), phone_id, reads=False)
