"""The editions of the rules: what each asks, which holds where, and what another choice would do to people who stay now."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from server.access import allow
from server.console.asking import Question, act, ask, choices_from
from server.console.page import console, show
from server.console.shown import local, now, word
from server.console.words import WORDS
from server.domain.pack_choices import effect_of, running_stays
from server.domain.rule_packs import PACKS
from server.domain.stay_clocks import chosen_pack
from server.store.database import db, settings
from server.store.lists import stays as lists
from server.store.lists.transfers import areas

BY_THE_DATES = "dates"  # no choice: as the dates of the editions say


class ChoiceForm(Question):
    from_on = DateField(_l("从哪天起"), [InputRequired()])
    reason = TextAreaField(_l("依据（哪份通知）"), [InputRequired(), Length(max=200)])
    running = RadioField(_l("已经在住的人"), [InputRequired()], default="keep")


@console.get("/packs")
@allow("sites.read")
def list_packs():
    """Every edition side by side, with its sources; what each area follows today, and by which edition people stay there now."""
    choices, today = lists.pack_choices(db.session), local(now()).date()
    rows = [row.PackChoice for row in choices]
    running: dict[str, list[tuple[str, int]]] = {}
    for area, pack, people in lists.packs_running(db.session):
        running.setdefault(area, []).append((pack or "—", people))
    holds = {area.id: chosen_pack(rows, area.id, today).name for area in areas(db.session)}
    return show("packs", packs=PACKS.values(), choices=choices, areas=areas(db.session), holds=holds, running=running, today=today)


@console.route("/packs/choice", methods=["GET", "POST"])
@allow("packs.choose")
def choose_pack():
    """Another edition from a day on. First it is said what that would do to those who stay; they keep theirs unless it is said."""
    area, pack = request.args.get("area") or None, request.args.get("pack") or None
    form = ChoiceForm()
    form.running.choices = choices_from((code, word(code, "running")) for code in WORDS["running"])
    if not form.is_submitted():
        form.from_on.data = local(now()).date()
    named = {one.id: one.name for one in areas(db.session)}
    effect = effect_of(db.session.scalars(running_stays(area)), pack, settings().time_zone) if pack in PACKS else None
    return ask(
        form,
        title=_("选用防控方案"),
        back=url_for("console.list_packs"),
        template="choose_pack",
        packs=[*PACKS, BY_THE_DATES],
        dates=BY_THE_DATES,
        areas=areas(db.session),
        area=area,
        area_name=named.get(area, _("所有区域")),
        pack=pack,
        effect=effect,
        done=_("已选用 %(pack)s：%(area)s", pack=_("按日期") if pack == BY_THE_DATES else pack, area=named.get(area, _("所有区域"))),
        then=lambda: act("choose_pack", **_choice(form, area, pack)) and None,
    )


def _choice(form: ChoiceForm, area: str | None, pack: str | None) -> dict:
    chosen = None if pack == BY_THE_DATES else pack or ""
    return {"area": area, "pack": chosen, "from_on": form.from_on.data, "reason": form.reason.data, "running": form.running.data}
