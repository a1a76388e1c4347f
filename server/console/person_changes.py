"""Changing what is known of a person: by hand with comparison, with was and now, merged and taken apart again; and the ID with a reason."""

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.access import allow
from server.console.asking import ChoiceField, MomentField, Question, ReasonForm, act, ask, choices_from, line_field
from server.console.language import language
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.searching import searched
from server.console.shown import age_of, word
from server.console.transfer_steps import choices
from server.domain.households import door_key, door_of
from server.domain.people_search import Candidate, candidates, find_people
from server.domain.permissions import extent
from server.problems import Refused, sentence
from server.store.database import db
from server.store.lists import people as lists
from server.store.lists.transfers import areas, communities
from server.store.people import Person

TEXTS = ("name", "phone", "second_phone", "compound", "building", "unit", "room", "address", "words")
OTHERS = (
    "sex",
    "birth_year",
    "birth_date",
    "responsible_area_id",
    "pickup_area_id",
    "home_area_id",
    "community_id",
    "sampled_at",
    "last_exposed_on",
)


class PersonForm(Question):
    name = line_field(_l("姓名"))
    sex = ChoiceField(_l("性别"))
    birth_year = IntegerField(_l("出生年"), [Optional(), NumberRange(1900, 2100)])
    birth_date = DateField(_l("出生日期"), [Optional()])
    id_number = line_field(_l("身份证号"), 18, required=False)
    phone = line_field(_l("电话"), 20, required=False)
    second_phone = line_field(_l("第二个电话"), 20, required=False)
    responsible_area_id = ChoiceField(_l("责任区"))
    pickup_area_id = ChoiceField(_l("接人区"))
    home_area_id = ChoiceField(_l("户籍区"))
    community_id = ChoiceField(_l("登记的小区"))
    compound = line_field(_l("小区"), 60, required=False)
    building = line_field(_l("楼栋"), 20, required=False)
    unit = line_field(_l("单元"), 20, required=False)
    room = line_field(_l("房号"), 20, required=False)
    address = line_field(_l("地址（原文）"), 200, required=False)
    sampled_at = MomentField(_l("采样时间"))
    last_exposed_on = DateField(_l("末次接触"), [Optional()])
    needs = SelectMultipleField(_l("需求"), [Optional()])
    words = TextAreaField(_l("备注原话"), [Optional(), Length(max=1000)])


class NewPersonForm(PersonForm):
    category = ChoiceField(_l("类别"))
    case_type = ChoiceField(_l("确诊类型"))
    found = ChoiceField(_l("在哪里发现"))
    detected_at = MomentField(_l("发现时间"))
    same_as_nobody = BooleanField(_l("已核对，与下面这些人都不是同一人"))


class CategoryForm(Question):
    category = ChoiceField(_l("类别"), [InputRequired()])
    case_type = ChoiceField(_l("确诊类型"))
    found = ChoiceField(_l("在哪里发现"))
    detected_at = MomentField(_l("结果出来的时间"))


class MergeForm(Question):
    other = ChoiceField(_l("与谁是同一人"), [InputRequired()])
    reason = TextAreaField(_l("怎么知道是同一人"), [InputRequired(), Length(max=500)])


def reached_person(id: str, permission: str) -> Person:
    return found_or_refuse(lists.one_person(db.session, within(permission), id), "person.unknown")


def offer_places(form: PersonForm) -> None:
    """The choices of the form. A district's desk registers for its own area."""
    own = extent(g.user.role, "people.edit") == "area"
    known = [(area.id, area.short) for area in areas(db.session)]
    form.sex.offer(choices("sex"), empty="—")
    form.responsible_area_id.offer([one for one in known if not own or one[0] == g.user.area_id], empty="—")
    form.pickup_area_id.offer(known, empty="—")
    form.home_area_id.offer(known, empty="—")
    form.community_id.offer([(one.id, one.name) for one in communities(db.session, within("people.edit"))], empty="—")
    form.needs.choices = choices_from(choices("need"))


def offer_categories(form) -> None:
    categories = [one for one in choices("category") if one[0] not in ("positive", "unknown")]
    form.category.offer(categories, empty=_("不明"))
    form.case_type.offer(choices("case_type"), empty=_("不是确诊"))
    form.found.offer(choices("found"), empty="—")


@console.route("/people/new", methods=["GET", "POST"])
@allow("people.edit")
def enter_person():
    """By hand: compared with those known before it is saved."""
    form = NewPersonForm()
    offer_places(form)
    offer_categories(form)
    similar = similar_to(form) if form.is_submitted() else []

    def save():
        if similar and not form.same_as_nobody.data:
            raise Refused("person.similar_known", count=len(similar))
        made = act("enter_person", **new_values(form)).made
        return url_for("console.show_person", id=made)

    return ask(form, title=_("录入一人"), back=url_for("console.list_people"), template="enter_person", then=save, similar=similar)


def similar_to(form: PersonForm) -> list[Candidate]:
    """Those the register, or a held row, may already know under this ID, telephone or name."""
    number = (form.id_number.data or "").strip().upper()
    values = {"id_number": number, "name": plain(form.name.data), "phone": plain(form.phone.data), "birth_year": form.birth_year.data}
    return candidates(db.session, values, current_app.config["SECRET_KEY"], within("people.edit"))


