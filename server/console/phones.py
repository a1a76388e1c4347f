"""Phones: when each was last heard, what it still holds, its version; and switching one off."""

from datetime import timedelta

from flask import request, url_for
from flask_babel import gettext as _

from server.access import allow
from server.console.asking import Question, act, ask
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.shown import moment, now, word
from server.store.database import db
from server.store.lists import desk as lists
from server.store.users import Device

SILENT_AFTER = timedelta(minutes=15)
CLOCK_IS_WRONG_FROM_MS = 10 * 60_000


@console.get("/phones")
@allow("phones.read")
def list_phones():
    """Every phone, the one not heard for longest first."""
    args = request.args
    silent = now() - SILENT_AFTER if args.get("state") == "silent" else None
    revoked = {"revoked": True, "all": None}.get(args.get("state", ""), False)
    listing = Listing(
        lists.phones(within("phones.read"), search=args.get("search"), silent_before=silent, revoked=revoked),
        lists.PHONE_SORTS,
        sort="seen",
    )
    if wants_export():
        return export(_("手机"), phone_columns(), listing.all_rows())
    return show("phones", listing=listing, wrong_clock=CLOCK_IS_WRONG_FROM_MS, silent_since=now() - SILENT_AFTER)


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
