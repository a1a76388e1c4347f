"""Sites and rooms: the ledger, one site floor by floor, and whether it takes people."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from server.access import allow
from server.console.asking import MomentField, Question, ReasonForm, act, ask
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.searching import searched
from server.console.shown import floor_of, local, moment, now, word
from server.console.words import WORDS
from server.domain.idle_rooms import queues, served_by
from server.domain.overstays import over_since
from server.domain.room_queue import Turning, turning_rooms
from server.domain.turnover_rules import turnover_rules_on
from server.domain.turnovers import WANTS_REASON
from server.store.database import db, settings
from server.store.lists import places as lists
from server.store.lists.places import Door
from server.store.lists.transfers import areas
from server.store.lists.turnovers import people_without_room
from server.store.rooms import Room
from server.store.sites import Site

TONES = {
    "ready": "fine",
    "reserved": "kept",
    **dict.fromkeys(lists.TURNOVER, "watch"),
    **dict.fromkeys(("blocked", "hold"), "stop"),
}


class PauseForm(Question):
    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=200)])
    until = MomentField(_l("到什么时候（可以不填）"))


@dataclass(frozen=True)
class Cell:
    """One room on the floor plan: one letter for its state, and what stands below it."""

    id: str
    number: str
    state: str
    tone: str
    note: str
    says: str
    overdue: bool


@console.get("/sites")
@allow("sites.read")
def list_sites():
    """The ledger of sites with their rooms counted."""
    args = request.args
    query = lists.sites(within("sites.read"), area=args.get("area"), state=args.get("state"), kind=args.get("kind"), search=searched())
    listing = Listing(query, lists.site_sorts(query), sort="area")
    if wants_export():
        return export(_("隔离点"), site_columns(), listing.all_rows())
    return show("sites", listing=listing, areas=areas(db.session), kinds=WORDS["site_kind"], states=WORDS["site_state"])


def site_columns() -> list:
    return [
        (_("编号"), lambda row: row.Site.code),
        (_("名称"), lambda row: row.Site.name),
        (_("种类"), lambda row: word(row.Site.kind, "site_kind")),
        (_("区域"), lambda row: row.Area.short),
        (_("状态"), lambda row: word(row.Site.state, "site_state")),
        (_("房间"), lambda row: row.rooms or 0),
        (_("可用"), lambda row: row.ready or 0),
        (_("已锁定"), lambda row: row.reserved or 0),
        (_("在住"), lambda row: row.occupied or 0),
        (_("周转中"), lambda row: row.turnover or 0),
        (_("值班电话"), lambda row: row.Site.duty_phone),
        (_("更新"), lambda row: moment(row.updated)),
    ]


@console.get("/sites/<id>")
@allow("sites.read")
def show_site(id: str):
    """One site, floor by floor."""
    site = one_site(id, "sites.read")
    session, state = db.session, request.args.get("state")
    doors = lists.rooms_of_site(session, id, within("people.read", "people.read_masked"))
    overdue = overdue_at(now(), doors)
    shown = [door for door in doors if state in (None, "", door.room.state, "overdue" if door.room.id in overdue else None)]
    turning = queue_of(site, [door.room for door in doors])
    counted = Counter(door.room.state for door in doors)
    return show(
        "site",
        site=site,
        area={area.id: area for area in areas(session)}.get(site.area_id),
        floors=floors_of(shown, overdue),
        counts={code: counted[code] for code in WORDS["room_state"] if counted[code]},
        overdue=len(overdue),
        turning=turning,
        late_count=sum(one.late_by(now()) is not None for one in turning),
        expected=lists.expected_at_site(session, id),
        staying=lists.staying_at_site(session, id),
        tones=TONES,
        state=state,
        pause_over=site.paused_until is not None and site.paused_until <= now(),
        updated=max((door.room.since for door in doors), default=None),
    )


def queue_of(site: Site, rooms: list[Room]) -> list[Turning]:
    """The rooms between two people, in the order in which they are worked."""
    rules = turnover_rules_on(local(now()).date())
    owed, served = people_without_room(db.session, site.id), served_by(site, queues(db.session))
    return turning_rooms(rooms, rules, at=now(), owed=owed, served=served)


def floors_of(doors: list[Door], overdue: set[str]) -> list[tuple[str, int, list[Cell]]]:
    """(floor, rooms ready, cells), building by building, the highest floor first."""
    floors, at = [], now()
    for (building, floor), group in groupby(sorted(doors, key=as_one_walks), key=lambda door: (door.room.building, door.room.floor)):
        cells = [cell_of(door, door.room.id in overdue, at) for door in group]
        floors.append((floor_of(building, floor), sum(cell.state == "ready" for cell in cells), cells))
    return floors


def as_one_walks(door: Door) -> tuple:
    """Building by building, from the highest floor down, door by door."""
    room = door.room
    return room.building, [-number for number in numbers_in(room.floor)], room.floor, numbers_in(room.number)


@lru_cache(10_000)
def numbers_in(text: str) -> list[int]:
    """`12床` before `100床`: the numbers that a floor or a door carries."""
    return [int(number) for number in re.findall(r"\d+", text)]


def cell_of(door: Door, overdue: bool, at: datetime) -> Cell:
    room = door.room
    why = room.reason or (_("没说原因") if room.state in WANTS_REASON else None)
    said = " · ".join(filter(None, [room.number, word(room.state, "room_state"), *door.names, door.code, why]))
    return Cell(room.id, room.number, room.state, "stop" if overdue else TONES.get(room.state, ""), note_of(door, at), said, overdue)


def note_of(door: Door, at: datetime) -> str:
    """What stands below the letter: until when it is kept, how long somebody stays, that nobody said why, how long it has been so."""
    room = door.room
    if room.state == "reserved":
        return f"{local(room.reserved_until):%H:%M}" if room.reserved_until else ""
    if room.state in ("occupied", "hold") and door.stays:
        return _("%(days)s天", days=(at - min(stay.checked_in_at for stay in door.stays)).days + 1)
    if room.state in WANTS_REASON and not room.reason:
        return _("为何？")
    return short_span(at - room.since) if room.state in (*lists.TURNOVER, "ready") else ""


def short_span(length) -> str:
    """`35分`, `3时`, `2天`: what fits into a cell."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 100:
        return _("%(minutes)s分", minutes=max(minutes, 0))
    return _("%(hours)s时", hours=minutes // 60) if minutes < 48 * 60 else _("%(days)s天", days=minutes // 1440)


def overdue_at(at: datetime, doors: list[Door]) -> set[str]:
    """The rooms in which somebody is who is expired and not vacated."""
    today, zone = local(at).date(), settings().time_zone
    here = ((door.room.id, stay) for door in doors for stay in door.stays)
    ended = [(room, stay) for room, stay in here if stay.released_at or (stay.due_on and stay.due_on < today)]
    return {room for room, stay in ended if (since := over_since(stay, zone)) and since <= at}


def one_site(id: str, *permissions: str) -> Site:
    return found_or_refuse(lists.one_site(db.session, within(*permissions), id), "site.unknown")


@console.route("/sites/<id>/opening", methods=["GET", "POST"])
@allow("sites.open")
def open_site(id: str):
    """From now on it takes people."""
    site = one_site(id, "sites.open")
    return ask(
        Question(),
        title=_("启用 %(name)s", name=site.name),
        back=url_for("console.show_site", id=id),
        says=_("从现在起可以往这里安排人。"),
        then=lambda: act("open_site", id) and None,
    )


@console.route("/sites/<id>/pause", methods=["GET", "POST"])
@allow("sites.open")
def pause_site(id: str):
    """For a while it takes nobody."""
    site = one_site(id, "sites.open")
    form = PauseForm(data={"reason": site.paused_reason} if site.state == "paused" else None)
    return ask(
        form,
        title=_("暂停接收 %(name)s", name=site.name),
        back=url_for("console.show_site", id=id),
        says=_("不能再往这里安排人；已经在路上的照常接收，请同时打电话商量。"),
        then=lambda: act("pause_site", id, reason=form.reason.data, until=form.until.data) and None,
    )


@console.route("/sites/<id>/closing", methods=["GET", "POST"])
@allow("sites.open")
def close_site(id: str):
    """It is given up."""
    site, form = one_site(id, "sites.open"), ReasonForm()
    return ask(
        form,
        title=_("退出 %(name)s", name=site.name),
        back=url_for("console.show_site", id=id),
        says=_("有人在住时不能退出。"),
        then=lambda: act("close_site", id, reason=form.reason.data) and None,
    )
