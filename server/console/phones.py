"""Phones: when each was last heard, what it still holds, its version; switching one off, and on again."""

from datetime import timedelta

from flask import request, url_for
from flask_babel import gettext as _

from server.access import allow
from server.console.asking import Question, act, ask
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.searching import searched
from server.console.shown import moment, now, word
from server.store.database import db
from server.store.lists import desk as lists
from server.store.users import Device

SILENT_AFTER = timedelta(minutes=15)
OVERDUE_AFTER = timedelta(hours=24)  # a phone that announced unsent work and is silent for so long
CLOCK_IS_WRONG_FROM_MS = 10 * 60_000


@console.get("/phones")
@allow("phones.read")
def list_phones():
    """Every phone, the one not heard for longest first."""
    args = request.args
    state = args.get("state", "")
    silent = {"silent": now() - SILENT_AFTER, "overdue": now() - OVERDUE_AFTER}.get(state)
    query = lists.phones(
        within("phones.read"),
        search=searched(),
        silent_before=silent,
        revoked={"revoked": True, "all": None, "emptied": None}.get(state, False),
        holding=state == "overdue",
        emptied=state == "emptied",
    )
    listing = Listing(query, lists.PHONE_SORTS, sort="seen")
    if wants_export():
        return export(_("手机"), phone_columns(), listing.all_rows())
    return show(
        "phones",
        listing=listing,
        wrong_clock=CLOCK_IS_WRONG_FROM_MS,
        silent_since=now() - SILENT_AFTER,
        overdue_since=now() - OVERDUE_AFTER,
    )


def phone_columns() -> list:
    return [
        (_("谁"), lambda row: row.User.name),
        (_("岗位"), lambda row: word(row.User.role, "role")),
        (_("最后联系"), lambda row: moment(row.Device.seen_at)),
        (_("没送的"), lambda row: row.Device.unsent),
        (_("版本"), lambda row: row.Device.app),
        (_("开始使用"), lambda row: moment(row.Device.enrolled_at)),
    ]


@console.route("/phones/<id>/revocation", methods=["GET", "POST"])
@allow("phones.manage")
def revoke_phone(id: str):
    """A lost phone: it can neither read nor deliver any more."""
    device = found_or_refuse(db.session.get(Device, id), "target.unknown")
    return ask(
        Question(),
        title=_("停用这部手机"),
        back=url_for("console.list_phones"),
        says=_("它立即退出登录，不能再看、也不能再送；手机里没送的 %(count)s 条要先请本人联网送出。", count=device.unsent),
        then=lambda: act("revoke_device", id) and None,
    )


@console.route("/phones/<id>/restoration", methods=["GET", "POST"])
@allow("phones.manage")
def restore_phone(id: str):
    """A phone that was found again: what waits on it is taken, and its person may sign in."""
    found_or_refuse(db.session.get(Device, id), "target.unknown")
    return ask(
        Question(),
        title=_("恢复这部手机"),
        back=url_for("console.list_phones", state="revoked"),
        says=_("只在手机回到本人手里时恢复：它没送的记录会接着送，本人可以再登录。"),
        then=lambda: act("restore_device", id) and None,
    )
