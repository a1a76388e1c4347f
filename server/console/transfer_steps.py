"""The desk records steps 1, 3 and 4 for a crew: verify a person, the vehicle's list, the route. Step 2 is `docking.py`."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.access import allow
from server.console.asking import ChoiceField, Question, act, ask, choices_from, line_field
from server.console.page import console
from server.console.shown import now, word
from server.console.transfer_changes import back_to, site_choices
from server.console.transfers import one_transfer
from server.console.words import WORDS
from server.domain.readiness import ITEMS
from server.problems import Refused


class VerificationForm(Question):
    identity = SelectMultipleField(_l("身份：两样对上才算"), [InputRequired()])
    sources_agree = RadioField(
        _l("名单和检测结果一致吗"), [InputRequired()], choices=choices_from([("yes", _l("一致")), ("no", _l("不一致"))])
    )
    address_read_back = BooleanField(_l("门牌念过了，本人说对"))
    whereabouts = RadioField(_l("人现在在哪里"), [InputRequired()])
    whereabouts_note = line_field(_l("现在的地址"), 200, required=False)
    phone_works = BooleanField(_l("电话打得通"))
    temperature = DecimalField(_l("体温 ℃"), [Optional(), NumberRange(30, 45)], places=1)
    symptoms = SelectMultipleField(_l("症状"), [Optional()])
    needs = SelectMultipleField(_l("需要照顾的"), [Optional()])
    medicine_days = IntegerField(_l("带药够几天"), [Optional(), NumberRange(0, 365)])
    stays_behind = RadioField(_l("家里留下谁"), [InputRequired()])
    stays_who = line_field(_l("留下的人：姓名、年龄"), 120, required=False)
    carer_name = line_field(_l("照看人姓名（已答应）"), 60, required=False)
    carer_phone = line_field(_l("照看人电话"), 20, required=False)
    desk_name = line_field(_l("专班里谁负责（姓名）"), 60, required=False)
    pets = RadioField(_l("家里有宠物吗"), [InputRequired()])
    pets_who = line_field(_l("谁照看宠物"), 60, required=False)
    told = BooleanField(_l("已告知：去哪里、多久、为什么、带什么、投诉电话"))
    agrees = RadioField(_l("本人意见"), [InputRequired()])
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


WHO_STAYS = ("stays_behind", "stays_who", "carer_name", "carer_phone", "desk_name")


class VehicleCheckForm(Question):
    items = SelectMultipleField(_l("逐项核对，好的才勾"), [Optional()])
    ppe = SelectMultipleField(_l("防护服已穿好"), [Optional()])
    checker_name = line_field(_l("核对人姓名（不能是司机本人）"))
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


class RouteForm(Question):
    minutes = IntegerField(_l("全程约几分钟"), [InputRequired(), NumberRange(1, 2880)])
    km = DecimalField(_l("公里"), [Optional(), NumberRange(0, 3000)])
    weather = ChoiceField(_l("天气和路况"))
    night_checked = BooleanField(_l("已核对：不在 02:00–05:00 行车"))
    backup_site = ChoiceField(_l("备用隔离点"))
    pass_no = StringField(_l("通行证号"), [Optional(), Length(max=40)])
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


def choices(table: str) -> list[tuple[str, str]]:
    return [(code, word(code, table)) for code in WORDS[table]]


@console.route("/transfers/<id>/lines/<line>/verification", methods=["GET", "POST"])
@allow("transfers.record")
def verify_person(id: str, line: str):
    """Step 1 for one person, by telephone."""
    transfer, form = one_transfer(id, "transfers.record"), VerificationForm()
    row = next((one for one in transfer.lines if one.id == line), None)
    if row is None:
        raise Refused("target.unknown")
    if transfer.kind == "return":
        for asked_at_home in (*WHO_STAYS, "pets", "pets_who"):
            del form[asked_at_home]
    for field, table in (("identity", "identity"), ("symptoms", "symptom"), ("needs", "need")):
        form[field].choices = choices_from(choices(table))
    for field in ("whereabouts", "stays_behind", "pets", "agrees"):
        if field in form:
            form[field].choices = choices_from(choices(field))
    person = row.person
    return ask(
        form,
        title=_("核实 %(name)s", name=person.name),
        button=_("保存"),
        back=back_to(transfer),
        facts=[
            (_("电话"), person.phone or "—"),
            (_("住址"), " ".join(filter(None, (person.compound, person.building, person.unit, person.room)))),
        ],
        then=lambda: act("verify_person", id, line=line, **verification(form)) and None,
    )


def verification(form: VerificationForm) -> dict:
    """What the verb is given; the same shape as a phone's. Who goes home was not asked who stays behind."""
    stays, pets = None, None
    if "stays_behind" in form:
        stays = {"answer": form.stays_behind.data, "who": form.stays_who.data or None, "carer_name": form.carer_name.data or None}
        stays |= {"carer_phone": form.carer_phone.data or None, "desk_name": form.desk_name.data or None}
        pets = {"answer": form.pets.data, "who": form.pets_who.data or None}
    return {
        "identity": form.identity.data,
        "sources_agree": form.sources_agree.data == "yes",
        "address_read_back": form.address_read_back.data,
        "address": None,
        "whereabouts": form.whereabouts.data,
        "whereabouts_note": form.whereabouts_note.data or None,
        "phone_works": form.phone_works.data,
        "temperature": float(form.temperature.data) if form.temperature.data is not None else None,
        "symptoms": form.symptoms.data,
        "needs": form.needs.data,
        "medicine_days": form.medicine_days.data,
        "stays_behind": stays,
        "pets": pets,
        "told": form.told.data,
        "agrees": form.agrees.data,
        "note": form.note.data or None,
    }


