"""The partner city's desk: which transfers ask its sites for rooms, and its answers."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from server.access import allow
from server.console.asking import ChoiceField, MomentField, Question, act, ask, choices_from, line_field
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import counted, local, now, word
from server.console.transfer_steps import choices
from server.console.transfers import card_of, one_transfer
from server.domain.docking import PARTS
from server.domain.site_duty import shift_at
from server.store.database import db
from server.store.lists import transfers as lists
from server.store.lists.pipeline import duty_of
from server.store.transfers import Transfer

UNANSWERED = (None, "asked")


class AnswerForm(Question):
    answer = RadioField(_l("答复"), [InputRequired()], choices=choices_from([("accepted", _l("接收")), ("refused", _l("不接收"))]))
    reason = ChoiceField(_l("不接收的原因"))
    beds_ready = BooleanField(_l("床位备好"), default=True)
    beds_ready_at = MomentField(_l("没备好的话，床位什么时候好"))
    rooms_ready = BooleanField(_l("房间备好"), default=True)
    rooms_ready_at = MomentField(_l("没备好的话，房间什么时候好"))
    staff_ready = BooleanField(_l("这一班医护、人手到位"), default=True)
    staff_ready_at = MomentField(_l("没到位的话，什么时候到"))
    gate = line_field(_l("从哪个门进"), 60, required=False)
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])

    def validate(self, *more, **kinds) -> bool:
        """What is not ready carries the time it will be."""
        whole = super().validate(*more, **kinds)
        for part in PARTS if self.answer.data == "accepted" else ():
            if not self[f"{part}_ready"].data and self[f"{part}_ready_at"].data is None:
                self[f"{part}_ready_at"].errors = [*self[f"{part}_ready_at"].errors, _("没备好的，请填什么时候好。")]
                whole = False
        return whole


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
    flags = tuple(f"{part}_ready{end}" for part in PARTS for end in ("", "_at"))
    people = [
        (line.position, f"{line.person.name} {line.held_room.number if line.held_room else ''}") for line in transfer.lines if line.open
    ]
    return ask(
        form,
        title=_("答复 %(code)s：%(people)s", code=transfer.code, people=counted(len(people), "people")),
        back=url_for("console.list_docking"),
        facts=[*people, *on_duty(transfer)],
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


def on_duty(transfer: Transfer) -> list[tuple[str, str]]:
    """Who is on duty in the shift in which these people come, as far as the site has said so."""
    day, shift = shift_at(local(transfer.depart_at or now()))
    known = [row for (name, _role), row in duty_of(db.session, transfer.site_id, day).items() if name == shift and row.people]
    told = "、".join(f"{word(row.role, 'duty_role')} {row.people}" for row in known)
    return [(word(shift, "shift"), told or _("没有登记值班"))]
