"""The audit: the log of operations, by whom, what, when, from which door, and with what verdict."""

from datetime import datetime, timedelta

from flask import current_app, request
from flask_babel import gettext as _

from server.access import allow
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.searching import searched
from server.console.shown import moment, word
from server.console.words import WORDS
from server.domain.operations import OPERATIONS
from server.store.lists import desk as lists


@console.get("/operations")
@allow("audit.read")
def list_operations():
    """The log, newest first."""
    args = request.args
    query = lists.operations(
        author=searched("author"),
        type=args.get("type"),
        verdict=args.get("verdict"),
        door=args.get("door"),
        target=searched("target"),
        since=midnight(args.get("from")),
        until=midnight(args.get("to"), later=timedelta(days=1)),
    )
    listing = Listing(query, lists.OPERATION_SORTS, sort="-received", per_page=100)
    if wants_export():
        return export(_("审计"), operation_columns(), listing.all_rows())
    types = sorted((type, word(type, "operation")) for type in OPERATIONS)
    return show("operations", listing=listing, types=types, verdicts=WORDS["verdict"], doors=WORDS["door"])


def midnight(day: str | None, later: timedelta = timedelta()) -> datetime | None:
    """The beginning of this local day; nothing when it cannot be read."""
    try:
        begin = datetime.strptime(day or "", "%Y-%m-%d").replace(tzinfo=current_app.config["BIHUAN"].time_zone)
    except ValueError:
        return None
    return begin + later


def operation_columns() -> list:
    return [
        (_("收到"), lambda row: moment(row.Operation.received_at)),
        (_("发生"), lambda row: moment(row.Operation.happened_at)),
        (_("谁"), lambda row: row.User.name if row.User else _("系统")),
        (_("岗位"), lambda row: word(row.User.role, "role") if row.User else ""),
        (_("入口"), lambda row: word(row.Operation.door, "door")),
        (_("做了什么"), lambda row: word(row.Operation.type, "operation")),
        (_("对象"), lambda row: row.Operation.target),
        (_("结果"), lambda row: word(row.Operation.verdict, "verdict")),
        (_("原因码"), lambda row: row.Operation.code),
        (_("编号"), lambda row: row.Operation.id),
    ]
