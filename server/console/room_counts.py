"""Count rounds: floors that somebody walked, beside what the register said at that moment, room by room where the two differ."""

from datetime import timedelta

from flask import request
from flask_babel import gettext as _

from server.access import allow
from server.console.ledger import percent
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import floor_of, moment, now, word
from server.domain.ledger import counting_error
from server.store.database import db
from server.store.lists import ledger as lists
from server.store.lists.transfers import areas
from server.store.room_counts import RoomCount

TOLD_OF = timedelta(days=7)


@console.get("/room-counts")
@allow("sites.read")
def list_room_counts():
    """Every floor that was counted, the newest first."""
    query = lists.room_counts(within("sites.read"), area=request.args.get("area"), differing=request.args.get("state") == "differing")
    listing = Listing(query, lists.COUNT_SORTS, sort="-at")
    if wants_export():
        return export(_("清点"), count_columns(), listing.all_rows())
    registered, occupied, differing = lists.counted_since(db.session, within("sites.read"), now() - TOLD_OF)
    return show(
        "room_counts", listing=listing, areas=areas(db.session), differing=differing, differing_rooms=differing_rooms,
        registered=registered, occupied=occupied, error=percent(counting_error(registered, occupied)),
    )  # fmt: skip


def differing_rooms(count: RoomCount) -> list[tuple[str, str, str]]:
    """(number, what was seen, what the register says) of the rooms of which the two differ."""
    return [
        (line["number"], word(line["seen"], "seen_behind"), word(line["register"], "room_state"))
        for line in count.seen
        if line["seen"] != "unclear" and (line["seen"] == "occupied") != (line["register"] == "occupied")
    ]


def count_columns() -> list:
    return [
        (_("所在隔离点"), lambda row: row.Site.name),
        (_("区域"), lambda row: row.Area.short),
        (_("楼层"), lambda row: floor_of(row.RoomCount.building, row.RoomCount.floor)),
        (_("清点时间"), lambda row: moment(row.RoomCount.counted_at)),
        (_("谁"), lambda row: row.by),
        (_("看了"), lambda row: len(row.RoomCount.seen)),
        (_("清点有人"), lambda row: row.RoomCount.occupied),
        (_("登记有人"), lambda row: row.RoomCount.registered),
        (_("不一样"), lambda row: "；".join(f"{number} {seen} / {register}" for number, seen, register in differing_rooms(row.RoomCount))),
    ]