@console.route("/transfers/<id>/vehicle-check", methods=["GET", "POST"])
@allow("transfers.record")
def check_vehicle(id: str):
    """Step 3: the vehicle's list, checked by telephone."""
    transfer, form = one_transfer(id, "transfers.record"), VehicleCheckForm()
    form.items.choices = choices_from((item, word(item, "vehicle_item")) for item in ITEMS)
    form.ppe.choices = choices_from((member.user_id, member.user.name) for member in transfer.crew if member.to_at is None)
    values = lambda: {  # noqa: E731
        "items": {item: item in form.items.data for item in ITEMS},
        "ppe": [{"user": user, "on_at": now().isoformat()} for user in form.ppe.data],
        "checker_kind": "dispatcher_by_phone",
        "checker_name": form.checker_name.data,
        "note": form.note.data or None,
    }
    return ask(
        form,
        title=_("%(code)s 的车辆检查", code=transfer.code),
        button=_("保存"),
        back=back_to(transfer),
        says=_("没勾的就是缺；缺项不补或没有指挥部同意，不能出发。"),
        then=lambda: act("check_vehicle", id, **values()) and None,
    )


@console.route("/transfers/<id>/route", methods=["GET", "POST"])
@allow("transfers.record")
def plan_route(id: str):
    """Step 4: the route card."""
    transfer, form = one_transfer(id, "transfers.record"), RouteForm()
    form.weather.offer(choices("weather"))
    form.backup_site.offer([one for one in site_choices() if one[0] != transfer.site_id], empty=_("没有"))
    if not form.is_submitted():
        form.backup_site.data = transfer.backup_site_id
    values = lambda: {  # noqa: E731
        "stops": [stop["id"] for stop in transfer.stops],
        "minutes": form.minutes.data,
        "km": float(form.km.data) if form.km.data is not None else None,
        "weather": form.weather.data,
        "night_checked": form.night_checked.data,
        "backup_site": form.backup_site.data,
        "pass_no": form.pass_no.data or None,
        "note": form.note.data or None,
    }
    return ask(
        form,
        title=_("%(code)s 的路线", code=transfer.code),
        button=_("保存"),
        back=back_to(transfer),
        says=_("停靠顺序：%(stops)s", stops=" → ".join(stop["name"] for stop in transfer.stops)),
        then=lambda: act("plan_route", id, **values()) and None,
    )
