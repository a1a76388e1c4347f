"""The community worker's page: own compounds, masked; door knocks; who comes home, accepted before and received at the gate. Made for a
phone's width."""

from flask import request, url_for
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
from server.store.transfers import Transfer

MOST = 300
RECEPTIONS = ("received", "refused", "absent")
REASONS = ("younger_test", "fever", "wrong_person", "not_on_list", "other")  # for which a community may turn somebody away


class KnockForm(Question):
    channel = RadioField(_l("怎么联系"), [InputRequired()], default="door")
    result = RadioField(_l("结果"), [InputRequired()])
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


class AcceptanceForm(Question):
    accepted_by = line_field(_l("社区接收人姓名"))


class DeclinationForm(Question):
    declined_by = line_field(_l("谁答复的（姓名）"))
    reason = TextAreaField(_l("为什么不接收"), [InputRequired(), Length(max=500)])


class ReceptionForm(Question):
    counterpart = line_field(_l("送来的人（司机姓名）"))


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
    transfer = _one_return(id)
    names = [(line.position, line.person.name) for line in transfer.lines if line.open]
    form = AcceptanceForm()
    return ask(
        form,
        title=_("接收 %(code)s：%(people)s", code=transfer.code, people=counted(len(names), "people")),
        back=url_for("console.list_compounds"),
        facts=names,
        then=lambda: act("accept_return", id, accepted_by=form.accepted_by.data) and None,
    )


@console.route("/transfers/<id>/declination", methods=["GET", "POST"])
@allow("returns.accept")
def decline_return(id: str):
    """The community says no, and why: the desk decides what follows, before anybody is called out of their room."""
    transfer, form = _one_return(id), DeclinationForm()
    return ask(
        form,
        title=_("不接收 %(code)s", code=transfer.code),
        back=url_for("console.list_compounds"),
        facts=[(line.position, line.person.name) for line in transfer.lines if line.open],
        says=_("专班会马上看到，由专班决定。已解除隔离的人不应拒收。"),
        then=lambda: act("decline_return", id, declined_by=form.declined_by.data, reason=form.reason.data) and None,
    )


@console.route("/transfers/<id>/homecoming", methods=["GET", "POST"])
@allow("reception.record")
def receive_return(id: str):
    """Who is at the gate, person by person: taken over, or not, and why; then the community's signature."""
    transfer, form = _one_return(id, "reception.record"), ReceptionForm()
    if not form.is_submitted():
        form.counterpart.data = next((member.user.name for member in transfer.crew if member.to_at is None), "")
    return ask(
        form,
        title=_("接人回家 %(code)s", code=transfer.code),
        back=url_for("console.list_compounds"),
        template="receive_return",
        transfer=transfer,
        reasons=[(code, word(code, "reception_refusal")) for code in REASONS],
        lines=[line for line in transfer.lines if line.open or line.received],
        certificates=people_lists.certificates(db.session, [line.person_id for line in transfer.lines]),
        then=lambda: _receive(transfer, form.counterpart.data),
    )


def _receive(transfer: Transfer, counterpart: str) -> None:
    """Each answer is a fact of its own, and the signature covers all of them; who was not answered for stays open."""
    said = {line.id: request.form.get(f"outcome {line.id}") for line in transfer.lines}
    known = {line.id: (line.received or {}).get("outcome") for line in transfer.lines}
    for id, outcome in said.items():
        if outcome in RECEPTIONS and outcome != known[id]:
            note = (request.form.get(f"note {id}") or "").strip() or None
            reason = _reason(id) if outcome == "refused" else None
            act("receive_person", transfer.id, line=id, outcome=outcome, reason=reason, note=note)
    signed = [{"line": id, "outcome": said[id] or known[id]} for id in said if said[id] in RECEPTIONS or known[id]]
    if signed:
        act("sign_handover", transfer.id, side="site", lines=signed, counterpart=counterpart)


def _reason(line: str) -> str:
    said = request.form.get(f"reason {line}")
    return said if said in REASONS else "other"


def _one_return(id: str, permission: str = "returns.accept") -> Transfer:
    transfer = found_or_refuse(lists.one_transfer(db.session, within(permission), id), "transfer.unknown")
    if transfer.kind != "return":
        raise Refused("transfer.unknown")
    return transfer
