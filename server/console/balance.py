"""In and out: does the register fill up or empty? By place and by day, and whom the partner cities have taken over (S0-2, S0-33)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import current_app, request
from flask_babel import gettext as _

from server.access import allow
from server.console.charts import Bars, bars_of
from server.console.listing import export, wants_export
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import day, local, now, word
from server.domain.backlog import GROUPS
from server.domain.balance import BAND, Flow, cover_days
from server.store.areas import Area
from server.store.database import db
from server.store.lists import balance as lists
from server.store.lists.transfers import areas
from server.store.sites import Site

DAYS = (1, 3, 7, 14)
SHOWN_DAYS = 14


@dataclass(frozen=True)
class Row:
    """One place in the period: a sum, an area or a site."""

    name: str
    flow: Flow
    days: float
    area: Area | None = None
    site: str | None = None
    is_sum: bool = False

    @property
    def cover(self) -> float | None:
        return cover_days(self.flow.ready, self.flow.net / self.days)


@dataclass(frozen=True)
class Taken:
    """What one partner city has taken over, by group."""

    area: Area
    positive: int
    contact: int
    other: int

    @property
    def people(self) -> int:
        return self.positive + self.contact + self.other


@console.get("/balance")
@allow("sites.read")
def show_balance():
    """In, out, net and ratio of the last days by place, and of each day."""
    session, reached, chosen = db.session, within("sites.read"), request.args.get("area") or None
    days = days_shown(lists.register_began(session))
    asked = (session, reached, [*map(day_begins, days), now() + timedelta(seconds=1)], days[:-1])
    if wants_export():
        return export(
            _("进出平衡"), balance_columns(days), rows_to_export(lists.sites_by_place(session, reached), lists.flows(*asked), days)
        )
    by = Site.id if chosen else Site.area_id
    here = lists.areas_with_sites(session, reached)
    places = lists.sites_by_place(session, reached, chosen) if chosen else here
    counted, ready = lists.flows(*asked, by=by, area=chosen), lists.ready_rooms(session, reached, by)
    period = request.args.get("days", type=int) if request.args.get("days", type=int) in DAYS else DAYS[1]
    wanted = range(max(len(days) - period, 0), len(days))
    span = (now() - day_begins(days[wanted[0]])) / timedelta(days=1)
    since = paired_since(areas(session), days[0])
    rows = (sites_rows if chosen else areas_rows)(places, lambda id: flow_in(counted, id, wanted, ready.get(id, 0)), span)
    daily = list(zip(days, flow_by_day(counted, days), strict=True))
    return show(
        "balance",
        rows=rows,
        whole=rows[0] if rows else None,
        daily=daily,
        chart=bars_of([Bars(day(on), (flow.came, flow.left)) for on, flow in daily]),
        taken=taken_of(lists.taken_over(session, reached, day_begins(since)), areas(session)),
        since=since,
        began=days[0],
        areas=sorted(here, key=lambda area: (area.kind, area.short)),
        periods=[(str(count), _("今天") if count == 1 else _("%(days)s 天", days=count)) for count in DAYS],
        period=period,
        band=BAND,
    )


def days_shown(began: datetime | None) -> list[date]:
    """The local days up to today, at most fourteen, none before the register began."""
    today = local(now()).date()
    first = max(today - timedelta(days=SHOWN_DAYS - 1), local(began).date() if began else today)
    return [first + timedelta(days=number) for number in range((today - first).days + 1)]


def day_begins(on: date) -> datetime:
    return datetime.combine(on, time.min, current_app.config["BIHUAN"].time_zone)


def flow_in(counted: dict, place: str, numbers, ready: int) -> Flow:
    """What the days of these numbers add up to at one site, or in one area."""
    pairs = [counted.get((place, number), (0, 0)) for number in numbers]
    return Flow(sum(came for came, _left in pairs), sum(left for _came, left in pairs), ready)


def flow_by_day(counted: dict, days: list[date]) -> list[Flow]:
    """What all places together add up to, a day a figure."""
    sums = [[0, 0] for _day in days]
    for (_place, number), (came, left) in counted.items():
        sums[number][0] += came
        sums[number][1] += left
    return [Flow(came, left, 0) for came, left in sums]


def sum_of(flows) -> Flow:
    return sum(flows, Flow())


def sites_rows(places: list, flow_of: Callable[[str], Flow], days: float) -> list[Row]:
    """One area, and its sites."""
    rows = [Row(row.Site.name, flow_of(row.Site.id), days, site=row.Site.id) for row in places]
    return [Row(places[0].Area.short, sum_of(row.flow for row in rows), days, area=places[0].Area, is_sum=True), *rows] if rows else []


def areas_rows(places: list[Area], flow_of: Callable[[str], Flow], days: float) -> list[Row]:
    """The city with its areas, and the partner cities."""
    rows: list[Row] = []
    for name, partner in ((_("本市"), False), (_("对口市"), True)):
        each = [Row(area.short, flow_of(area.id), days, area) for area in places if (area.kind == lists.PARTNER) is partner]
        if each:
            rows += [Row(name, sum_of(row.flow for row in each), days, is_sum=True), *each]
    return rows


def paired_since(known: list[Area], otherwise: date) -> date:
    """The day on which the first unit was paired with a city (S3-6); where none is, the first day shown."""
    return min((area.tier_from for area in known if area.partner_id and area.tier_from), default=otherwise)


def taken_of(counted: dict[tuple[str, str], int], known: list[Area]) -> list[Taken]:
    """A row for each partner city that has taken somebody, the most first."""
    rows = []
    for area in known:
        groups = {"positive": 0, "contact": 0, "other": 0}
        for (place, category), people in counted.items():
            if place == area.id:
                groups[GROUPS.get(category, "other")] += people
        rows.append(Taken(area, **groups))
    return sorted((row for row in rows if row.people), key=lambda row: -row.people)


def rows_to_export(places: list, counted: dict, days: list[date]) -> list:
    """One row a site and day."""
    return [(row, on, flow_in(counted, row.Site.id, [number], 0)) for row in places for number, on in enumerate(days)]


def balance_columns(days: list[date]) -> list:
    return [
        (_("日期"), lambda one: str(one[1])),
        (_("区域"), lambda one: one[0].Area.short),
        (_("编号"), lambda one: one[0].Site.code),
        (_("名称"), lambda one: one[0].Site.name),
        (_("进"), lambda one: one[2].came),
        (_("出"), lambda one: one[2].left),
        (_("净增"), lambda one: one[2].net),
        (_("出÷进"), lambda one: round(one[2].ratio, 2) if one[2].ratio is not None else ""),
        (_("判断"), lambda one: word(one[2].standing, "balance")),
    ]