def new_values(form: NewPersonForm) -> dict:
    names = (*TEXTS, *OTHERS, "category", "case_type", "found", "detected_at", "id_number")
    values = {name: plain(form[name].data) for name in names}
    values["needs"] = [{"code": code, "detail": None} for code in form.needs.data]
    door = [values.get(name) for name in ("compound", "building", "unit", "room")]
    values["address_key"] = door_key(*door) or None
    values["door"] = door_of(values.get("home_area_id") or values.get("responsible_area_id"), *door)
    return {name: value for name, value in values.items() if value is not None}


def plain(value):
    """An empty field says nothing; spaces at the ends say nothing either."""
    return (value.strip() or None) if isinstance(value, str) else value


@console.route("/people/<id>/edit", methods=["GET", "POST"])
@allow("people.edit")
def edit_person(id: str):
    """Change fields. Each goes with what was seen, so that nobody overwrites what somebody else has just written."""
    person = reached_person(id, "people.edit")
    form = PersonForm(obj=person) if request.method == "GET" else PersonForm()
    offer_places(form)
    if request.method == "GET":
        form.needs.data = [need["code"] for need in person.needs]
        form.id_number.data = None
    names = (*TEXTS, *OTHERS)
    return ask(
        form,
        title=_("修改 %(name)s", name=person.name),
        back=url_for("console.show_person", id=id),
        template="edit_person",
        seen={name: text_of(getattr(person, name)) for name in names},
        person=person,
        then=lambda: act("edit_person", id, changes=changes_of(form, person), id_number=plain(form.id_number.data)) and None,
    )


def text_of(value) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else str(value)


def changes_of(form: PersonForm, person: Person) -> dict[str, dict]:
    """{field: {was, now}}: `was` is what the page showed when it was opened, not what stands there now."""
    changes = {}
    for name in (*TEXTS, *OTHERS):
        seen, now = request.form.get(f"seen_{name}", ""), plain(form[name].data)
        if text_of(now) != seen:
            stands = getattr(person, name)
            changes[name] = {"was": stands if text_of(stands) == seen else seen or None, "now": now}
    codes = [need["code"] for need in person.needs]
    if form.needs.data != codes:
        kept = [need for need in person.needs if need["code"] in form.needs.data]
        new = [{"code": code, "detail": None} for code in form.needs.data if code not in codes]
        changes["needs"] = {"was": person.needs, "now": kept + new}
    return changes


@console.route("/people/<id>/category", methods=["GET", "POST"])
@allow("people.edit")
def set_category(id: str):
    """Another category from now on; the old one stays in the history."""
    person, form = reached_person(id, "people.edit"), CategoryForm()
    offer_categories(form)
    if request.method == "GET":
        form.category.data, form.case_type.data, form.found.data = person.category, person.case_type, person.found
    return ask(
        form,
        title=_("%(name)s 的类别", name=person.name),
        back=url_for("console.show_person", id=id),
        says=_(
            "现在：%(category)s。密接转阳的，从新结果出来起重新计时，重新等待转运。",
            category=word(person.category or "unknown", "category"),
        ),
        then=lambda: (
            act("set_category", id, **{name: form[name].data for name in ("category", "case_type", "found", "detected_at")}) and None
        ),
    )


@console.route("/people/<id>/merge", methods=["GET", "POST"])
@allow("people.edit")
def merge_person(id: str):
    """Two records are one person. It can be undone."""
    person, form = reached_person(id, "people.edit"), MergeForm()
    found = like_this(person, searched())
    others = [one for one in found if one.id != id]
    form.other.offer([(one.id, about_person(one)) for one in others])
    return ask(
        form,
        title=_("合并 %(name)s", name=person.name),
        back=url_for("console.show_person", id=id),
        template="merge_person",
        person=person,
        others=others,
        then=lambda: url_for("console.show_person", id=act("merge_people", id, other=form.other.data, reason=form.reason.data).made),
    )


def like_this(person: Person, search: str | None) -> list[Person]:
    """Those the search finds, else those who may be the same."""
    secret, reached = current_app.config["SECRET_KEY"], within("people.edit")
    if search:
        return find_people(db.session, search, secret, reached, per_page=20)
    values = {"name": person.name, "phone": person.phone, "address_key": person.address_key, "birth_year": person.birth_year}
    return [one.person for one in candidates(db.session, values, secret, reached) if one.person]


def about_person(person: Person) -> str:
    parts = (person.name, word(person.sex, "sex"), age_of(person), person.compound, person.building, person.unit, person.room, person.phone)
    return " ".join(part for part in parts if part and part != "—")


@console.route("/people/<id>/merge/undo", methods=["GET", "POST"])
@allow("people.edit")
def unmerge_person(id: str):
    """They were two after all."""
    person, form = reached_person(id, "people.edit"), ReasonForm()
    return ask(
        form,
        title=_("撤销合并 %(name)s", name=person.name),
        back=url_for("console.show_person", id=id),
        then=lambda: act("unmerge_people", id, reason=form.reason.data) and None,
    )


@console.route("/people/<id>/id-number", methods=["GET", "POST"])
@allow("people.reveal")
def reveal_id(id: str):
    """The whole ID number, once, for a reason that stands in the log."""
    person, form = reached_person(id, "people.reveal"), ReasonForm()
    if form.validate_on_submit():
        try:
            number = act("reveal_id", id, reason=form.reason.data).made
            return show("id_number", person=person, number=number)
        except Refused as refusal:
            form.refusal = sentence(refusal.code, language(), **refusal.values)
    return show(
        "ask",
        form=form,
        heading=_("看 %(name)s 的证件全号", name=person.name),
        back=url_for("console.show_person", id=id),
        says=_("您的姓名、时间和原因会记下来，审计能看到。"),
    )
