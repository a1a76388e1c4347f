"""Held rows: the work list, and each mended in place, moved by hand before it is mended, or dropped with a reason."""

from datetime import datetime

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from server.access import allow, staff
from server.console.asking import ReasonForm, act, ask
from server.console.imports import intake
from server.console.language import language
from server.console.listing import Listing
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.searching import searched
from server.console.shown import local, now, word, words
from server.console.words import WORDS
from server.domain.categories import CONTACTS, POSITIVES
from server.domain.people_search import candidates
from server.problems import Refused, sentence, status_of
from server.store.database import db
from server.store.imports import ImportRow
from server.store.lists import imports as lists
from server.store.lists.transfers import areas
from server.store.people import Person


@console.get("/imports/held")
@allow("imports.read")
def list_held_rows():
    """What has to be looked at, the longest waiting first."""
    query = lists.waiting(within("imports.read"), area=request.args.get("area"), search=searched())
    return show("held_rows", listing=Listing(query, lists.WAITING_SORTS, sort="arrived"), areas=areas(db.session))


@console.route("/imports/held/<id>", methods=["GET", "POST"])
@allow("imports.run")
def mend_row(id: str):
    """The row as it came beside a form: judged again as it is saved."""
    found = found_or_refuse(lists.one_row(db.session, within("imports.run"), id), "row.unknown")
    row, form = found.ImportRow, intake().form_of(found.ImportRow, found.ImportFile.kind)
    refusal, status, typed = None, 200, {name: text_of(value) for name, value in form.items()}
    if request.method == "POST":
        told = {name: request.form.get(name, "") for name in form}
        changes = {name: text for name, text in told.items() if text.strip() != typed[name]}
        typed = told
        try:
            return after_mending(intake().mend(id, changes, by=staff(), at=now(), same_as=request.form.get("same_as") or None))
        except Refused as fault:
            refusal, status = reason_in_words(fault), status_of(fault.code)
    page = show(
        "held_row",
        categories=[word(code, "category") for code in (*sorted(POSITIVES), *sorted(CONTACTS))],
        row=row,
        file=found.ImportFile,
        area=found.Area,
        typed=typed,
        refusal=refusal,
        **(those_like(row) if found.ImportFile.kind == "list" else {"beside": None, "people": []}),
    )
    return page, status


def after_mending(mended):
    """To the next row that may be the same person, else back to the list."""
    flash(_("已补正。") if not mended.matched else _("已补正，登记里已有此人。"))
    if mended.offers:
        flash(_("下面这一行可能是同一人。"))
        return redirect(url_for("console.mend_row", id=mended.offers[0]))
    return redirect(url_for("console.list_held_rows"))


def those_like(row: ImportRow) -> dict:
    """The row it was held beside, and people it may be."""
    values = {"name": row.name, "phone": row.phone, "address_key": row.address_key, "birth_year": row.birth_year}
    found = candidates(db.session, values, current_app.config["SECRET_KEY"], within("imports.run"))
    people = [one.person for one in found if one.person]
    if row.person_id and row.person_id not in {person.id for person in people}:
        people += filter(None, [db.session.get(Person, row.person_id)])
    return {"beside": row.other_row_id and db.session.get(ImportRow, row.other_row_id), "people": people}


def text_of(value) -> str:
    """A value of a row as its field shows it: a moment as the wall clock had it."""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    return "" if value is None else word(value, "sex") if value in WORDS["sex"] else str(value)


def reason_in_words(fault: Refused) -> str:
    """A row that is still held says in words why."""
    values = dict(fault.values)
    if values.get("codes"):
        values["reasons"] = words(values["codes"], "row_reason")
    return sentence(fault.code, language(), **values)


@console.post("/imports/held/<id>/taking")
@allow("people.edit")
def take_row(id: str):
    """First move, then mend: the row becomes a person who can be put on a transfer now."""
    found_or_refuse(lists.one_row(db.session, within("people.edit"), id), "row.unknown")
    person = intake().take_by_hand(id, by=staff(), at=now())
    flash(_("可以先安排转运了，这一行以后再补正。"))
    return redirect(url_for("console.show_person", id=person))


@console.route("/imports/held/<id>/dropping", methods=["GET", "POST"])
@allow("imports.run")
def drop_row(id: str):
    """Nobody new: a duplicate, or listed by mistake."""
    found = found_or_refuse(lists.one_row(db.session, within("imports.run"), id), "row.unknown")
    form = ReasonForm()
    return ask(
        form,
        title=_("略过这一行"),
        back=url_for("console.mend_row", id=id),
        facts=[(header, cell) for header, cell in found.ImportRow.cells.items()],
        says=_("这一行不再等待。只用于重复的或列错的人。"),
        then=lambda: act("drop_row", row=id, reason=form.reason.data) and url_for("console.list_held_rows"),
    )
