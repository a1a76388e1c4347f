"""Signing in and out on a phone (PROTOCOL §9)."""

import secrets

from flask import Blueprint, current_app, g, jsonify, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import select

from server.access import allow, check_password, close_session, digest, open_session, set_cookie
from server.domain.permissions import extent
from server.problems import Refused
from server.store.change_log import current_epoch
from server.store.database import db, transaction
from server.store.users import Device, User

sessions = Blueprint("sessions", __name__, url_prefix="/api/v1")


class SignInForm(Schema):
    class Meta:
        unknown = EXCLUDE

    username = fields.String(required=True, validate=validate.Length(min=1, max=40))
    password = fields.String(required=True, validate=validate.Length(min=1, max=200))
    device = fields.String(required=True, validate=validate.Length(min=8, max=36))


_form = SignInForm()


@sessions.post("/session")
@allow("anyone")
def create_session():
    """Sign in on this device: a cookie, who it is, and the device's upload token."""
    if request.headers.get("X-Bihuan") != "1":
        raise Refused("request.forged")
    try:
        form = _form.load(request.get_json(silent=True) or {})
    except ValidationError as fault:
        raise Refused("request.unreadable") from fault
    user = check_password(form["username"], form["password"])
    upload_token = enrol_device(form["device"], user)
    token = open_session(user, form["device"])
    return set_cookie(jsonify(**about_user(user), upload_token=upload_token), token)


@sessions.get("/session")
@allow("signed_in")
def show_session():
    """Who is signed in."""
    return jsonify(about_user(g.user))


@sessions.delete("/session")
@allow("anyone")
def delete_session():
    """Sign out. Unsent work stays on the phone and is delivered by its upload token."""
    if request.headers.get("X-Bihuan") != "1":
        raise Refused("request.forged")
    return close_session(current_app.response_class(status=204))


def enrol_device(device_id: str, user: User) -> str:
    """Bind the device to its user and give its upload token. Refuses: device.forked (another user's), device.revoked, access.denied."""
    if extent(user.role, "phone.use") is None:
        raise Refused("access.denied")
    token, now = secrets.token_urlsafe(32), current_app.clock.now()
    with transaction() as session:
        device = session.scalar(select(Device).where(Device.id == device_id).with_for_update())
        if device is None:
            device = Device(id=device_id, user_id=user.id, last_seq=0, enrolled_at=now)
            session.add(device)
        if device.user_id != user.id:
            raise Refused("device.forked")
        if device.revoked:
            raise Refused("device.revoked")
        device.upload_hash, device.seen_at = digest(token), now
    return token


def about_user(user: User) -> dict:
    return {
        "user": {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "role": user.role,
            "site": user.site_id,
            "area": user.area_id,
            "phone": user.phone,
            "language": user.language,
        },
        "epoch": current_epoch(db.session),
        "server_time": current_app.clock.now().isoformat(),
    }
