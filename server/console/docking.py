"""The partner city's desk: which transfers ask its sites for rooms, and its answers."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from server.access import allow
from server.console.asking import ChoiceField, Question, act, ask, choices_from, line_field
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import counted
from server.console.transfer_steps import choices
from server.console.transfers import card_of, one_transfer
from server.store.database import db
from server.store.lists import transfers as lists

UNANSWERED = (None, "asked")


class AnswerForm(Question):
    answer = RadioField(_l("答复"), [InputRequired()], choices=choices_from([("accepted", _l("接收")), ("refused", _l("不接收"))]))
    reason = ChoiceField(_l("不接收的原因"))
    beds_ready = BooleanField(_l("床位备好"))
    rooms_ready = BooleanField(_l("房间备好"))
    staff_ready = BooleanField(_l("人手到位"))
    gate = line_field(_l("从哪个门进"), 60, required=False)
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


@console.get("/docking")
@allow("docking.answer")
def list_docking():
    """Requests to the sites within reach: the unanswered first, then by departure."""
    query = lists.transfers(within("docking.answer"), state="open")
    rows = [row.Transfer for row in db.session.execute(query).all() if row.Transfer.destination_kind == "site"]
    named = lists.places_named(db.session, rows)
    cards = sorted(
        (card_of(row, named) for row in rows),
        key=lambda card: (card.transfer.dock.get("state") not in UNANSWERED, card.transfer.created_at),
    )
    return show("docking", cards=cards, unanswered=sum(card.transfer.dock.get("state") in UNANSWERED for card in cards))


@console.route("/transfers/<id>/docking", methods=["GET", "POST"])
@allow("docking.answer")
def answer_docking(id: str):
    """The site's own answer."""
    transfer, form = one_transfer(id, "docking.answer"), AnswerForm()
    form.reason.offer(choices("dock_refusal"), empty=_("没有拒绝"))
    flags = ("beds_ready", "rooms_ready", "staff_ready")
    people = [
        (line.position, f"{line.person.name} {line.held_room.number if line.held_room else ''}") for line in transfer.lines if line.open
    ]
    return ask(
        form,
        title=_("答复 %(code)s：%(people)s", code=transfer.code, people=counted(len(people), "people")),
        back=url_for("console.list_docking"),
        facts=people,
        then=lambda: (
            act(
                "answer_docking",
                id,
                answer=form.answer.data,
                reason=form.reason.data,
                gate=form.gate.data or None,
                note=form.note.data or None,
                **{name: form[name].data for name in flags},
            )
            and None
        ),
    )
