"""Users: who may sign in, where, in which role; one-time links instead of passwords; sessions that end at once."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from server import accounts
from server.access import allow, staff
from server.console.asking import ChoiceField, Question, act, ask, choices_from, line_field
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse
from server.console.searching import searched
from server.console.shown import now, word
from server.console.words import WORDS
from server.domain.permissions import ROLES
from server.store.areas import Community
from server.store.database import db
from server.store.lists import desk as lists
from server.store.lists.transfers import areas
from server.store.sites import Site
from server.store.users import User, UserCompound

FIELDS = ("name", "role", "level", "area_id", "site_id", "phone", "language")


class UserForm(Question):
    name = line_field(_l("姓名"))
    role = ChoiceField(_l("岗位"), [InputRequired()])
    level = ChoiceField(_l("级别（指挥部）"))
    area_id = ChoiceField(_l("区域（区专班、对口市）"))
    site_id = ChoiceField(_l("隔离点（接收员、负责人）"))
    phone = line_field(_l("电话"), 20, required=False)
    language = ChoiceField(_l("语言"), [InputRequired()])

    def offer_places(self) -> None:
        self.role.offer([(role, word(role, "role")) for role in ROLES])
        self.level.offer([(code, word(code, "level")) for code in WORDS["level"]], empty="—")
        self.area_id.offer([(area.id, area.name) for area in areas(db.session)], empty="—")
        self.site_id.offer([(site.id, site.name) for site in db.session.query(Site).order_by(Site.name)], empty="—")
        self.language.choices = choices_from([("zh", "中文"), ("en", "English")])


class CompoundsForm(Question):
    compounds = SelectMultipleField(_l("分管哪些小区"))


class NewUserForm(UserForm):
    username = StringField(
        _l("用户名（登录用）"), [InputRequired(), Length(max=40), Regexp(r"^[A-Za-z0-9_.-]+$", message=_l("只用字母、数字和 _ . -"))]
    )


@console.get("/users")
@allow("users.manage")
def list_users():
    """Everybody who has an account."""
    args = request.args
    query = lists.users(
        search=searched(), role=args.get("role"), disabled={"disabled": True, "all": None}.get(args.get("state", ""), False)
    )
    listing = Listing(query, lists.USER_SORTS, sort="name")
    if wants_export():
        return export(_("用户"), user_columns(), listing.all_rows())
    return show("users", listing=listing, roles=WORDS["role"])


def user_columns() -> list:
    return [
        (_("用户名"), lambda row: row.User.username),
        (_("姓名"), lambda row: row.User.name),
        (_("岗位"), lambda row: word(row.User.role, "role")),
        (_("区域"), lambda row: row.Area.short if row.Area else ""),
        (_("所在隔离点"), lambda row: row.Site.name if row.Site else ""),
        (_("电话"), lambda row: row.User.phone),
    ]


@console.route("/users/new", methods=["GET", "POST"])
@allow("users.manage")
def add_user():
    """A new account, and the link by which its owner sets a password."""
    form = NewUserForm()
    form.offer_places()
    values = lambda: {name: form[name].data or None for name in FIELDS if form[name].data} | {"username": form.username.data}  # noqa: E731
    return ask(
        form,
        title=_("新增用户"),
        back=url_for("console.list_users"),
        done=_("已新增。下一步：发邀请链接。"),
        then=lambda: url_for("console.show_user", id=act("add_user", **values()).made),
    )


@console.get("/users/<id>")
@allow("users.manage")
def show_user(id: str):
    """One account: where it may work, and its sessions."""
    user = one_user(id)
    session = db.session
    return show(
        "user",
        user=user,
        site=user.site_id and session.get(Site, user.site_id),
        area={area.id: area for area in areas(session)}.get(user.area_id),
        sessions=lists.sessions_of_user(session, id),
    )


def one_user(id: str) -> User:
    return found_or_refuse(db.session.get(User, id), "user.unknown")


@console.route("/users/<id>/edit", methods=["GET", "POST"])
@allow("users.manage")
def change_user(id: str):
    """Name, role, place. Whoever gets another role or place signs in again."""
    user = one_user(id)
    form = UserForm(obj=user) if request.method == "GET" else UserForm()
    form.offer_places()
    return ask(
        form,
        title=_("修改 %(name)s", name=user.name),
        back=url_for("console.show_user", id=id),
        says=_("换了岗位或地点的人要重新登录。"),
        then=lambda: act("change_user", id, **{name: form[name].data or None for name in FIELDS}) and None,
    )


@console.route("/users/<id>/compounds", methods=["GET", "POST"])
@allow("users.manage")
def give_compounds(id: str):
    """Which compounds a community worker looks after."""
    user, form = one_user(id), CompoundsForm()
    known = db.session.scalars(select(Community).order_by(Community.name))
    form.compounds.choices = choices_from((one.id, one.name) for one in known)
    if request.method == "GET":
        form.compounds.data = list(db.session.scalars(select(UserCompound.community_id).where(UserCompound.user_id == id)))
    return ask(
        form,
        title=_("%(name)s 分管的小区", name=user.name),
        back=url_for("console.show_user", id=id),
        then=lambda: act("give_compounds", id, compounds=form.compounds.data) and None,
    )


@console.route("/users/<id>/disabling", methods=["GET", "POST"])
@allow("users.manage")
def disable_user(id: str):
    """Nobody signs in with it any more; its sessions end at once."""
    user = one_user(id)
    return ask(
        Question(),
        title=_("停用 %(name)s", name=user.name),
        back=url_for("console.show_user", id=id),
        says=_("立即退出所有登录，不能再登录。"),
        then=lambda: act("disable_user", id) and None,
    )


@console.route("/users/<id>/enabling", methods=["GET", "POST"])
@allow("users.manage")
def enable_user(id: str):
    """The account works again."""
    user = one_user(id)
    return ask(
        Question(),
        title=_("恢复 %(name)s", name=user.name),
        back=url_for("console.show_user", id=id),
        then=lambda: act("enable_user", id) and None,
    )


@console.post("/users/<id>/invitation")
@allow("users.manage")
def invite_user(id: str):
    """A one-time link, shown once."""
    return show_link(id, accounts.invite(one_user(id).id, by=staff(), at=now()))


@console.post("/users/<id>/reset")
@allow("users.manage")
def reset_user(id: str):
    """The old password is worth nothing from now on; the link sets a new one."""
    return show_link(id, accounts.reset_password(one_user(id).id, by=staff(), at=now()))


def show_link(id: str, token: str):
    return show("invitation_link", user=one_user(id), link=url_for("console.accept_invitation", token=token, _external=True))
