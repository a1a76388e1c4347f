"""People: the list with its filters in the URL, and one person with everything that happened to them."""

from flask import request
from flask_babel import gettext as _

from server.access import allow, may
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, sees_doors, within
from server.console.searching import searched
from server.console.shown import age_of, masked_phone, moment, needs_of, word
from server.console.words import WORDS
from server.domain.categories import CONTACTS, POSITIVES
from server.domain.people import WAITING
from server.store.database import db
from server.store.lists import people as lists
from server.store.lists.transfers import areas
from server.store.people import Person

READ = ("people.read", "people.read_masked")
CATEGORY_GROUPS = {"positive": (*sorted(POSITIVES), "pooled_positive"), "contact": tuple(sorted(CONTACTS)), "unknown": ("unknown",)}
STATE_GROUPS = {"waiting": WAITING}


@console.get("/people")
@allow("people.read or people.read_masked")
def list_people():
    """Everybody the reader reaches, as far as the filters say."""
    query = lists.people(within(*READ), **people_filters())
    listing = Listing(query, lists.PEOPLE_SORTS, sort="waits")
    if wants_export():
        return export(_("人员"), people_columns(), listing.all_rows())
    return show("people", listing=listing, areas=areas(db.session), state_choices=state_choices(), category_choices=category_choices())


def people_filters() -> dict:
    """What the URL asks for. A group (`waiting`, `positive`) stands for its states or categories."""
    state, category = request.args.get("state", ""), request.args.get("category", "")
    return {
        "search": searched(),
        "states": STATE_GROUPS.get(state, (state,) if state else ()),
        "categories": CATEGORY_GROUPS.get(category, (category,) if category else ()),
        "area": request.args.get("area"),
        "household": request.args.get("household"),
        "unassigned": request.args.get("transfer") == "none",
    }


def state_choices() -> list[tuple[str, str]]:
    return [("waiting", _("等待转运（全部）")), *((code, word(code, "person_state")) for code in WORDS["person_state"])]


def category_choices() -> list[tuple[str, str]]:
    groups = [("positive", _("阳性（全部）")), ("contact", _("密接等（全部）")), ("unknown", _("类别不明"))]
    return [*groups, *((code, word(code, "category")) for code in (*sorted(POSITIVES), "pooled_positive", *sorted(CONTACTS)))]


def people_columns() -> list:
    """What the export of this list carries: as masked as the page."""
    return [
        (_("姓名"), lambda row: row.Person.name),
        (_("性别"), lambda row: word(row.Person.sex, "sex")),
        (_("年龄"), lambda row: age_of(row.Person)),
        (_("证件尾号"), lambda row: row.Person.id_tail),
        (_("电话"), lambda row: shown_phone(row.Person)),
        (_("类别"), lambda row: word(row.Person.category, "category")),
        (_("状态"), lambda row: word(row.Person.state, "person_state")),
        (_("责任区"), lambda row: row.Area.short if row.Area else ""),
        (_("小区"), lambda row: row.Person.compound if sees_doors() else None),
        (_("楼栋"), lambda row: row.Person.building if sees_doors() else None),
        (_("单元"), lambda row: row.Person.unit if sees_doors() else None),
        (_("房号"), lambda row: row.Person.room if sees_doors() else None),
        (_("需求"), lambda row: needs_of(row.Person.needs)),
        (_("发现时间"), lambda row: moment(row.Person.detected_at)),
        (_("转运任务"), lambda row: row.code),
    ]


def shown_phone(person: Person) -> str:
    """The number, or its ends for those who read masked, and for those who work with phones: they call from there, while they may."""
    return (person.phone or "") if may("people.read") and sees_doors() else masked_phone(person.phone)


@console.get("/people/<id>")
@allow("people.read or people.read_masked")
def show_person(id: str):
    """One person: where they are and how they got there."""
    reached = within(*READ)
    person = found_or_refuse(lists.one_person(db.session, reached, id), "person.unknown")
    session = db.session
    stays = lists.stays_of_person(session, id)
    return show(
        "person",
        person=person,
        phone=shown_phone(person),
        areas={area.id: area for area in areas(session)},
        custody=lists.custody_of(session, id),
        trail=lists.custody_trail(session, id),
        categories=lists.category_history(session, id),
        attempts=lists.contact_attempts(session, id),
        lines=lists.lines_of_person(session, id),
        stays=stays,
        monitored=next((row.Stay for row in stays if row.Stay.kind == "monitoring" and row.Stay.ended_at is None), None),
        household=lists.household_of(session, reached, person),
        merged=lists.records_merged_into(session, id),
    )
