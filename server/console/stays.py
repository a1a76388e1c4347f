"""People in their rooms: who is over, whose day is today; one stay with its clock, tests and rounds; release, extension, results."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FloatField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.access import allow, may, staff
from server.console.asking import MomentField, Question, act, ask, choices_from, line_field
from server.console.language import language
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.searching import searched
from server.console.shown import counted, day, listed, local, moment, now, word
from server.console.words import WORDS
from server.domain.clocks import Clock, Lack, Sample, lacking
from server.domain.overstays import over_since
from server.domain.permissions import extent
from server.domain.rule_packs import term_of
from server.domain.stay_clocks import clock_for, samples_of
from server.domain.terms import Term
from server.problems import Refused, sentence
from server.store.database import db, settings
from server.store.lists import stays as lists
from server.store.lists.transfers import areas
from server.store.rooms import Stay
from server.store.stays import StayTest

OF_A_DAY = ("test", "pair")


class ReleaseForm(Question):
    index_negative = BooleanField(_l("已核对：相关密接头两次检测都是阴性（只对次密接）"))
    allowed_by = line_field(_l("提前或缺检测时，谁同意的"), required=False)
    reason = TextAreaField(_l("为什么"), [Optional(), Length(max=200)])


class ExtensionForm(Question):
    until = DateField(_l("延长到"), [InputRequired()])
    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=200)])


class TestForm(Question):
    __test__ = False
    result = SelectField(_l("结果"))
    kind = SelectField(_l("采的是"))
    taken_at = MomentField(_l("什么时候采的（不填就是现在）"))
    ct = FloatField(_l("Ct 值（两个基因里低的那个，可以不填）"), [Optional(), NumberRange(min=0, max=60)])
    samples = IntegerField(_l("同时采了几份"), [InputRequired(), NumberRange(min=1, max=9)], default=1)


@dataclass(frozen=True)
class ShownStay:
    """A stay as the pages show it: its term and clock, what was tested, what a release lacks today, what was last asked for."""

    row: object
    term: Term
    clock: Clock
    samples: list[Sample]
    lacks: list[Lack]
    owed: int | None
    request: str | None = None

    @property
    def stay(self) -> Stay:
        return self.row.Stay


def shown_stay(row, tests: list[StayTest], request: str | None = None) -> ShownStay:
    zone, stay = settings().time_zone, row.Stay
    clock, samples, today = clock_for(stay, zone), samples_of(stay, tests, zone), local(now()).date()
    term = term_of(stay.pack, stay.category, local(stay.checked_in_at).date())
    owed = max((stay.due_on - today).days, 0) if stay.due_on else None
    return ShownStay(row, term, clock, samples, lacking(clock, samples, today), owed, request)


@console.get("/stays")
@allow("stays.read")
def list_stays():
    """Whose isolation is over first; with a filter those who are released and still there, found positive, or counted anew."""
    what = request.args.get("what") if request.args.get("what") in lists.VIEWS else "due"
    today = local(now()).date()
    filters = {"site": request.args.get("site"), "area": request.args.get("area"), "search": searched()}
    listing = Listing(lists.stays(within("stays.read"), what=what, today=today, **filters), lists.STAY_SORTS, sort="due")
    asked = what == "request"
    if wants_export():
        return export(_("在住人员"), stay_columns(), with_tests(listing.all_rows(), asked))
    shown = with_tests(listing.rows, asked)
    choices = [(code, word(code, "stay_view")) for code in WORDS["stay_view"]]
    return show(
        "stays",
        listing=listing,
        stays=shown,
        what=what,
        choices=choices,
        areas=areas(db.session),
        lacks=lack_words,
        releases=releases_at,
        over=lambda stay: bool((since := over_since(stay, settings().time_zone)) and since <= now()),
    )


def with_tests(rows, asked: bool = False) -> list[ShownStay]:
    """The stays with their tests; where it is asked for, with what they last asked for on a round."""
    rows, ids = list(rows), [row.Stay.id for row in rows]
    tests, rounds = lists.tests_of(db.session, ids), lists.rounds_of(db.session, ids) if asked else {}
    requests = {id: next((check.request for check in reversed(checks) if check.request), None) for id, checks in rounds.items()}
    return [shown_stay(row, tests[row.Stay.id], requests.get(row.Stay.id)) for row in rows]


def releases_at(area_id: str) -> bool:
    """Whether the reader may release people of a site in this area."""
    reach = extent(staff().role, "stays.release")
    return reach == "all" or (reach in ("area", "sites") and staff().area_id == area_id)


def stay_columns() -> list:
    return [
        (_("所在隔离点"), lambda shown: shown.row.Site.name),
        (_("房号"), lambda shown: shown.row.Room.number if shown.row.Room else ""),
        (_("姓名"), lambda shown: shown.row.Person.name),
        (_("类别"), lambda shown: word(shown.stay.category, "category")),
        (_("方案"), lambda shown: shown.stay.pack),
        (_("从什么算起"), lambda shown: word(shown.stay.clock_basis, "clock_basis")),
        (_("哪天算起"), lambda shown: shown.stay.clock_from),
        (_("到期"), lambda shown: shown.stay.due_on),
        (_("还欠几天"), lambda shown: shown.owed if shown.owed is not None else ""),
        (_("还缺什么"), lambda shown: lack_words(shown.lacks)),
        (_("解除"), lambda shown: moment(shown.stay.released_at) if shown.stay.released_at else ""),
        (_("证明号"), lambda shown: shown.stay.certificate_no),
        (_("要什么"), lambda shown: shown.request or ""),
    ]


def lack_words(lacks: list[Lack]) -> str:
    """What lacks, with the day of the test or the date."""
    stop = "；" if language() == "zh" else "; "
    said = []
    for code in dict.fromkeys(lack.code for lack in lacks):
        these = [lack for lack in lacks if lack.code == code]
        days, dates = listed(lack.day for lack in these), listed(day(lack.on) for lack in these if lack.on)
        when = _("第%(days)s天", days=days) if code in OF_A_DAY else dates
        said.append(f"{word(code, 'lack')} {when}".strip())
    return stop.join(said)


@console.post("/stays/releases")
@allow("stays.release")
def release_stays():
    """Everybody who is ticked, one by one: what a rule refuses stays, and is said by name."""
    told = {name: request.form.get(name, "").strip() or None for name in ("allowed_by", "reason")}
    told["index_negative"] = request.form.get("index_negative") == "yes"
    done = _each_ticked(lambda row: act("release_stay", row.Stay.id, **told))
    flash(_("解除了 %(people)s", people=counted(done, "people")))
    return _back_to_list()


@console.post("/stays/tests")
@allow("stays.record")
def record_negatives():
    """Everybody who is ticked was tested today and is negative, with as many samples as their edition asks."""
    done = _each_ticked(lambda row: act("record_test_result", row.Stay.id, result="negative", samples=_samples_asked(row.Stay)))
    flash(_("记了 %(people)s的检测", people=counted(done, "people")))
    return _back_to_list()


def _each_ticked(do: Callable) -> int:
    """One by one, and how many it was done for; what a rule refuses is said by name."""
    done = 0
    for id in dict.fromkeys(request.form.getlist("stay")):
        row = lists.one_stay(db.session, within("stays.read"), id)
        try:
            if row is None or not releases_at(row.Area.id):
                raise Refused("stay.unknown")
            do(row)
            done += 1
        except Refused as refusal:
            flash(f"{row.Person.name if row else '—'}：{sentence(refusal.code, language(), **refusal.values)}")
    return done


def _samples_asked(stay: Stay) -> int:
    return term_of(stay.pack, stay.category, local(stay.checked_in_at).date()).samples


def _back_to_list():
    return redirect(url_for("console.list_stays", what=request.form.get("what") or None, site=request.form.get("site") or None))


@console.get("/stays/<id>")
@allow("stays.read")
def show_stay(id: str):
    """One stay: from what the clock counts, the days, the tests due and taken, why the day moved, the rounds."""
    row = stay_read(id)
    session = db.session
    return show(
        "stay",
        shown=shown_stay(row, lists.tests_of(session, [id])[id]),
        stay=row.Stay,
        row=row,
        rounds=list(reversed(lists.rounds_of(session, [id])[id]))[:14],
        changes=lists.changes_of(session, [id])[id],
        today=local(now()).date(),
        lacks=lack_words,
        releases=may("stays.release") and releases_at(row.Area.id),
    )


def stay_read(id: str):
    """(Stay, Person, Room, Site, Area), or as if it did not exist."""
    return found_or_refuse(lists.one_stay(db.session, within("stays.read"), id), "stay.unknown")


def stay_of_desk(id: str):
    """The same, where the reader's own sites are."""
    row = stay_read(id)
    if not releases_at(row.Area.id):
        raise Refused("stay.unknown")
    return row


