"""One site on its way: its stages with owner and days, its checks, works, who is on duty, and the promise of a site in reserve."""

from datetime import timedelta

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.access import allow
from server.console.asking import ChoiceField, Question, act, ask, choices_from, line_field
from server.console.page import console, show
from server.console.shown import local, now, word
from server.console.sites import one_site
from server.domain.activation import promises
from server.domain.site_checks import ASKED, MUST
from server.domain.site_duty import ROLES, SHIFTS, shift_at
from server.domain.site_stages import COMES_AFTER, PIPELINE, STAGES, next_stage
from server.problems import Refused
from server.store.database import db
from server.store.lists import pipeline as lists
from server.store.lists.places import staying_at_site

SHOWN_SHIFTS = 4


class PlanForm(Question):
    stage = ChoiceField(_l("阶段"), [InputRequired()])
    owner_name = line_field(_l("谁负责"), 40)
    owner_phone = line_field(_l("电话"), 20, required=False)
    planned_on = DateField(_l("计划哪天到"), [Optional()])
    note = line_field(_l("备注"), 200, required=False)


class ReachForm(Question):
    on = DateField(_l("哪天到的"), [Optional()])
    legal_basis = line_field(_l("征用依据（文书名称、文号）"), 200, required=False)
    note = line_field(_l("备注"), 200, required=False)


class CheckForm(Question):
    checked_by = line_field(_l("谁查的（姓名、单位）"), 40)
    checked_on = DateField(_l("哪天查的"), [Optional()])
    note = line_field(_l("备注"), 200, required=False)


class WorksForm(Question):
    what = line_field(_l("施工内容和位置"), 200)


@console.get("/sites/<id>/stages")
@allow("sites.read")
def show_stages(id: str):
    """The stages of one site, and what it needs for the next one."""
    site, session = one_site(id, "sites.read"), db.session
    today, shift = shift_at(local(now()))
    return show(
        "site_stages",
        site=site,
        rooms=lists.rooms_of(session, [site])[id],
        stages=lists.stages_of(session, id),
        next=next_stage(site.state),
        may_clear=site.state in COMES_AFTER["clearing"],
        may_close=site.state in COMES_AFTER["closed"],
        checks=lists.checks_of(session, id),
        must=MUST,
        shifts=[(day, name, lists.duty_of(session, id, day)) for day, name in shifts_from(today, shift)],
        roles=ROLES,
        staying=staying_at_site(session, id),
        promise=promise_of(site),
        today=local(now()).date(),
    )


def promise_of(site) -> list:
    """The three parts of the promise of a site whose activation was ordered."""
    if site.activation_ordered_at is None:
        return []
    since = lists.ready_since(db.session, site.id, site.activation_ordered_at)
    return promises(site.activation_ordered_at, site.activation_rooms, since, now())


