"""Conflicts: both sides' words beside each other, and a decision by name."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from server.access import allow, may
from server.console.asking import Question, act, ask
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.sayings import ids_in, sayings_of, summary_of, who_says
from server.console.shown import conflict_word, moment, word
from server.store.database import db
from server.store.lists import desk as lists
from server.store.lists import people as people_lists
from server.store.lists.transfers import areas

TURNED_AWAY = ("reception.refused", "return.declined")  # of a return the desk decides where they go


class ResolutionForm(Question):
    words = TextAreaField(_l("怎么定的，依据是什么"), [InputRequired(), Length(max=1000)])


@console.get("/conflicts")
@allow("conflicts.read")
def list_conflicts():
    """Open items first asked for; closed ones stay to be read."""
    args = request.args
    state = args.get("state", "open")
    query = lists.conflicts(within("conflicts.read"), state=None if state == "all" else state, code=args.get("code"), area=args.get("area"))
    listing = Listing(query, lists.CONFLICT_SORTS, sort="raised" if state == "open" else "-raised")
    if wants_export():
        rows = listing.all_rows()
        authors = {side["by"] for row in rows for side in row.Conflict.values if side.get("by")}
        return export(_("冲突"), conflict_columns(lists.names_of(db.session, authors)), rows)
    names = lists.names_of(db.session, ids_in([row.Conflict.values for row in listing.rows]))
    return show("conflicts", listing=listing, areas=areas(db.session), summary=lambda value: summary_of(value, names))


def conflict_columns(names: dict[str, str]) -> list:
    return [
        (_("什么事"), lambda row: conflict_word(row.Conflict.code)),
        (_("任务"), lambda row: row.Transfer.code if row.Transfer else ""),
        (_("谁"), lambda row: row.Person.name if row.Person else ""),
        (_("所在隔离点"), lambda row: row.Site.name if row.Site else ""),
        (_("双方说法"), lambda row: " / ".join(summary_of(value, names) for value in row.Conflict.values)),
        (_("提出"), lambda row: moment(row.Conflict.raised_at)),
        (_("状态"), lambda row: word(row.Conflict.state, "conflict_state")),
        (_("怎么定的"), lambda row: row.Conflict.resolution),
    ]


@console.route("/conflicts/<id>", methods=["GET", "POST"])
@allow("conflicts.read")
def show_conflict(id: str):
    """One item: what each side says; a desk decides, a site proposes."""
    row = found_or_refuse(lists.one_conflict(db.session, within("conflicts.read"), id), "conflict.unknown")
    form, sides = ResolutionForm(), row.Conflict.values
    names = lists.names_of(db.session, ids_in(sides))
    decides = may("conflicts.resolve")
    may_speak = row.Conflict.state == "open" and (decides or may("conflicts.propose"))
    return ask(
        form,
        title=conflict_word(row.Conflict.code),
        back=url_for("console.list_conflicts"),
        template="conflict",
        item=row.Conflict,
        sides=[(side, who_says(side, names), sayings) for side, sayings in zip(sides, sayings_of(sides, names), strict=True)],
        row=row,
        decides=decides,
        may_speak=may_speak,
        ways_on=row.Conflict.state == "open" and row.Conflict.code in TURNED_AWAY and row.Transfer and row.Transfer.kind == "return",
        stay=people_lists.certified_stay(db.session, row.Person.id) if row.Person and row.Conflict.code in TURNED_AWAY else None,
        then=lambda: (
            act("resolve_conflict", id, resolution=form.words.data) and None
            if decides
            else act("propose_resolution", id, words=form.words.data) and None
        ),
    )
