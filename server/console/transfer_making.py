"""Making a transfer by hand, in two pages: first the people (households together), then where, with what, with whom."""

from dataclasses import dataclass, field

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from server.access import allow
from server.console.asking import ChoiceField, MomentField, Question, act, ask, choices_from, line_field
from server.console.comes_first import areas_that_come_first
from server.console.listing import Listing
from server.console.page import console, show
from server.console.people import category_choices, people_filters
from server.console.reach import within
from server.console.returns import vehicle_words
from server.console.shown import counted, word
from server.console.transfer_changes import crew_choices, site_choices, vehicle_choices
from server.console.words import WORDS
from server.domain.categories import CLASSES
from server.domain.people import WAITING
from server.domain.return_vehicles import proposals
from server.domain.transfers import KINDS, PRIORITIES
from server.store.database import db
from server.store.lists import people as people_lists
from server.store.lists import returns as returns_list
from server.store.lists import transfers as lists
from server.store.people import Person

STAGES = {
    "outbound": WAITING,
    "return": ("released",),
    "hospital": (),
    "site_to_site": ("isolated", "release_due"),
}


class TransferForm(Question):
    destination = ChoiceField(_l("送到"), [InputRequired()])
    elsewhere = line_field(_l("名录外的地方：名称"), 80, required=False)
    elsewhere_address = line_field(_l("地址"), 200, required=False)
    elsewhere_phone = line_field(_l("电话"), 20, required=False)
    backup_site = ChoiceField(_l("备用隔离点"))
    vehicle = ChoiceField(_l("车辆（按 50% 坐人）"))
    driver = ChoiceField(_l("司机"))
    escort = ChoiceField(_l("随车人员"))
    depart_at = MomentField(_l("计划发车"))
    priority = ChoiceField(_l("缓急"), [InputRequired()])
    weekdays = SelectMultipleField(_l("每周重复（如透析）"), [Optional()])
    repeats = BooleanField(_l("这是定期的，按下面的星期重复"))
    split_approved_by = line_field(_l("儿童与监护人分开：批准人"), 60, required=False)
    split_reason = StringField(_l("分开的原因"), [Optional(), Length(max=200)])
    priority_passed_by = line_field(_l("先用新腾退的房间：批准人"), 60, required=False)
    priority_reason = StringField(_l("先用的原因"), [Optional(), Length(max=200)])
    notes = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


@dataclass
class Household:
    """Those behind one door who could go together; a person without a household stands alone."""

    id: str
    people: list[Person] = field(default_factory=list)


@console.get("/transfers/new")
@allow("transfers.make")
def choose_people():
    """Who goes: the waiting, household by household, the longest waiting first."""
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else "outbound"
    filters = people_filters() | {"unassigned": True, "states": STAGES[kind]}
    listing = Listing(people_lists.people(within("transfers.make"), **filters), people_lists.PEOPLE_SORTS, sort="waits", per_page=80)
    chosen = request.args.getlist("person")
    if request.args.getlist("people"):
        return redirect(url_for("console.make_transfer", kind=kind, person=request.args.getlist("people")))
    return show(
        "choose_people",
        listing=listing,
        households=households_of([row.Person for row in listing.rows], chosen),
        chosen=chosen,
        kind=kind,
        kinds=WORDS["transfer_kind"],
        areas=lists.areas(db.session),
        category_choices=category_choices(),
        class_of=lambda person: CLASSES.get(person.category, person.category or person.id),
    )


def households_of(people: list[Person], chosen: list[str]) -> list[Household]:
    """The people by door, in the order in which they came; whoever was chosen beforehand comes first."""
    missing = [id for id in chosen if id not in {person.id for person in people}]
    people = [*(person for id in missing if (person := people_lists.one_person(db.session, within("transfers.make"), id))), *people]
    households: dict[str, Household] = {}
    for person in people:
        key = person.household_id or person.id
        households.setdefault(key, Household(key)).people.append(person)
    return list(households.values())


