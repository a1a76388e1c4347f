"""Who is asking, and whether they may: `@allow(...)` on every route, checked before the route runs.

A rule is a permission of `server/domain/permissions.py` (or one "or" another), or `anyone`, or `signed_in`. Without a rule on
each route the server does not start.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Response, current_app, g, request
from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session

from server.domain.acts import Actor
from server.domain.permissions import extent
from server.problems import Refused
from server.store.database import db, transaction
from server.store.users import Device, SignIn, SignInTry, User

log = structlog.get_logger()

OPEN_RULES = ("anyone", "signed_in")
TRIES_MAX = 8
TRIES_WINDOW = timedelta(minutes=10)
SESSION_SEEN_EVERY = timedelta(minutes=5)

hasher = PasswordHasher()  # argon2id, the library's defaults: 64 MiB, 3 passes
_nobodys_hash = hasher.hash(secrets.token_hex(8))


def allow(rule: str) -> Callable:
    """Say who may use a route."""

    def mark(view: Callable) -> Callable:
        view.access_rule = rule
        return view

    return mark


def access_rule(app: Flask, endpoint: str) -> str | None:
    """The rule of a route, or None when nobody wrote one."""
    return getattr(app.view_functions[endpoint], "access_rule", "anyone" if endpoint == "static" else None)


def check_access() -> None:
    """Before each request: who is it, and does the route's rule let them. Raises Refused."""
    g.user = None
    if request.endpoint is None:
        return
    rule = access_rule(current_app, request.endpoint)
    if rule == "anyone":
        return
    g.user = user_of_request()
    if g.user is None:
        raise Refused("session.sign_in")
    if rule not in OPEN_RULES and all(extent(g.user.role, permission) is None for permission in rule.split(" or ")):
        raise Refused("access.denied")


def staff() -> Actor:
    """The signed-in user as an actor."""
    return as_actor(g.user)


def as_actor(user: User | Row) -> Actor:
    """An account as the rules see whoever acts: role, name, area, site."""
    return Actor(user.id, user.role, user.name, user.area_id, user.site_id)


def may(permission: str) -> bool:
    """Whether the signed-in user has a permission at all (templates ask it before they show a button)."""
    return g.user is not None and extent(g.user.role, permission) is not None


# ---- sessions ----


def cookie_name() -> str:
    return "__Host-bihuan" if current_app.config["BIHUAN"].secure else "bihuan"


SESSION = (
    select(SignIn, User)
    .join(User, User.id == SignIn.user_id)
    .where(SignIn.token_hash == bindparam("token"), SignIn.ends_at > bindparam("now"), User.disabled.is_(False))
)
SESSION_OF_A_PHONE = SESSION.outerjoin(Device, Device.id == SignIn.device_id).with_only_columns(
    *(SignIn.token_hash, SignIn.device_id, SignIn.seen_at, Device.grown_from),
    *(User.id, User.role, User.name, User.area_id, User.site_id),
    maintain_column_froms=True,
)
SEEN = update(SignIn.__table__).where(SignIn.__table__.c.token_hash == bindparam("token")).values(seen_at=bindparam("now"))


def user_of_request() -> User | None:
    """The user whose session cookie came, if the session stands and the account is not disabled."""
    found = _session(SESSION, db.session())
    if not found:
        return None
    if is_long_ago(found.SignIn.seen_at):
        note_seen(found.SignIn.token_hash)
    g.session_hash, g.session_device = found.SignIn.token_hash, found.SignIn.device_id
    return found.User


def note_seen(token_hash: str) -> None:
    """Keep when a session was last used. On a full disk or a standby it is left out: whoever only reads, or has work to bring, is
    not stopped by it."""
    try:
        with transaction() as session:
            mark_seen(session, token_hash)
    except (OperationalError, InternalError) as fault:
        log.error("session.not_noted", fault=str(fault))


