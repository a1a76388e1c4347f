"""The community worker's page: own compounds, masked; door knocks; accepting a return. Made for a phone's width."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from server.access import allow
from server.console.asking import Question, act, ask, choices_from, line_field
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.shown import counted, word
from server.console.transfer_steps import choices
from server.console.transfers import card_of
from server.domain.people import WAITING
from server.problems import Refused
from server.store.database import db
from server.store.lists import people as people_lists
from server.store.lists import transfers as lists

MOST = 300


class KnockForm(Question):
    channel = RadioField(_l("怎么联系"), [InputRequired()], default="door")
    result = RadioField(_l("结果"), [InputRequired()])
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


class AcceptanceForm(Question):
    accepted_by = line_field(_l("社区接收人姓名"))


@console.get("/compounds")
@allow("doors.log")
def list_compounds():
    """Who waits behind which door, and who comes back."""
    session, reached = db.session, within("people.read_masked", "doors.log")
    waiting = people_lists.people(reached, states=WAITING).order_by(people_lists.PEOPLE_SORTS["compound"])
    rows = [row.Person for row in session.execute(waiting.limit(MOST)).all()]
    coming = [row.Transfer for row in session.execute(lists.transfers(within("returns.accept"), state="open", kind="return")).all()]
    named = lists.places_named(session, coming)
    return show("compounds", people=rows, returns=[card_of(row, named) for row in coming])


@console.route("/people/<id>/contacts", methods=["GET", "POST"])
@allow("doors.log or people.edit")
def log_contact(id: str):
    """A door knock or a call, and what came of it."""
    person = found_or_refuse(people_lists.one_person(db.session, within("doors.log", "people.edit"), id), "person.unknown")
    form = KnockForm()
    form.channel.choices, form.result.choices = choices_from(choices("channel")), choices_from(choices("attempt"))
    door = " ".join(filter(None, (person.compound, person.building, person.unit, person.room)))
    return ask(
        form,
        title=_("联系 %(name)s", name=person.name),
        button=_("保存"),
        back=url_for("console.show_person", id=id),
        facts=[(_("门牌"), door), (_("类别"), word(person.category or "unknown", "category"))],
        then=lambda: act("log_door_knock", id, channel=form.channel.data, result=form.result.data, note=form.note.data or None) and None,
    )


@console.route("/transfers/<id>/acceptance", methods=["GET", "POST"])
@allow("returns.accept")
def accept_return(id: str):
    """The community takes its people back, by name, before the vehicle leaves."""
    transfer = found_or_refuse(lists.one_transfer(db.session, within("returns.accept"), id), "transfer.unknown")
    if transfer.kind != "return":
        raise Refused("transfer.unknown")
    names = [(line.position, line.person.name) for line in transfer.lines if line.open]
    form = AcceptanceForm()
    return ask(
        form,
        title=_("接收 %(code)s：%(people)s", code=transfer.code, people=counted(len(names), "people")),
        back=url_for("console.list_compounds"),
        facts=names,
        then=lambda: act("accept_return", id, accepted_by=form.accepted_by.data) and None,
    )
