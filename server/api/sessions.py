"""Signing in and out on a phone (PROTOCOL §9)."""

from flask import Blueprint, Response, current_app, g, jsonify, request
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import select

from server.access import allow, as_actor, check_password, close_session, end_session, open_session, set_cookie
from server.domain.acts import Incoming
from server.domain.permissions import extent
from server.domain.write_path import perform
from server.problems import Refused
from server.sealed_copies import copy_key
from server.store.change_log import current_epoch
from server.store.database import db, transaction
from server.store.users import Device, User
from server.upload_tokens import upload_token

sessions = Blueprint("sessions", __name__, url_prefix="/api/v1")

PHONE_COOKIE, PHONE_COOKIE_DAYS = "bihuan_phone", 400
SIGN_IN = "/api/v1/session"
AN_ID = fields.String(validate=validate.Regexp(r"[0-9A-Za-z_-]{8,36}\Z"))
USERS_OF_A_PHONE_MAX = 200


class SignInForm(Schema):
    class Meta:
        unknown = EXCLUDE

    username = fields.String(required=True, validate=validate.Length(min=1, max=40))
    password = fields.String(required=True, validate=validate.Length(min=1, max=200))
    device = fields.String(required=True, validate=AN_ID.validate)
    holds = fields.Dict(keys=AN_ID, values=AN_ID, load_default=dict, validate=validate.Length(max=USERS_OF_A_PHONE_MAX))


_form = SignInForm()


@sessions.post("/session")
@allow("anyone")
def create_session():
    """Sign in on this phone: a cookie, who it is, the device that this user's work has here, and its upload token."""
    if request.headers.get("X-Bihuan") != "1":
        raise Refused("request.forged")
    try:
        form = _form.load(request.get_json(silent=True) or {})
    except ValidationError as fault:
        raise Refused("request.unreadable") from fault
    user = check_password(form["username"], form["password"])
    held, users = form["holds"].get(user.id), users_of_phone()
    device = held or form["device"]
    phone_id = enrol_device(device, user)
    emptied = None if held else note_emptied(users.get(user.id), user)
    end_session()
    keys = {"upload_token": upload_token(phone_id, user.id), "copy_key": copy_key(current_app.config["SECRET_KEY"])}
    welcome = {**about_user(user), "device": device, **keys, "emptied": emptied}
    return remember_phone(set_cookie(jsonify(welcome), open_session(user, device)), {**users, user.id: device})


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
    """Bind the device to its user and give its phone's id. Refuses: device.forked (another user's), device.revoked, access.denied."""
    if extent(user.role, "phone.use") is None:
        raise Refused("access.denied")
    now = current_app.clock.now()
    with transaction() as session:
        device = session.scalar(select(Device).where(Device.id == device_id).with_for_update())
        if device is None:
            device = Device(id=device_id, user_id=user.id, last_seq=0, enrolled_at=now)
            session.add(device)
        if device.user_id != user.id:
            raise Refused("device.forked")
        if device.revoked:
            raise Refused("device.revoked")
        device.seen_at = now
        return device.phone_id


def users_of_phone() -> dict[str, str]:
    """{user: device} of whoever has signed in on this phone, by a cookie that outlives the store of its scripts."""
    try:
        users = _phone_signer().loads(request.cookies.get(PHONE_COOKIE, ""))
    except BadData:
        return {}
    return users if isinstance(users, dict) else {}


def note_emptied(device_id: str | None, user: User) -> dict | None:
    """This user has worked on this phone, and it holds nothing of them: its storage was emptied. The office gets an item, and the
    phone what to tell: {last_contact, unsent}, of that moment."""
    lost = db.session.get(Device, device_id) if device_id else None
    if lost is None or lost.user_id != user.id:
        return None
    noted = Incoming(type="note_emptied_phone", author=as_actor(user), target=lost.id, args={}, door="clock")
    [verdict] = perform([noted], at=current_app.clock.now())
    return verdict.made


def remember_phone(response: Response, users: dict[str, str]) -> Response:
    """The cookie of the phone, signed, sent to the sign-in alone, and out of reach of scripts."""
    newest = dict(list(users.items())[-USERS_OF_A_PHONE_MAX:])
    response.set_cookie(
        PHONE_COOKIE,
        _phone_signer().dumps(newest),
        max_age=PHONE_COOKIE_DAYS * 24 * 3600,
        httponly=True,
        secure=current_app.config["BIHUAN"].secure,
        samesite="Strict",
        path=SIGN_IN,
    )
    return response


def _phone_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="phone")


def about_user(user: User) -> dict:
    """What a phone keeps of whoever signed in, and the history it is about to read."""
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