def phone_of_request() -> Row | None:
    """The same for a phone, in one small row: its user (`id`, `role`, `name`, `area_id`, `site_id`), `device_id` and what that has
    `grown_from`, `token_hash` and `seen_at`. Whoever writes next marks it seen."""
    return _session(SESSION_OF_A_PHONE, db.session.connection())


def _session(query: Select, on: Session | Connection) -> Row | None:
    token = request.cookies.get(cookie_name())
    return on.execute(query, {"token": digest(token), "now": current_app.clock.now()}).first() if token else None


def is_long_ago(seen_at: datetime) -> bool:
    """Whether a session was marked seen so long ago that it is time to do so again."""
    return current_app.clock.now() - seen_at > SESSION_SEEN_EVERY


def mark_seen(session: Session, token_hash: str) -> None:
    """Note that this session was used now, so that it does not run out."""
    session.execute(SEEN, {"token": token_hash, "now": current_app.clock.now()})


def check_password(username: str, password: str) -> User:
    """The user with this name and password. Refuses: session.wrong_password, session.too_many_tries.

    Tries are counted in the database, so that all workers count together: of an account from one address, so that a stranger elsewhere
    locks nobody out; and, more generously, of an account and of an address.
    """
    now = current_app.clock.now()
    here, most = digest(f"{request.remote_addr} {username}"), TRIES_MAX * 8
    limits = {f"here:{here}": TRIES_MAX, f"user:{digest(username)}": most, f"address:{request.remote_addr}": most}
    recent = select(SignInTry.key, func.count()).where(SignInTry.key.in_(limits), SignInTry.at > now - TRIES_WINDOW)
    if any(count >= limits[key] for key, count in db.session.execute(recent.group_by(SignInTry.key)).all()):
        raise Refused("session.too_many_tries")
    user = db.session.scalar(select(User).where(User.username == username))
    if not password_is(user, password):
        with transaction() as session:
            session.execute(delete(SignInTry).where(SignInTry.at <= now - TRIES_WINDOW))
            session.execute(insert(SignInTry), [{"key": key, "at": now} for key in limits])
        raise Refused("session.wrong_password")
    return user


def password_is(user: User | None, password: str) -> bool:
    """Whether the password is this user's. Takes the same time for a user who does not exist."""
    known = user is not None and user.password_hash is not None and not user.disabled
    try:
        return hasher.verify(user.password_hash if known else _nobodys_hash, password) and known
    except (VerificationError, InvalidHashError):
        return False


def open_session(user: User, device_id: str | None = None) -> str:
    """Begin a session and give its token (kept only as a hash)."""
    token, now = secrets.token_urlsafe(16), current_app.clock.now()  # 128 bits: it goes up with every request
    ends = now + timedelta(hours=current_app.config["BIHUAN"].session_hours)
    with transaction() as session:
        session.execute(
            insert(SignIn).values(token_hash=digest(token), user_id=user.id, device_id=device_id, began_at=now, seen_at=now, ends_at=ends)
        )
    return token


def set_cookie(response: Response, token: str) -> Response:
    """Give the session's cookie: read by no script, for as long as a session lasts, over https only where phones come by https."""
    settings = current_app.config["BIHUAN"]
    response.set_cookie(
        cookie_name(),
        token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        secure=settings.secure,
        samesite="Lax",
        path="/",
    )
    return response


def close_session(response: Response) -> Response:
    """End the session that this request came with, on all workers at once. The cookie goes only with a session that ended here:
    a sign-out may arrive late, and the browser hold the next person's by then."""
    if end_session():
        response.delete_cookie(cookie_name(), path="/")
    return response


def end_session() -> bool:
    """The session of this request's cookie is worth nothing any more: somebody signs out, or another signs in over it. False when
    there was none."""
    token = request.cookies.get(cookie_name())
    if not token:
        return False
    with transaction() as session:
        return session.execute(delete(SignIn).where(SignIn.token_hash == digest(token))).rowcount > 0


def digest(token: str) -> str:
    """How a token is kept: SHA-256, so that a stolen database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()