def shifts_from(day, shift: str) -> list:
    """This shift and those that come: (day, shift)."""
    names = list(SHIFTS)
    start = names.index(shift)
    return [(day + timedelta(days=(start + n) // len(names)), names[(start + n) % len(names)]) for n in range(SHOWN_SHIFTS)]


@console.route("/sites/<id>/plan", methods=["GET", "POST"])
@allow("sites.plan")
def plan_stage(id: str):
    """Who answers for a stage to come, and by which day."""
    site = one_site(id, "sites.plan")
    stage = request.args.get("stage") or next_stage(site.state)
    plan = lists.plans_of(db.session, [site]).get(id, {}).get(stage)
    form = PlanForm(obj=plan, data=None if plan else {"stage": stage})
    first = PIPELINE.index(site.state) + 1 if site.state in PIPELINE else 0 if site.state == "closed" else len(PIPELINE)
    form.stage.offer([(code, word(code, "site_state")) for code in STAGES[first:] if code not in ("candidate", "paused", site.state)])
    return ask(
        form,
        title=_("计划 %(name)s", name=site.name),
        back=url_for("console.show_stages", id=id),
        then=lambda: act("plan_stage", id, **told(form, "stage", "owner_name", "owner_phone", "planned_on", "note")) and None,
    )


@console.route("/sites/<id>/stages/<stage>", methods=["GET", "POST"])
@allow("sites.plan")
def reach_stage(id: str, stage: str):
    """The site has come to its next stage."""
    site = one_site(id, "sites.plan")
    if stage not in (*PIPELINE, "clearing"):
        raise Refused("page.unknown")
    form = ReachForm(data={"on": local(now()).date(), "legal_basis": site.legal_basis})
    if stage != "requisitioned":
        del form.legal_basis
    return ask(
        form,
        title=_("%(name)s：%(stage)s", name=site.name, stage=word(stage, "site_state")),
        back=url_for("console.show_stages", id=id),
        says=WHAT_IT_MEANS.get(stage),
        then=lambda: (
            act("reach_stage", id, stage=stage, **told(form, *(field.name for field in form if field.name != "csrf_token"))) and None
        ),
    )


WHAT_IT_MEANS = {
    "requisitioned": _l("依法征用：写明文书。"),
    "safety_checked": _l("要先有一次合格的安全核查（结构、消防、施工）。"),
    "accepted": _l("安全核查、资格核对都合格才能验收。"),
    "standby": _l("备用的隔离点，下令后 24 小时内三分之一、48 小时内一半、72 小时内全部房间可用。"),
    "clearing": _l("清仓：不再收新人，在住的逐个离开；人走完才能退出。"),
}


@console.route("/sites/<id>/checks/<kind>", methods=["GET", "POST"])
@allow("sites.plan")
def check_site(id: str, kind: str):
    """Every question of a check, answered by somebody who looked."""
    site = one_site(id, "sites.plan")
    if kind not in ASKED:
        raise Refused("page.unknown")
    form = check_form(kind)(data={"checked_on": local(now()).date()})
    return ask(
        form,
        title=_("%(check)s：%(name)s", check=word(kind, "site_check"), name=site.name),
        back=url_for("console.show_stages", id=id),
        says=WHAT_A_CHECK_MEANS[kind],
        then=lambda: check(id, kind, form),
        template="check_site",
        items=ASKED[kind],
    )


WHAT_A_CHECK_MEANS = {
    "safety": _l("三项都“是”才算合格。在用的隔离点不合格，从现在起不收新人，在路上的照常接收。"),
    "qualification": _l("带“必备”的都“是”才算合格；其余是建议，照实填。"),
}


def check_form(kind: str) -> type[CheckForm]:
    """A form with one question for each item of this check."""
    answers = choices_from([("yes", _("是")), ("no", _("否"))])

    def question(item: str) -> RadioField:
        must = kind == "qualification" and item in MUST
        label = word(item, "check_item")
        return RadioField(_("%(item)s（必备）", item=label) if must else label, [InputRequired()], choices=answers)

    class WholeCheckForm(CheckForm):
        pass

    for item in ASKED[kind]:
        setattr(WholeCheckForm, f"item_{item}", question(item))
    return WholeCheckForm


def check(id: str, kind: str, form: CheckForm) -> None:
    items = {item: form[f"item_{item}"].data == "yes" for item in ASKED[kind]}
    act("check_site", id, kind=kind, items=items, **told(form, "checked_by", "checked_on", "note"))


@console.route("/sites/<id>/works", methods=["GET", "POST"])
@allow("sites.run")
def begin_works(id: str):
    """Works begin: the safety check is to be made again."""
    site, form = one_site(id, "sites.run"), WorksForm()
    return ask(
        form,
        title=_("%(name)s：登记施工", name=site.name),
        back=url_for("console.show_stages", id=id),
        says=_("施工一开始，安全核查就作废：重新核查合格以前不收新人；已经在路上的照常接收。"),
        then=lambda: act("begin_works", id, what=form.what.data) and None,
    )


@console.route("/sites/<id>/duty", methods=["GET", "POST"])
@allow("sites.run")
def save_duty(id: str):
    """Who is on duty in one shift, role by role."""
    site = one_site(id, "sites.run")
    here = shift_at(local(now()))
    form = duty_form()(data={"day": here[0], "shift": here[1], **duty_now(id, *here)})
    return ask(
        form,
        title=_("%(name)s：值班", name=site.name),
        back=url_for("console.show_stages", id=id),
        says=_("空着的岗位不改。夜班记在开始的那一天。"),
        template="save_duty",
        roles=ROLES,
        then=lambda: act("save_duty", id, day=form.day.data, shift=form.shift.data, roles=roles_told(form)) and None,
    )


def duty_form() -> type[Question]:
    """Day, shift, and for each role how many and whom to call."""

    class DutyForm(Question):
        day = DateField(_l("哪一天"), [InputRequired()])
        shift = RadioField(_l("班次"), [InputRequired()], choices=choices_from([(code, word(code, "shift")) for code in SHIFTS]))

    for role in ROLES:
        name = word(role, "duty_role")
        setattr(DutyForm, f"people_{role}", IntegerField(_("%(role)s：几人", role=name), [Optional(), NumberRange(0, 999)]))
        setattr(DutyForm, f"lead_{role}", StringField(_("%(role)s：带班", role=name), [Optional(), Length(max=40)]))
        setattr(DutyForm, f"phone_{role}", StringField(_("%(role)s：电话", role=name), [Optional(), Length(max=20)]))
    return DutyForm


def duty_now(id: str, day, shift: str) -> dict:
    """What the form begins with: this shift as it is known."""
    known = {role: row for (name, role), row in lists.duty_of(db.session, id, day).items() if name == shift}
    columns = {"people": "people", "lead": "lead_name", "phone": "lead_phone"}
    return {f"{field}_{role}": getattr(row, name) for role, row in known.items() for field, name in columns.items()}


def roles_told(form: Question) -> dict:
    filled = [role for role in ROLES if form[f"people_{role}"].data is not None]
    return {
        role: {
            "people": form[f"people_{role}"].data,
            "lead_name": form[f"lead_{role}"].data or None,
            "lead_phone": form[f"phone_{role}"].data or None,
        }
        for role in filled
    }


@console.route("/sites/<id>/activation", methods=["GET", "POST"])
@allow("sites.open")
def order_activation(id: str):
    """The promise of a site in reserve begins to run."""
    site = one_site(id, "sites.open")
    return ask(
        Question(),
        title=_("激活 %(name)s", name=site.name),
        back=url_for("console.show_stages", id=id),
        says=_("从下令起算：24 小时内三分之一、48 小时内一半、72 小时内全部房间可用。按真正备好的房间算，晚了照实显示。"),
        then=lambda: act("order_activation", id) and None,
    )


def told(form: Question, *names: str) -> dict:
    """What was filled in; an empty line is nothing."""
    return {name: form[name].data or None for name in names}