@console.route("/stays/<id>/release", methods=["GET", "POST"])
@allow("stays.release")
def release_stay(id: str):
    """The isolation of one person ends."""
    row, form = stay_of_desk(id), ReleaseForm()
    shown = shown_stay(row, lists.tests_of(db.session, [id])[id])
    told = {"index_negative": form.index_negative.data, "allowed_by": form.allowed_by.data or None, "reason": form.reason.data or None}
    return ask(
        form,
        title=_("解除隔离 %(name)s", name=row.Person.name),
        back=url_for("console.show_stay", id=id),
        says=_("还缺：%(lacks)s", lacks=lack_words(shown.lacks)) if shown.lacks else _("按方案可以解除。解除后人还在房间，请安排返回。"),
        then=lambda: act("release_stay", id, **told) and None,
    )


@console.route("/stays/<id>/extension", methods=["GET", "POST"])
@allow("stays.release")
def extend_stay(id: str):
    """Somebody has to stay longer, for a reason that they can read."""
    row, form = stay_of_desk(id), ExtensionForm()
    return ask(
        form,
        title=_("延长隔离 %(name)s", name=row.Person.name),
        back=url_for("console.show_stay", id=id),
        says=_("现在到期：%(day)s", day=day(row.Stay.due_on)),
        then=lambda: act("extend_stay", id, until=form.until.data, reason=form.reason.data) and None,
    )


@console.route("/stays/<id>/test", methods=["GET", "POST"])
@allow("stays.record")
def record_test_result(id: str):
    """What the laboratory said of one person, or of the room."""
    row, form = stay_of_desk(id), TestForm()
    form.result.choices = choices_from((code, word(code, "test_result")) for code in WORDS["test_result"])
    form.kind.choices = choices_from((code, word(code, "test_kind")) for code in WORDS["test_kind"])
    told = {
        "result": form.result.data,
        "kind": form.kind.data,
        "taken_at": form.taken_at.data,
        "ct": form.ct.data,
        "samples": form.samples.data,
    }
    return ask(
        form,
        title=_("记检测结果 %(name)s", name=row.Person.name),
        back=url_for("console.show_stay", id=id),
        says=_("接触者查出阳性：房间暂停使用，此人列为阳性待转运，同层和上下两层的接触者重新计算，并成为一条冲突给专班。"),
        then=lambda: act("record_test_result", id, **told) and None,
    )
