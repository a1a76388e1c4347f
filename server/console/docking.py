"""Step 2 at a desk: what a site said on the telephone; which transfers ask a partner city's sites for rooms, and its answers."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.access import allow
from server.console.asking import ChoiceField, MomentField, Question, act, ask, choices_from, line_field
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import counted, listed, local, now, word
from server.console.transfer_changes import back_to
from server.console.transfer_steps import choices
from server.console.transfers import card_of, one_transfer
from server.domain.docking import PARTS
from server.domain.site_duty import shift_at
from server.store.database import db
from server.store.lists import transfers as lists
from server.store.lists.pipeline import duty_of
from server.store.transfers import Transfer

UNANSWERED = (None, "asked")
SAID_OF_PARTS = tuple(f"{part}_ready{end}" for part in PARTS for end in ("", "_at"))


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
        whole = super().validate(*more, **kinds)
        return (self.answer.data != "accepted" or says_by_when(self)) and whole


class DockCallForm(Question):
    number = line_field(_l("打的号码"), 30)
    answered_by = line_field(_l("谁接的"), 60, required=False)
    result = RadioField(_l("结果"), [InputRequired()])
    rooms_promised = IntegerField(_l("答应几间"), [Optional(), NumberRange(0, 5000)])
    beds_ready = ChoiceField(_l("床位备好"))
    beds_ready_at = MomentField(_l("没备好的话，床位什么时候好"))
    rooms_ready = ChoiceField(_l("房间备好"))
    rooms_ready_at = MomentField(_l("没备好的话，房间什么时候好"))
    staff_ready = ChoiceField(_l("这一班医护、人手到位"))
    staff_ready_at = MomentField(_l("没到位的话，什么时候到"))
    reason = ChoiceField(_l("不接收的原因"))
    gate = line_field(_l("从哪个门进"), 60, required=False)
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])

    def validate(self, *more, **kinds) -> bool:
        """Whoever asks for one of the three asks for all."""
        whole = super().validate(*more, **kinds)
        fields = [self[f"{part}_ready"] for part in PARTS if f"{part}_ready" in self]
        if self.result.data != "confirmed" or not any(field.data for field in fields):
            return whole
        for field in (field for field in fields if not field.data):
            field.errors = [*field.errors, _("床位、房间、人手三样都要问。")]
            whole = False
        return says_by_when(self) and whole


def says_by_when(form: AnswerForm | DockCallForm) -> bool:
    """Whether what is not ready carries the time it will be; if not, the form says where."""
    untold = [form[f"{part}_ready_at"] for part in PARTS if form[f"{part}_ready"].data in (False, "no")]
    untold = [field for field in untold if field.data is None]
    for field in untold:
        field.errors = [*field.errors, _("没备好的，请填什么时候好。")]
    return not untold


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
                **{name: form[name].data for name in SAID_OF_PARTS},
            )
            and None
        ),
    )


@console.route("/transfers/<id>/dock-calls", methods=["GET", "POST"])
@allow("transfers.record")
def record_dock_call(id: str):
    """Step 2: what the site said on the telephone."""
    transfer, form = one_transfer(id, "transfers.record"), DockCallForm()
    form.result.choices = choices_from(choices("dock_result"))
    form.reason.offer(choices("dock_refusal"), empty=_("没有拒绝"))
    if transfer.destination_kind == "site":
        for part in PARTS:
            form[f"{part}_ready"].offer([("yes", _("备好了")), ("no", _("还没有"))], empty=_("没问"))
    else:
        for name in SAID_OF_PARTS:
            del form[name]
    fields = ("number", "answered_by", "result", "rooms_promised", "reason", "gate", "note")
    return ask(
        form,
        title=_("%(code)s 的对接电话", code=transfer.code),
        button=_("保存"),
        back=back_to(transfer),
        facts=on_duty(transfer) if transfer.site_id else [],
        says=_("电话里答应的，会记成“电话确认，代记”，不会当成隔离点自己答的。"),
        then=lambda: act("record_dock_call", id, **{name: form[name].data or None for name in fields}, **_told_of_parts(form)) and None,
    )


def _told_of_parts(form: DockCallForm) -> dict:
    """Beds, rooms, staff as they were told; of a refusal and of a call that nobody took none."""
    if form.result.data != "confirmed" or "beds_ready" not in form:
        return {}
    return {name: form[name].data if name.endswith("_at") else {"yes": True, "no": False}.get(form[name].data) for name in SAID_OF_PARTS}


def on_duty(transfer: Transfer) -> list[tuple[str, str]]:
    """Who is on duty in the shift in which these people come, as far as the site has said so."""
    day, shift = shift_at(local(transfer.depart_at or now()))
    known = [row for (name, _role), row in duty_of(db.session, transfer.site_id, day).items() if name == shift and row.people]
    told = listed(f"{word(row.role, 'duty_role')} {row.people}" for row in known)
    return [(word(shift, "shift"), told or _("没有登记值班"))]
