"""Do the rooms last for 72 hours? What is known and what is assumed, hour by hour; the shortfall with place, hour and size."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

from server.access import allow, may
from server.console.asking import Question, act, ask, choices_from
from server.console.charts import LineChart, line_of
from server.console.comes_first import areas_that_come_first
from server.console.listing import export, wants_export
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import day, local, moment, now, word
from server.domain.assumptions import GROUPS, HOURS_MAX, assumptions
from server.domain.closing import OUTSIDE, Around, Reserve, Way, ways_to_close
from server.domain.forecast import HOURS, Hour, Shortfall, shortfall
from server.domain.freed_rooms import HOURS_MAX as FREED_HOURS_MAX
from server.domain.freed_rooms import freed_rooms_first
from server.domain.outlook import Outlook, group_of_sites, outlook
from server.store.areas import Area
from server.store.database import db
from server.store.lists.pipeline import pipeline_rooms, standby_rooms
from server.store.lists.transfers import areas
from server.store.lists.within import Within

EVERY_HOURS = 6


class AssumptionsForm(Question):
    overdue_within_hours = IntegerField(_l("已过时限的人，多少小时内转走"), [InputRequired(), NumberRange(1, HOURS_MAX)])
    held_within_hours = IntegerField(_l("已锁房的人，多少小时内到"), [InputRequired(), NumberRange(1, HOURS_MAX)])
    expired_within_hours = IntegerField(_l("到期未走的人，多少小时内腾退"), [InputRequired(), NumberRange(1, HOURS_MAX)])


class FreedRoomsForm(Question):
    areas = SelectMultipleField(_l("先给哪些区的人（不选就没有先后）"), [Optional()])
    hours = IntegerField(_l("腾退后多少小时内算新腾退"), [InputRequired(), NumberRange(1, FREED_HOURS_MAX)])


@dataclass(frozen=True)
class Outcome:
    """One place and group: the hours, the shortfall, and what the figures rest on."""

    name: str
    group: str
    rows: list[Hour]
    area: Area | None = None

    @property
    def short(self) -> Shortfall | None:
        return shortfall(self.rows)

    def total(self, figure: str, hours: int = HOURS) -> int:
        """What comes together within so many hours."""
        return round(sum(getattr(row, figure) for row in self.rows[:hours]))


@dataclass(frozen=True)
class Panel:
    """What one group's panel shows."""

    outcome: Outcome
    chart: LineChart
    steps: list[tuple[datetime, dict[str, float]]]
    ways: list[Way]
    ready: int


@console.get("/forecast")
@allow("today.read")
def show_forecast():
    """The next 72 hours of the city, or of the reader's own area, by group; then area by area."""
    reached, session = within("today.read"), db.session
    seen = outlook(session, reached, now(), current_app.config["BIHUAN"].time_zone)
    mine = [area for area in areas(session) if area.kind != OUTSIDE and (reached.everything or area.id == reached.area)]
    whole = {group: whole_of(seen, mine, reached, group) for group in GROUPS}
    by_area = [Outcome(area.short, group, seen.hours([area.id], [area.id], group), area) for area in mine for group in GROUPS]
    if wants_export():
        return export(_("72小时预测"), forecast_columns(), rows_to_export(seen, [*whole.values(), *by_area]))
    return show(
        "forecast",
        seen=seen,
        panels=[panel_of(seen, whole[group], mine, reached) for group in GROUPS],
        by_area=[one for one in by_area if one.rows[0].spare or one.total("arrive") or one.total("vacated")],
        new=[(area, {group: seen.new_a_day.get((area.id, group), 0) for group in GROUPS}) for area in mine],
        told=seen.assumed.new_a_day,
        may_change=may("plan.set"),
        comes_first=areas_that_come_first(),
        openings=pipeline_rooms(session, local(seen.at).date() + timedelta(days=3)),
        hour_of=lambda hour: seen.at + timedelta(hours=hour),
    )


def whole_of(seen: Outlook, mine: list[Area], reached: Within, group: str) -> Outcome:
    """All areas of the reader together; people without an area count with the city."""
    ids = [area.id for area in mine]
    name = _("本市") if reached.everything else ids and mine[0].short or ""
    return Outcome(name, group, seen.hours(ids, [*ids, None] if reached.everything else ids, group))


def panel_of(seen: Outlook, outcome: Outcome, mine: list[Area], reached: Within) -> Panel:
    short, group = outcome.short, outcome.group
    around = around_of(mine, reached)
    ways = ways_to_close(seen, around, group, short, reserves()) if short else []
    return Panel(
        outcome=outcome,
        chart=line_of([row.spare for row in outcome.rows], days_begin(seen.at)),
        steps=steps_of(seen, outcome.rows),
        ways=ways,
        ready=seen.supply_of([area.id for area in mine], group).ready,
    )


