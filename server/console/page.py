"""The console's blueprint, and what every page of it has: navigation with counts, language, theme, the clock."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from server.access import may
from server.console.language import LANGUAGES, language
from server.console.listing import address
from server.console.reach import sees_doors, within
from server.console.shown import local, now
from server.phone_shell import built
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.lists import imports as import_lists
from server.store.transfers import Transfer

console = Blueprint("console", __name__)
THEMES = ("light", "dark")


@console.app_context_processor
def every_page() -> dict:
    """What the layout and the components may use."""
    settings = current_app.config["BIHUAN"]
    return {
        "language": language(),
        "theme": request.cookies.get("theme") if request.cookies.get("theme") in THEMES else None,
        "time_now": now(),
        "demo": settings.demo,
        **shown_navigation(),
    }


@console.record_once
def every_macro(state) -> None:
    """What components may call too: Jinja gives imported macros the globals alone."""
    state.app.jinja_env.globals.update(built=built, may=may, address=address, local=local, sees_doors=sees_doors)


def home_of(role: str) -> str:
    """Where a role's work begins."""
    if role in ("driver", "escort", "receiver", "site_head"):
        return "/app/"
    places = {"community_worker": "console.list_compounds", "partner_desk": "console.list_docking", "administrator": "console.list_users"}
    return url_for(places.get(role, "console.show_today"))


def shown_navigation() -> dict:
    """The pages this person may open, and which of them this is: the one whose address this one continues furthest."""
    groups = navigation() if g.get("user") else []
    pages = [(url_for(endpoint), endpoint) for group in groups for endpoint, _name, _waiting in group]
    within_page = [(len(start), endpoint) for start, endpoint in pages if request.path == start or request.path.startswith(f"{start}/")]
    return {"navigation": groups, "page_of": max(within_page, default=(0, None))[1]}


def navigation() -> list[list[tuple[str, str, int | None]]]:
    """The pages this person may open, in groups: (endpoint, name, how many wait there)."""
    return [
        [entry for permission, *entry in group if any(may(one) for one in permission.split(" or "))]
        for group in (_work(), _places(), _house())
    ]


def _work() -> list[tuple]:
    return [
        ("today.read", "console.show_today", _("今天"), None),
        ("people.read or people.read_masked", "console.list_people", _("人员"), None),
        ("stays.read", "console.list_stays", _("在住人员"), None),
        ("transfers.read", "console.list_transfers", _("转运"), _open_transfers() if may("transfers.read") else None),
        ("docking.answer", "console.list_docking", _("对接"), None),
        ("transfers.make", "console.list_returns", _("点对点返回"), None),
        ("imports.read", "console.list_imports", _("导入"), None),
        ("imports.read", "console.list_held_rows", _("待补正"), _held_rows() if may("imports.read") else None),
    ]


def _places() -> list[tuple]:
    return [
        ("doors.log", "console.list_compounds", _("各小区"), None),
        ("sites.read", "console.list_sites", _("隔离点"), None),
        ("sites.read", "console.show_balance", _("进出平衡"), None),
        ("today.read", "console.show_forecast", _("72小时预测"), None),
        ("sites.read", "console.show_ledger", _("台账"), None),
        ("sites.read", "console.list_packs", _("防控方案"), None),
        ("vehicles.read", "console.list_vehicles", _("车辆"), None),
        ("sites.read or vehicles.read", "console.list_contacts", _("电话"), None),
        ("conflicts.read", "console.list_conflicts", _("冲突"), _open_conflicts() if may("conflicts.read") else None),
        ("conflicts.resolve", "console.list_quarantine", _("搁置"), None),
        ("phones.read", "console.list_phones", _("手机"), None),
    ]


def _house() -> list[tuple]:
    return [
        ("users.manage", "console.list_users", _("用户"), None),
        ("audit.read", "console.list_operations", _("审计"), None),
    ]


def _open_transfers() -> int:
    return db.session.scalar(select(func.count(Transfer.id)).where(Transfer.ended_at.is_(None), within("transfers.read").transfers()))


def _open_conflicts() -> int:
    return db.session.scalar(select(func.count(Conflict.id)).where(Conflict.state != "closed", within("conflicts.read").conflicts()))


def _held_rows() -> int:
    return import_lists.count_waiting(db.session, within("imports.read"))


def local_address(wanted: str | None) -> str | None:
    """The address to go on to, if it is one of this server's own pages. Browsers leave out tabs and line ends: `/⇥/x` is `//x`."""
    ours = wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else None


def show(template: str, **values) -> str:
    """One page of the console."""
    return render_template(f"console/{template}.html", **values)


def choices_address(name: str, value: str):
    """Back to where the person was, with a choice of this browser kept (language, theme)."""
    response = redirect(local_address(request.form.get("next")) or url_for("console.home"))
    secure = current_app.config["BIHUAN"].secure
    response.set_cookie(name, value, max_age=365 * 24 * 3600, samesite="Lax", secure=secure, httponly=True)
    return response


def known_choice(name: str, value: str) -> bool:
    return (name, value) in {("language", one) for one in LANGUAGES} | {("theme", one) for one in (*THEMES, "system")}
