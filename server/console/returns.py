"""Going home: the released people by community and site, made into return transfers in one act, with a report for each row."""

from dataclasses import dataclass, field

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.access import allow
from server.console.asking import MomentField, Question, act
from server.console.language import language
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import counted
from server.console.transfer_changes import crew_choices
from server.console.transfers import card_of
from server.domain.return_groups import ReturnGroup, coach_loads, groups_of
from server.domain.return_vehicles import Proposal, proposals
from server.domain.vehicles import usable_seats
from server.problems import Refused, sentence
from server.store.database import db
from server.store.lists import returns as returns_list
from server.store.lists import transfers as lists
from server.store.transfers import Vehicle


class DepartureForm(Question):
    depart_at = MomentField(_l("计划从隔离点发车"))


@dataclass
class Row:
    """One group as the page shows it: which vehicles could take it, and (unknown community) whose people they may be."""

    group: ReturnGroup
    vehicles: list[tuple[str, str]]
    communities: list[tuple[str, str]]


@dataclass
class Report:
    """What became of one row: the transfers made of it, (code, address, people) each, or the sentence of the rule that said no."""

    group: ReturnGroup
    made: list[tuple[str, str, int]] = field(default_factory=list)
    refusal: str | None = None


@console.get("/returns")
@allow("transfers.make")
def list_returns():
    """Who is released and still in a room, and which returns are under way."""
    return _page(DepartureForm(), [])


@console.post("/returns")
@allow("transfers.make")
def make_returns():
    """Each chosen group becomes one or more return transfers; a row that a rule refuses stays, and the others are made."""
    form = DepartureForm()
    depart_at = form.depart_at.data if form.validate() else None
    groups = {group.key: group for group in _groups()}
    chosen = [groups[key] for key in dict.fromkeys(request.form.getlist("group")) if key in groups]
    return _page(form, [_made_of(group, depart_at) for group in chosen])


def _page(form: DepartureForm, reports: list[Report]):
    groups = _groups()
    coming = [row.Transfer for row in db.session.execute(lists.transfers(within("transfers.read"), state="open", kind="return")).all()]
    named = lists.places_named(db.session, coming)
    sites = {group.site.id: group.site for group in groups}
    return show(
        "returns",
        form=form,
        reports=reports,
        rows=_rows(groups),
        people=sum(len(group.members) for group in groups),
        rooms=sum(group.rooms for group in groups),
        sites=[(id, site.name) for id, site in sites.items()],
        drivers=crew_choices("driver"),
        cards=[card_of(row, named) for row in coming],
        named=named,
    )


def _groups() -> list[ReturnGroup]:
    return groups_of(returns_list.going_home(db.session, within("transfers.make"), request.args.get("site")))


def _rows(groups: list[ReturnGroup]) -> list[Row]:
    parked = returns_list.parked_vehicles(db.session)
    unknown = [(one.id, one.name) for one in lists.communities(db.session, within("transfers.make"))]
    return [
        Row(group, vehicle_words(proposals(parked, group.site, group.category, _area_of(group))), [] if group.community else unknown)
        for group in groups
    ]


def _area_of(group: ReturnGroup) -> str | None:
    return group.community.area_id if group.community else group.people[0].responsible_area_id


def vehicle_words(found: list[Proposal]) -> list[tuple[str, str]]:
    """(id, what it is and why it is proposed)."""
    return [(one.vehicle.id, f"{one.vehicle.plate} · {counted(one.seats, 'people')} · {_why(one)}") for one in found]


def _why(one: Proposal) -> str:
    where = {"here": _("就在该隔离点"), "near": _("离该隔离点 %(km)s 公里", km=round(one.km or 0)), "elsewhere": _("要开过去")}[one.where]
    return _("%(where)s，本来就要回去", where=where) if one.goes_back and one.where != "elsewhere" else where


def _made_of(group: ReturnGroup, depart_at) -> Report:
    """Load by load, each a transfer of its own: the first gets the vehicle and the driver, the others wait for theirs."""
    report, chosen = Report(group), {name: request.form.get(f"{name} {group.key}") or None for name in ("vehicle", "driver", "community")}
    community = group.community.id if group.community else chosen["community"]
    vehicle = db.session.get(Vehicle, chosen["vehicle"]) if chosen["vehicle"] else None
    try:
        for place, load in enumerate(coach_loads(group.people, usable_seats(vehicle) if vehicle else None)):
            crew = {"vehicle": chosen["vehicle"], "driver": chosen["driver"]} if place == 0 else {}
            people, home = [person.id for person in load], {"kind": "home", "id": community}
            verdict = act("make_transfer", kind="return", people=people, destination=home, depart_at=depart_at, **crew)
            report.made.append((_code(verdict.made), url_for("console.show_transfer", id=verdict.made), len(load)))
    except Refused as refusal:
        report.refusal = sentence(refusal.code, language(), **refusal.values)
    return report


def _code(id: str) -> str:
    return lists.one_transfer(db.session, within("transfers.read"), id).code
