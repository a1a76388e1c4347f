"""Signing in and out at a desk, the invitation that sets a first password, and the choice of language and theme."""

from flask import redirect, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from server.access import allow, check_password, close_session, digest, open_session, set_cookie, user_of_request
from server.accounts import take_invitation
from server.console.asking import Question
from server.console.language import language
from server.console.page import choices_address, console, home_of, known_choice, local_address, show
from server.console.shown import now
from server.problems import Refused, sentence, status_of
from server.store.database import db
from server.store.users import User


class SignInForm(Question):
    username = StringField(
        _l("用户名"), [InputRequired(), Length(max=40)], render_kw={"autocomplete": "username", "autocapitalize": "none"}
    )
    password = PasswordField(_l("密码"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"})


class InvitationForm(Question):
    password = PasswordField(
        _l("新密码"),
        [InputRequired(), Length(max=200)],
        description=_l("至少 12 个字符，可以是一句话。"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(_l("再输一次"), [EqualTo("password", _l("两次不一样。"))], render_kw={"autocomplete": "new-password"})


@console.get("/")
@allow("anyone")
def home():
    """Where this person's work begins; for a stranger, the door."""
    user = user_of_request()
    return redirect(home_of(user.role) if user else url_for("console.sign_in"))


@console.route("/sign-in", methods=["GET", "POST"])
@allow("anyone")
def sign_in():
    """The door."""
    form, status = SignInForm(), 200
    onward = local_address(request.args.get("next"))
    if form.validate_on_submit():
        try:
            user = check_password(form.username.data.strip(), form.password.data)
            return set_cookie(redirect(onward or home_of(user.role)), open_session(user))
        except Refused as refusal:
            form.refusal, status = sentence(refusal.code, language(), **refusal.values), status_of(refusal.code)
    return show("sign_in", form=form), status


@console.post("/sign-out")
@allow("anyone")
def sign_out():
    """End this session, on all workers at once."""
    return close_session(redirect(url_for("console.sign_in")))


@console.route("/invitation/<token>", methods=["GET", "POST"])
@allow("anyone")
def accept_invitation(token: str):
    """The one-time link by which somebody sets a password. Refuses: session.invitation_unknown."""
    user = invited_user(token)
    form, status = InvitationForm(), 200
    if form.validate_on_submit():
        try:
            take_invitation(token, form.password.data, at=now())
            return set_cookie(redirect(home_of(user.role)), open_session(user))
        except Refused as refusal:
            form.refusal, status = sentence(refusal.code, language(), **refusal.values), status_of(refusal.code)
    return show("invitation", form=form, user=user), status


def invited_user(token: str) -> User:
    user = db.session.scalar(select(User).where(User.invitation_hash == digest(token)))
    if user is None or user.disabled or user.invitation_until is None or user.invitation_until <= now():
        raise Refused("session.invitation_unknown")
    return user


@console.post("/choices")
@allow("anyone")
def choose():
    """Language and theme of this browser."""
    name, _space, value = request.form.get("choice", "").partition(" ")
    if not known_choice(name, value):
        raise Refused("request.unreadable")
    return choices_address(name, value)
