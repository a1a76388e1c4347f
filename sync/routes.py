"""`POST /api/v1/sync`: operations up, records down."""

from datetime import timedelta

from flask import Blueprint, current_app, g, jsonify, request
from marshmallow import ValidationError
from sqlalchemy import select

from server.access import allow, as_actor, digest, user_of_request
from server.problems import Refused
from server.store.change_log import current_epoch
from server.store.database import db, snapshot, transaction
from server.store.transfers import Transfer
from server.store.users import Device, User
from sync.apply import apply_operations
from sync.feed import Page, read_page
from sync.messages import LIMITS, PROTOCOL, REQUEST_BYTES_MAX, SyncRequest

sync = Blueprint("sync", __name__, url_prefix="/api/v1")
_request = SyncRequest()


@sync.post("/sync")
@allow("anyone")  # a session reads and writes, an upload token only delivers: told apart below
def create_round():
    """One round: judge what the phone brings, and, when it brought the last of it, give what changed."""
    message = read_message()
    user, reads = who_delivers(message["device"])
    now = current_app.clock.now()
    applied = apply_operations(
        message["operations"], device_id=message["device"], author=as_actor(user), at=now, announced=announced(message)
    )
    brought_all = message["unsent"] <= len(message["operations"])
    page = changes_for(user, message) if reads and brought_all else None
    return jsonify(answer(applied, page, message, now))


def read_message() -> dict:
    """The request's JSON in shape. Refuses: sync.not_this_protocol, sync.too_large."""
    if request.headers.get("X-Bihuan") != "1" or not request.is_json:
        raise Refused("request.forged")
    if (request.content_length or 0) > REQUEST_BYTES_MAX * 2:
        raise Refused("sync.too_large")
    try:
        message = _request.load(request.get_json())
    except ValidationError as fault:
        raise Refused("sync.not_this_protocol") from fault
    if message["protocol"] != PROTOCOL:
        raise Refused("sync.not_this_protocol")
    return message


def who_delivers(device_id: str) -> tuple[User, bool]:
    """The person whose device this is, and whether the request may read. Refuses: session.sign_in.

    A session of that person reads; an upload token, or another person's session on the same phone with that token, only delivers.
    """
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        device = db.session.scalar(select(Device).where(Device.id == device_id, Device.upload_hash == digest(token)))
        if device is None or device.revoked:
            raise Refused("session.sign_in")
        return db.session.get(User, device.user_id), False
    g.user = user_of_request()
    if g.user is None:
        raise Refused("session.sign_in")
    return g.user, True


def announced(message: dict) -> dict:
    return {"app": message["app"], "unsent": max(0, message["unsent"] - len(message["operations"]))}


def changes_for(user: User, message: dict) -> Page:
    with snapshot() as session:
        user = session.get(User, user.id)
        page = read_page(session, user, message["cursor"], message["page"], current_app.config["SECRET_KEY"])
    mark_sent(page)
    return page


def mark_sent(page: Page) -> None:
    """Remember that these transfers are on a phone now: from here on no room of theirs is released without a name."""
    ids = [change["id"] for change in page.changes if change["op"] == "put" and change["type"] == "transfer"]
    transfer = Transfer.__table__
    unsent = select(transfer.c.id).where(transfer.c.id.in_(ids), transfer.c.sent_at.is_(None))
    if not ids or not db.session.scalars(unsent).all():
        return
    with transaction() as session:
        session.execute(
            transfer.update()
            .where(transfer.c.id.in_(ids), transfer.c.sent_at.is_(None))
            .values(sent_at=current_app.clock.now())
        )


def answer(applied, page: Page | None, message: dict, now) -> dict:
    """The answer to one round. Without a page the cursor goes back as it came."""
    settings = current_app.config["BIHUAN"]
    page = page or Page(cursor=message["cursor"], promote=False)
    return {
        "epoch": current_epoch(db.session),
        "server_time": now.isoformat(),
        "expected_seq": applied.expected_seq,
        "results": applied.results,
        "changes": page.changes,
        "cursor": page.cursor,
        "high": page.high,
        "more": page.more,
        "promote": page.promote,
        "reset": page.reset,
        "limits": LIMITS,
        "retry_after_ms": None,
        "lease_until": (now + timedelta(hours=settings.lease_hours)).isoformat(),
    }
