"""The ledger: rooms by state, area, site and class; rooms idle while people wait; stays that are over. Each figure says its age."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask import request, url_for
from flask_babel import gettext as _

from server.access import allow
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import day, local, moment, now, word
from server.domain.backlog import GROUPS
from server.domain.idle_rooms import Queue, Served, idle_since, queues, served_by
from server.domain.ledger import DAY, SITES_IN_USE, Rooms, RoomUse, agree, middle, parts_of, rooms_of
from server.domain.overstays import is_over, over_since
from server.store.areas import Area
from server.store.database import db, settings
from server.store.json_text import parse
from server.store.lists import ledger as lists
from server.store.lists.places import held_with_guests
from server.store.lists.transfers import areas
from server.store.rooms import Stay
from server.store.sites import Site

ORDERS = ("area", "site", "class")
PERIOD_DAYS = 7
FRESH = timedelta(hours=1)


@dataclass
class Row:
    """One area, site or class, or all together: how its rooms stand now, and what they did in the days that were kept."""

    name: str
    address: str | None = None
    tier: str | None = None
    rooms: Rooms = Rooms()
    use: RoomUse = RoomUse()
    turnovers: list = field(default_factory=list)
    vacated_after: list[int] = field(default_factory=list)  # minutes from release to leaving, of each who left in those days

    @property
    def parts(self) -> dict[str, tuple[float, float]]:
        return parts_of(self.turnovers)

    @property
    def vacating(self) -> tuple[float, int] | None:
        """Minutes from release to vacated: the median and the most."""
        return (middle(self.vacated_after), max(self.vacated_after)) if self.vacated_after else None


@dataclass(frozen=True)
class Period:
    """The days that were kept, up to seven: the ledger tells of them what cannot be told of a moment."""

    since: date
    until: date
    written_at: datetime

    @property
    def seconds(self) -> float:
        return ((self.until - self.since).days + 1) * DAY


# ---- the ledger ----


@console.get("/ledger")
@allow("sites.read")
def show_ledger():
    """Rooms by state now, and what they did in the last days: an area, a site or a class a row."""
    order = request.args.get("by") if request.args.get("by") in ORDERS else "area"
    area, period = request.args.get("area"), period_kept()
    rows = rows_by(order, lists.sites_with_areas(db.session, within("sites.read"), area), Figures(period, area))
    if wants_export():
        return export(_("台账"), ledger_columns(), rows)
    sums = Row(_("合计"), rooms=sum((row.rooms for row in rows), Rooms()), use=sum((row.use for row in rows), RoomUse()))
    sums.turnovers = [turnover for row in rows for turnover in row.turnovers]
    sums.vacated_after = [minutes for row in rows for minutes in row.vacated_after]
    return show(
        "ledger", rows=rows, order=order, orders=ORDERS, areas=areas(db.session), sums=sums, period=period, fresh=freshness(), agree=agree
    )  # fmt: skip


def period_kept() -> Period | None:
    """The last seven days that have rows, or fewer where the register began later."""
    first, last = lists.days_kept(db.session)
    return last and Period(max(first, last - timedelta(days=PERIOD_DAYS - 1)), last, lists.written_at(db.session, last))


class Figures:
    """What the rows are put together from, each read once for all sites."""

    def __init__(self, period: Period | None, area: str | None):
        session = db.session
        self.now, self.behind_hold = lists.rooms_by_state(session), held_with_guests(session)
        kept = lists.sums_of_days(session, period.since, period.until) if period else []
        self.uses = {row.site_id: use_of(row, period) for row in kept}
        self.vacated_after = {row.site_id: [int(minutes) for minutes in row.vacated_after.split(",")] for row in kept if row.vacated_after}
        self.turnovers: dict[str, list] = {}
        for row in lists.turnovers_since(session, within("sites.read"), now() - timedelta(days=PERIOD_DAYS), area):
            self.turnovers.setdefault(row.site_id, []).append(row)


def use_of(row, period: Period) -> RoomUse:
    return RoomUse(
        seconds=period.seconds,
        available=row.available_seconds,
        occupied=row.occupied_seconds,
        check_ins=row.check_ins,
        check_outs=row.check_outs,
        ready=row.ready_seconds,
        idle=row.idle_seconds,
        reservations=row.reservations,
        expired=row.expired,
    )


def freshness() -> tuple[int, int]:
    """(sites in use of which a room changed in the last hour, all of them): how old the figures are (§6.1, data age)."""
    changes = lists.last_changes(db.session)
    used = [site.id for site, _area in lists.sites_with_areas(db.session, within("sites.read")) if site.state in SITES_IN_USE]
    known = [changes[id] for id in used if id in changes]
    return sum(now() - at <= FRESH for at in known), len(known)


def rows_by(order: str, sites: list, figures: Figures) -> list[Row]:
    """The rooms of these sites, put together by area, site or class; what has no rooms is left out."""
    rows: dict[str, Row] = {}
    for site, area in sites:
        key, row = {"area": row_of_area, "site": row_of_site, "class": row_of_class}[order](site, area)
        row = rows.setdefault(key, row)
        row.rooms += rooms_of(site.state, figures.now.get(site.id, {}), figures.behind_hold.get(site.id, 0))
        row.use += figures.uses.get(site.id, RoomUse())
        row.turnovers += figures.turnovers.get(site.id, [])
        row.vacated_after += figures.vacated_after.get(site.id, [])
    return [row for row in rows.values() if row.rooms.all]


def row_of_area(_site: Site, area: Area) -> tuple[str, Row]:
    return area.id, Row(area.name, url_for("console.show_ledger", by="site", area=area.id), area.tier)


def row_of_site(site: Site, area: Area) -> tuple[str, Row]:
    return site.id, Row(f"{site.name} {site.code}", url_for("console.show_site", id=site.id), area.tier)


def row_of_class(site: Site, _area: Area) -> tuple[str, Row]:
    """Whom the site takes: positives, contacts, or (nothing said, or both) anybody."""
    groups = {GROUPS.get(category, category) for category in site.accepts} & {"positive", "contact"}
    key = groups.pop() if len(groups) == 1 else "anybody"
    return key, Row({"positive": _("收阳性"), "contact": _("收密接等"), "anybody": _("都收")}[key])


def ledger_columns() -> list:
    def count(name: str) -> Callable:
        return lambda row: getattr(row.rooms, name)

    def hours(seconds: float | None) -> float | str:
        return "" if seconds is None else round(seconds / 3600, 2)

    return [
        (_("名称"), lambda row: row.name),
        (_("房间"), count("all")),
        (_("可用"), count("ready")),
        (_("已锁定"), count("reserved")),
        (_("在住"), count("occupied")),
        (_("周转中"), count("turnover")),
        (_("停用、待检"), count("closed")),
        (_("未启用"), count("not_enabled")),
        (_("入住率，现在"), lambda row: percent(row.rooms.occupancy)),
        (_("入住率，几天"), lambda row: percent(row.use.occupancy)),
        (_("进"), lambda row: row.use.check_ins),
        (_("出"), lambda row: row.use.check_outs),
        (_("平均住，小时"), lambda row: hours(row.use.average_stay)),
        (_("周转间隔，小时"), lambda row: hours(row.use.turnover_interval)),
        (_("周转用时中位，小时"), lambda row: hours(row.parts.get("whole", (None,))[0])),
        (_("解除到离点中位，小时"), lambda row: hours(row.vacating and 60 * row.vacating[0])),
        (_("解除到离点最长，小时"), lambda row: hours(row.vacating and 60 * row.vacating[1])),
        (_("空置未用，间·时"), lambda row: hours(row.use.idle)),
        (_("锁房过期"), lambda row: row.use.expired),
        (_("锁房过期率"), lambda row: percent(row.use.expired_share)),
        (_("截至"), lambda row: moment(now())),
    ]


def percent(part: float | None) -> str:
    """`88.4%`, or a dash where there is nothing to divide by."""
    return "—" if part is None else f"{100 * part:.1f}%"


# ---- idle rooms ----


@console.get("/idle-rooms")
@allow("sites.read")
def list_idle_rooms():
    """Rooms that stand ready while somebody waits whom they could serve, the longest idle first."""
    waiting, area = queues(db.session), request.args.get("area")
    takes = {said: tuple(parse(said)) for said in lists.whom_sites_take(db.session)}
    served = {accepts: served_by(Site(state="open", accepts=accepts), waiting) for accepts in takes.values()}
    serving = lists.Serving(
        by_any=[said for said, accepts in takes.items() if served[accepts].by_any],
        by_barrier_free=[said for said, accepts in takes.items() if served[accepts].by_barrier_free],
        by_all=all(one.by_any for one in served.values()),
    )
    reached = within("sites.read")
    total = lists.count_ready_rooms(db.session, reached, serving, area)
    listing = Listing(lists.ready_rooms(reached, serving, area), lists.IDLE_SORTS, "since", total=total)
    if wants_export():
        return export(_("空置未用"), idle_columns(served), listing.all_rows())
    return show(
        "idle_rooms", listing=listing, areas=areas(db.session), waiting=waiting, people=sum(queue.people for queue in waiting),
        idle=[(row, *idle_and_whom(row, served)) for row in listing.rows],
    )  # fmt: skip


def idle_and_whom(row, served: dict[tuple[str, ...], Served]) -> tuple[datetime, int, list[str], bool]:
    """Since when this room stands idle, how many people it could serve, of which categories, and whether some need it barrier-free."""
    could = served[tuple(row.Site.accepts)].by_room(row.Room.kind)
    categories = sorted({queue.category or "unknown" for queue in could})
    return idle_since(row.Room.since, could), people_in(could), categories, any(queue.barrier_free for queue in could)


def people_in(some: tuple[Queue, ...]) -> int:
    return sum(queue.people for queue in some)


def idle_columns(served: dict[tuple[str, ...], Served]) -> list:
    return [
        (_("房号"), lambda row: row.Room.number),
        (_("所在隔离点"), lambda row: row.Site.name),
        (_("区域"), lambda row: row.Area.short),
        (_("房型"), lambda row: word(row.Room.kind, "room_kind")),
        (_("可用自"), lambda row: moment(row.Room.since)),
        (_("空置小时"), lambda row: round((now() - idle_and_whom(row, served)[0]).total_seconds() / 3600, 1)),
        (_("能住的人"), lambda row: idle_and_whom(row, served)[1]),
    ]


# ---- overstays ----


@console.get("/overstays")
@allow("sites.read")
def list_overstays():
    """People who are expired and not vacated, the longest first."""
    reached = within("people.read", "people.read_masked")
    over = is_over(lists.Over, local(now()).date(), now(), lists.Over.ended_at.is_(None))
    query = lists.overstays(within("sites.read"), reached, over, request.args.get("area"))
    listing = Listing(query, lists.OVERSTAY_SORTS, sort="due")
    if wants_export():
        return export(_("到期未腾退"), overstay_columns(), listing.all_rows())
    return show("overstays", listing=listing, areas=areas(db.session), over=over_for)


def overstay_columns() -> list:
    return [
        (_("房号"), lambda row: row.Room.number if row.Room else ""),
        (_("姓名"), lambda row: row.name),
        (_("类别"), lambda row: word(row.Stay.category, "category")),
        (_("所在隔离点"), lambda row: row.Site.name),
        (_("区域"), lambda row: row.Area.short),
        (_("到期"), lambda row: day(row.Stay.due_on)),
        (_("解除"), lambda row: moment(row.Stay.released_at) if row.Stay.released_at else ""),
        (_("最迟腾退"), lambda row: moment(row.Stay.vacate_due_at) if row.Stay.vacate_due_at else ""),
        (_("超期小时"), lambda row: round(over_for(row.Stay) / timedelta(hours=1), 1)),
    ]


def over_for(stay: Stay) -> timedelta:
    """How long somebody who is expired is still here."""
    return now() - over_since(stay, settings().time_zone)
