"""Quarantine: what phones sent that took no effect. Each stays with its exact words until somebody deals with it by name."""

import json

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from server.access import allow
from server.console.asking import Question, act, ask
from server.console.listing import Listing
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.shown import word
from server.store.change_log import Operation
from server.store.database import db
from server.store.lists import desk as lists


class SettlementForm(Question):
    words = TextAreaField(_l("怎么处理的"), [InputRequired(), Length(max=1000)])


@console.get("/quarantine")
@allow("conflicts.resolve")
def list_quarantine():
    """What waits; with `state=settled` what was dealt with."""
    query = lists.quarantined(within("conflicts.resolve"), settled=request.args.get("state") == "settled")
    return show("quarantine", listing=Listing(query, {"received": Operation.received_at, "type": Operation.type}, sort="received"))


@console.route("/quarantine/<id>", methods=["GET", "POST"])
@allow("conflicts.resolve")
def show_quarantined(id: str):
    """One operation as it came, why it took no effect, and what to do with it."""
    row = found_or_refuse(lists.one_quarantined(db.session, within("conflicts.resolve"), id), "target.unknown")
    form = SettlementForm()
    return ask(
        form,
        title=_("%(what)s，没有生效", what=word(row.Operation.type, "operation")),
        back=url_for("console.list_quarantine"),
        template="quarantined",
        row=row,
        operation=row.Operation,
        body=readable(row.Operation.body),
        then=lambda: act("settle_quarantined", operation=id, words=form.words.data) and None,
    )


@console.post("/quarantine/<id>/judging")
@allow("conflicts.resolve")
def judge_again(id: str):
    """Have a held operation judged once more, whatever it waits for."""
    act("judge_again", operation=id)
    flash(_("半分钟内会再判一次。"))
    return redirect(url_for("console.show_quarantined", id=id))


def readable(body: str) -> str:
    """The exact text, laid out when it is JSON."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=1)
    except ValueError:
        return body
