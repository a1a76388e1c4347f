"""The isolation notice (F7) and the release certificate (F9) on paper: A4, with the edition's counting rule in words."""

from flask_babel import gettext as _

from server.access import allow
from server.console.language import language
from server.console.page import console, show
from server.console.shown import counted, day, listed, local, word
from server.console.stays import ShownStay, shown_stay, stay_read
from server.domain.terms import Term
from server.problems import Refused
from server.store.database import db
from server.store.lists import stays as lists


@console.get("/stays/<id>/notice")
@allow("stays.read")
def print_notice(id: str):
    """To be given to the person when they arrive. What local law has to say is left blank."""
    shown = _shown(id)
    return show("isolation_notice", shown=shown, row=shown.row, stay=shown.stay, rule=counting_rule(shown), after=after_release(shown.term))


@console.get("/stays/<id>/certificate")
@allow("stays.read")
def print_certificate(id: str):
    """To be given to the person on release. Refuses: stay.not_released."""
    shown = _shown(id)
    if shown.stay.released_at is None:
        raise Refused("stay.not_released")
    days = (local(shown.stay.released_at).date() - shown.stay.clock_from).days if shown.stay.clock_from else None
    rule, after = counting_rule(shown), after_release(shown.term)
    return show("release_certificate", shown=shown, row=shown.row, stay=shown.stay, rule=rule, after=after, days=days)


def _shown(id: str) -> ShownStay:
    return shown_stay(stay_read(id), lists.tests_of(db.session, [id])[id])


def counting_rule(shown: ShownStay) -> list[str]:
    """How the days are counted, which tests are taken, and when it ends: sentences for the person, by the stay's own edition."""
    stay, term = shown.stay, shown.term
    since = _(
        "从%(basis)s那天（%(day)s）算起，那天是第 0 天。", basis=word(stay.clock_basis, "clock_basis"), day=day(stay.clock_from, whole=True)
    )
    said = [since if stay.clock_from else _("起算日还没有登记。")]
    if stay.due_on and stay.clock_from:
        days = counted((stay.due_on - stay.clock_from).days, "days")
        said.append(_("一共 %(days)s，到 %(day)s 期满；已经过去的日子算在里面。", days=days, day=day(stay.due_on, whole=True)))
    if shown.clock.tests_due:
        dates = listed(_("第 %(number)s 天（%(day)s）", number=number, day=day(on)) for number, on in shown.clock.tests_due)
        said.append(_("检测：%(dates)s。", dates=dates))
    if term.samples > 1:
        said.append(_("最后一次同时采 %(samples)s 份，用不同试剂。", samples=term.samples))
    if term.environment:
        said.append(_("解除前房间和物品也要采样，结果阴性。"))
    return [*said, _("解除的条件：%(release)s。", release=word(term.release, "release"))]


def after_release(term: Term) -> str:
    """What is owed at home afterwards."""
    if not term.home_days:
        return _("按本版方案，解除后没有居家健康监测。")
    tests = listed(term.home_tests)
    said = _("解除后居家健康监测 %(days)s。", days=counted(term.home_days, "days"))
    if not tests:
        return said
    then = _("在第 %(tests)s 天检测。", tests=tests)
    return f"{said} {then}" if language() == "en" else said + then
