"""Copies of unsent work: a phone without signal makes one, somebody brings the file, a desk reads it in here."""

import json

from flask import current_app, flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from server.access import allow, staff
from server.console.asking import Question, ask
from server.console.listing import Listing
from server.console.page import console
from server.console.shown import now
from server.store.database import db
from server.store.lists import desk as lists


class CopyForm(Question):
    file = FileField(_l("副本文件（手机上分享出来的）"), [FileRequired(_l("请选择文件。"))])


@console.route("/phones/copies", methods=["GET", "POST"])
@allow("copies.read_in")
def read_in_copy():
    """The form, and beneath it what was read in before: by whom, whose work it was, and what became of it."""
    form = CopyForm()

    def read_in() -> None:
        counts = current_app.extensions["read_in_copy"](form.file.data.read(), by=staff(), at=now())
        flash(_("读入了：新 %(new)s，已有 %(known)s，不接受 %(refused)s。", new=counts.new, known=counts.known, refused=counts.refused))

    listing = Listing(lists.copies(), lists.COPY_SORTS, sort="-received")
    return ask(
        form,
        title=_("读入副本"),
        back=url_for("console.read_in_copy"),
        done=_("手机里的记录还留着；它自己再送来时不会算两次。"),
        template="copies",
        listing=listing,
        owners=lists.names_of(db.session, {told(row.Operation)["of"] for row in listing.rows}),
        told=told,
        then=read_in,
    )


def told(operation) -> dict:
    """What the log says of one reading: {copy, of, new, known, refused}."""
    return json.loads(operation.body)["args"]