def around_of(mine: list[Area], reached: Within) -> Around:
    """Where help may come from: of a whole city the partner cities; of one area also the other areas. Its own partner comes first."""
    ids = [area.id for area in mine]
    others = [area for area in areas(db.session) if area.id not in ids]
    own = {area.partner_id for area in mine}
    partners = sorted((area for area in others if area.kind == OUTSIDE), key=lambda area: (area.id not in own, area.short))
    return Around(
        short=(*ids, None) if reached.everything else tuple(ids),
        units=tuple(area.id for area in others if area.kind != OUTSIDE),
        partners=tuple((area.id, area.name) for area in partners),
    )


def reserves() -> list[Reserve]:
    """The standby sites with their rooms."""
    return [Reserve(site.name, group_of_sites(site.accepts), rooms) for site, rooms in standby_rooms(db.session)]


def days_begin(at: datetime) -> list[tuple[int, str]]:
    """The hours at which the coming days begin, and their names."""
    first = 24 - local(at).hour
    hours = [hour for hour in range(first, HOURS, 24)]
    return [(hour, day(at + timedelta(hours=hour))) for hour in hours]


def steps_of(seen: Outlook, rows: list[Hour]) -> list[tuple[datetime, dict[str, float]]]:
    """(until when, what came in these six hours and what is left): the table that says what the drawing shows."""
    steps = []
    for first in range(0, HOURS, EVERY_HOURS):
        part = rows[first : first + EVERY_HOURS]
        sums = {name: round(sum(getattr(row, name) for row in part)) for name in ("arrive", "vacated", "ready_again", "opened")}
        steps.append((seen.at + timedelta(hours=first + EVERY_HOURS), {**sums, "spare": round(part[-1].spare)}))
    return steps


def rows_to_export(seen: Outlook, outcomes: list[Outcome]) -> list:
    return [(one, row, seen.at + timedelta(hours=row.hour + 1)) for one in outcomes for row in one.rows]


def forecast_columns() -> list:
    return [
        (_("地方"), lambda one: one[0].name),
        (_("种类"), lambda one: word(one[0].group, "group")),
        (_("到"), lambda one: moment(one[2])),
        (_("要来的人"), lambda one: round(one[1].arrive, 1)),
        (_("腾出"), lambda one: round(one[1].vacated, 1)),
        (_("周转好"), lambda one: round(one[1].ready_again, 1)),
        (_("新启用"), lambda one: round(one[1].opened, 1)),
        (_("余房"), lambda one: round(one[1].spare, 1)),
    ]


@console.route("/forecast/assumptions", methods=["GET", "POST"])
@allow("plan.set")
def set_assumptions():
    """What the forecast assumes: how many new people a day, and how fast what is overdue happens."""
    standing, units = assumptions(db.session), [area for area in areas(db.session) if area.kind != OUTSIDE]
    measured = outlook(db.session, within("plan.set"), now(), current_app.config["BIHUAN"].time_zone).new_a_day
    form = AssumptionsForm(
        data={name: getattr(standing, name) for name in ("overdue_within_hours", "held_within_hours", "expired_within_hours")}
    )
    return ask(
        form,
        title=_("预测的假设"),
        back=url_for("console.show_forecast"),
        says=_("新增人数留空的，按最近 24 小时实际发现的算。"),
        template="assumptions",
        units=units,
        groups=GROUPS,
        standing=standing.new_a_day,
        measured=measured,
        then=lambda: act("save_assumptions", **values_of(form, units)) and None,
    )


def values_of(form: AssumptionsForm, units: list[Area]) -> dict:
    """What the verb is given; an empty field stands for what is measured."""
    told = {area.id: {group: request.form.get(f"new-{area.id}-{group}", type=int) for group in GROUPS} for area in units}
    new = {area: {group: people for group, people in groups.items() if people is not None} for area, groups in told.items()}
    return {
        "new_a_day": {area: groups for area, groups in new.items() if groups},
        "overdue_within_hours": form.overdue_within_hours.data,
        "held_within_hours": form.held_within_hours.data,
        "expired_within_hours": form.expired_within_hours.data,
    }


@console.route("/forecast/freed-rooms", methods=["GET", "POST"])
@allow("plan.set")
def set_freed_rooms_first():
    """Whom newly freed rooms go to first (S0-10)."""
    rule = freed_rooms_first(db.session)
    form = FreedRoomsForm(data={"areas": list(rule.areas), "hours": rule.hours})
    form.areas.choices = choices_from((area.id, area.name) for area in areas(db.session))
    return ask(
        form,
        title=_("新腾退房间先给谁"),
        button=_("保存先后"),
        back=url_for("console.show_forecast"),
        says=_(
            "只管安排时锁哪些房：前面的区还有人在等，别的区就用不了新腾退的。到了门口的人照常接收；一趟一趟可以写明谁批准、为什么，先用。"
        ),
        then=lambda: act("save_freed_rooms_first", areas=form.areas.data or [], hours=form.hours.data) and None,
    )
