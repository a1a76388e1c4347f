"""Rooms to come: each area's room target beside what is enabled, on its way and missing; and every site from candidate to standby."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from server.access import allow
from server.console.asking import Question, act, ask
from server.console.listing import export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.shown import day, local, now, word
from server.domain.room_targets import PER_10K, target_of
from server.domain.site_stages import next_stage
from server.store.areas import Area
from server.store.database import db
from server.store.lists import pipeline as lists
from server.store.lists.transfers import areas


class TargetForm(Question):
    population = IntegerField(_l("常住人口"), [Optional(), NumberRange(0, 100_000_000)])
    rooms_per_10k = IntegerField(_l("每万人几间隔离房（空着按国家要求）"), [Optional(), NumberRange(0, 10_000)])


@dataclass(frozen=True)
class TargetRow:
    """One area: the rooms it is to have beside those it has, and those that are coming."""

    area: Area
    target: int | None
    enabled: int
    standby: int
    coming: int

    @property
    def missing(self) -> int | None:
        """What neither is there nor on its way."""
        return None if self.target is None else max(self.target - self.enabled - self.standby - self.coming, 0)

    @property
    def per_10k(self) -> int:
        return PER_10K if self.area.rooms_per_10k is None else self.area.rooms_per_10k


@console.get("/sites/pipeline")
@allow("sites.read")
def show_pipeline():
    """How far each area is from its target, and every site on its way with its next stage."""
    session, reached = db.session, within("sites.read")
    rows = lists.pipeline(session, reached, request.args.get("area"))
    if wants_export():
        return export(_("房源储备"), pipeline_columns(), rows)
    targets = [target_row(area, stages) for area, stages in lists.room_targets(session)]
    return show(
        "pipeline",
        rows=rows,
        next_of={row.site.id: next_stage(row.site.state) for row in rows},
        stages=[(stage, sum(row.rooms for row in rows if row.site.state == stage)) for stage in reversed(lists.PIPELINE)],
        targets=targets,
        known=[row for row in targets if row.target is not None],
        recheck=lists.to_be_rechecked(session, reached),
        areas=areas(session),
        today=local(now()).date(),
    )


def target_row(area: Area, stages: dict[str, int]) -> TargetRow:
    return TargetRow(
        area,
        target_of(area),
        enabled=sum(stages.get(stage, 0) for stage in lists.IN_USE),
        standby=stages.get("standby", 0),
        coming=sum(stages.get(stage, 0) for stage in lists.PIPELINE if stage != "standby"),
    )


def pipeline_columns() -> list:
    def plan(row):
        return row.plans.get(next_stage(row.site.state))

    return [
        (_("编号"), lambda row: row.site.code),
        (_("名称"), lambda row: row.site.name),
        (_("区域"), lambda row: row.area.short),
        (_("阶段"), lambda row: word(row.site.state, "site_state")),
        (_("房间"), lambda row: row.rooms),
        (_("征用依据"), lambda row: row.site.legal_basis),
        (_("下一阶段"), lambda row: word(next_stage(row.site.state), "site_state")),
        (_("谁负责"), lambda row: plan(row) and plan(row).owner_name),
        (_("计划日期"), lambda row: plan(row) and plan(row).planned_on and str(plan(row).planned_on)),
        (_("计划启用"), lambda row: row.plans.get("open") and day(row.plans["open"].planned_on)),
    ]


@console.route("/areas/<id>/room-target", methods=["GET", "POST"])
@allow("sites.plan")
def set_room_target(id: str):
    """The residents of an area, and how many rooms it is to have for 10,000 of them."""
    mine = within("sites.plan")
    area = found_or_refuse(db.session.scalar(select(Area).where(Area.id == id, mine.area_rows(Area.id))), "page.unknown")
    form = TargetForm(obj=area)
    return ask(
        form,
        title=_("%(name)s的房间目标", name=area.name),
        back=url_for("console.show_pipeline"),
        says=_("目标 = 常住人口 ÷ 10000 × 每万人间数。国家要求每万人 %(rooms)s 间。方舱和医院的床位不算在内。", rooms=PER_10K),
        then=lambda: act("set_room_target", area=id, population=form.population.data, rooms_per_10k=form.rooms_per_10k.data) and None,
    )