@console.route("/transfers/new/details", methods=["GET", "POST"])
@allow("transfers.make")
def make_transfer():
    """Where to, with what, with whom; the rooms are held in the same act."""
    kind = request.args.get("kind", "outbound")
    people = chosen_people(request.args.getlist("person"))
    form = TransferForm()
    offer_choices(form, kind)
    if kind == "return":
        form.vehicle.offer(vehicles_home(people), empty=_("以后再派"))
    return ask(
        form,
        title=_("安排%(kind)s：%(count)s", kind=word(kind, "transfer_kind"), count=counted(len(people), "people")),
        back=url_for("console.choose_people", kind=kind, person=[person.id for person in people]),
        done=_("已安排，房间、车辆和人员都锁好了。"),
        template="make_transfer",
        people=people,
        kind=kind,
        comes_first=areas_that_come_first(),
        then=lambda: url_for("console.show_transfer", id=act("make_transfer", **values_of(form, kind, people)).made),
    )


def chosen_people(ids: list[str]) -> list[Person]:
    """Those of the chosen whom this desk reaches; the rules tell about the rest."""
    reached = within("transfers.make")
    return [person for id in dict.fromkeys(ids) if (person := people_lists.one_person(db.session, reached, id))]


def offer_choices(form: TransferForm, kind: str) -> None:
    sites = [(f"site {id}", name) for id, name in site_choices()]
    hospitals = [(f"hospital {one.id}", one.name) for one in lists.hospitals(db.session)]
    compounds = [(f"home {one.id}", one.name) for one in lists.communities(db.session, within("transfers.make"))]
    elsewhere = [("elsewhere", _("名录外的地方（填在下面）"))]
    orders = {"hospital": hospitals + sites, "return": compounds}
    form.destination.offer(orders.get(kind, sites + hospitals) + elsewhere)
    form.backup_site.offer(site_choices(), empty=_("没有"))
    form.vehicle.offer(vehicle_choices(), empty=_("以后再派"))
    form.driver.offer(crew_choices("driver"), empty=_("以后再派"))
    form.escort.offer(crew_choices("escort"), empty=_("没有"))
    form.priority.choices = choices_from((code, word(code, "priority")) for code in PRIORITIES)
    form.weekdays.choices = choices_from((code, word(code, "weekday")) for code in WORDS["weekday"])


def vehicles_home(people: list[Person]) -> list[tuple[str, str]]:
    """Who goes back anyway comes first: vehicles at or near the people's site, clean and of their class; then all others."""
    site = returns_list.site_of(db.session, [person.id for person in people])
    category = CLASSES.get(people[0].category or "", "") if people else ""
    first = proposals(returns_list.parked_vehicles(db.session), site, category, people[0].responsible_area_id) if site else []
    return list(
        {
            **dict(vehicle_words(first)),
            **{id: name for id, name in vehicle_choices() if id not in {one.vehicle.id for one in first}},
        }.items()
    )


def values_of(form: TransferForm, kind: str, people: list[Person]) -> dict:
    """What the verb is given."""
    where, _space, id = (form.destination.data or "").partition(" ")
    destination = {"kind": where, "id": id or None}
    if where == "elsewhere":
        destination |= {"name": form.elsewhere.data, "address": form.elsewhere_address.data, "phone": form.elsewhere_phone.data}
    repeats = {"weekdays": sorted(int(one) for one in form.weekdays.data)} if form.repeats.data and form.weekdays.data else None
    return {
        "kind": kind,
        "people": [person.id for person in people],
        "destination": destination,
        "vehicle": form.vehicle.data,
        "driver": form.driver.data,
        "escort": form.escort.data,
        "depart_at": form.depart_at.data,
        "backup_site": form.backup_site.data,
        "priority": form.priority.data,
        "repeats": repeats,
        "split_approved_by": form.split_approved_by.data or None,
        "split_reason": form.split_reason.data or None,
        "priority_passed_by": form.priority_passed_by.data or None,
        "priority_reason": form.priority_reason.data or None,
        "notes": form.notes.data or None,
    }
