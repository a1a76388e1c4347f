"""Passwords and one-time links: made here, handed to the verbs as hashes, and never written down."""

import secrets
from datetime import datetime

from sqlalchemy import func, select

from server.access import digest, hasher
from server.domain.acts import Actor
from server.domain.write_path import perform_one
from server.problems import Refused
from server.settings import PASSWORD_LENGTH_MIN
from server.store.database import db
from server.store.users import User

PASSWORD_LENGTH_MAX = 200
MACHINE = Actor(None, "administrator", "命令行")  # whoever may run commands on the server's machine


def invite(user_id: str, *, by: Actor, at: datetime) -> str:
    """The token of a new one-time link, good for 24 hours. Refuses: user.unknown, user.disabled."""
    return _with_link("invite_user", user_id, by, at)


def reset_password(user_id: str, *, by: Actor, at: datetime) -> str:
    """The same, and the old password is worth nothing from now on. Refuses: user.unknown, user.disabled."""
    return _with_link("reset_password", user_id, by, at)


def take_invitation(token: str, password: str, *, at: datetime) -> str:
    """Set the password of whoever was invited; the id of the user. Refuses: session.invitation_unknown, session.password_too_short."""
    user = db.session.scalar(select(User).where(User.invitation_hash == digest(token)))
    if user is None:
        raise Refused("session.invitation_unknown")
    invited = Actor(user.id, user.role, user.name, user.area_id, user.site_id)
    hashes = {"invitation_hash": digest(token), "password_hash": hash_of(password)}
    return perform_one("accept_invitation", author=invited, at=at, **hashes).made


def set_password(user_id: str, password: str, *, by: Actor, at: datetime) -> None:
    """Give a user this password. Refuses: user.unknown, session.password_too_short."""
    perform_one("set_password", author=by, at=at, target=user_id, password_hash=hash_of(password))


def hash_of(password: str) -> str:
    """What is kept of a password. Refuses: session.password_too_short."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise Refused("session.password_too_short")
    return hasher.hash(password)


def first_administrator(*, at: datetime) -> str | None:
    """A real first start: one administrator, and the token of the link that sets the password. None when one has a password.

    Said again at each start until the link was used; each start makes the link of the one before worthless.
    """
    able = select(func.count()).where(User.role == "administrator", User.password_hash.is_not(None), User.disabled.is_(False))
    if db.session.scalar(able):
        return None
    id = db.session.scalar(select(User.id).where(User.role == "administrator", User.disabled.is_(False)))
    return invite(id or create_administrator("admin", "管理员", at=at), by=MACHINE, at=at)


def create_administrator(username: str, name: str, *, at: datetime) -> str:
    """One more administrator, without a password yet; the id. Refuses: user.name_taken."""
    return perform_one("add_user", author=MACHINE, at=at, username=username, name=name, role="administrator").made


def _with_link(type: str, user_id: str, by: Actor, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    perform_one(type, author=by, at=at, target=user_id, invitation_hash=digest(token))
    return token
