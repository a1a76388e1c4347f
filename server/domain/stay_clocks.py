"""Which clock a stay has: the edition of its area and day, the day it counts from, and all that was tested since."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from server.domain.acts import Act, new_id
from server.domain.categories import CONTACTS
from server.domain.clocks import Clock, Sample, clock_of, due_on
from server.domain.rule_packs import PACKS, RulePack, pack_on, term_of
from server.domain.terms import Term
from server.store.people import Person
from server.store.rooms import Stay
from server.store.sites import Site
from server.store.stays import ClockChange, PackChoice, StayTest

# Built once: to build a statement costs as much as to ask it.
AREA_OF_SITE = select(Site.__table__.c.area_id).where(Site.__table__.c.id == bindparam("id"))
ALL_CHOICES = select(PackChoice)


def start_clock(act: Act, stay: Stay, person: Person) -> None:
    """Set the clock of a stay that begins: by whatever door, a reception as well as the ledger of those who were there before."""
    checked_in = local_day(act, stay.checked_in_at)
    stay.pack = pack_in(act, stay.site_id, checked_in).name
    term = term_of(stay.pack, stay.category, checked_in)
    stay.clock_basis, stay.clock_from = counts_from(term, person, checked_in, act.work.settings.time_zone)
    stay.due_on = due_on(term, stay.clock_from)


def counts_from(term: Term, person: Person, checked_in: date, zone: ZoneInfo) -> tuple[str, date]:
    """(basis, day): the last exposure, not the check-in (R-02, R-07); of a positive the sample. Where neither is known, the arrival."""
    if term.counts_from == "positive_sample":
        sample = person.sampled_at or person.detected_at
        return ("positive_sample", sample.astimezone(zone).date()) if sample else ("arrival", checked_in)
    return ("last_exposure", person.last_exposed_on) if person.last_exposed_on else ("arrival", checked_in)


def pack_in(act: Act, site_id: str | None, day: date) -> RulePack:
    """The edition that holds at a site on a day: what its area chose, else what everybody's choice says, else what the dates say."""
    return chosen_pack(_choices(act), _area_of(act, site_id), day)


def chosen_pack(choices: Iterable[PackChoice], area_id: str | None, day: date) -> RulePack:
    """The same from the choices themselves: of an area the newest that has begun, and of one without any that of all areas."""
    begun = [choice for choice in choices if choice.from_on <= day]
    for scope in (area_id, None):
        of_scope = [choice for choice in begun if choice.area_id == scope]
        if of_scope:
            newest = max(of_scope, key=lambda choice: (choice.from_on, choice.at))
            if newest.pack:
                return PACKS[newest.pack]
    return pack_on(day)


def clock_for(stay: Stay, zone: ZoneInfo) -> Clock:
    """The clock that a release of this stay is judged by."""
    checked_in = stay.checked_in_at.astimezone(zone).date()
    return clock_of(term_of(stay.pack, stay.category, checked_in), stay.clock_from, stay.due_on, checked_in)


def samples_of(stay: Stay, tests: Iterable[StayTest], zone: ZoneInfo) -> list[Sample]:
    """What was tested since the clock began, oldest first; what was taken back counts for nothing."""
    taken = [as_sample(test, zone) for test in sorted(tests, key=lambda test: test.taken_at) if test.taken_back_at is None]
    return [sample for sample in taken if stay.clock_from is None or sample.on >= stay.clock_from]


def as_sample(test: StayTest, zone: ZoneInfo) -> Sample:
    """A row as the rules see it."""
    return Sample(test.taken_at, test.taken_at.astimezone(zone).date(), test.result, test.kind, test.ct, test.samples)


def reckon_again(act: Act, person: Person) -> None:
    """The last exposure or the category of somebody turned out otherwise: the clock of their stay follows, and says so.

    A stay that was reset here, is released or ends as a positive's keeps its clock; so does the monitoring at home, which counts from the
    arrival there.
    """
    stay = act.loaded.around.stay_of(person.id)
    if stay is None or stay.released_at or stay.referred_at or stay.clock_basis == "reset" or stay.kind == "monitoring":
        return
    if person.category in CONTACTS and stay.category in CONTACTS:
        act.change(stay, category=person.category)
    checked_in = local_day(act, stay.checked_in_at)
    term = term_of(stay.pack, stay.category, checked_in)
    basis, since = counts_from(term, person, checked_in, act.work.settings.time_zone)
    due = due_on(term, since)
    due = max(filter(None, (due, stay.due_on)), default=None) if stay.extended_reason else due
    if (basis, since, due) != (stay.clock_basis, stay.clock_from, stay.due_on):
        note_change(act, stay, "corrected", due, None)
        act.change(stay, clock_basis=basis, clock_from=since, due_on=due)


def tests_of(act: Act, stay: Stay) -> list[StayTest]:
    """The tests of a stay; one that is recorded in this transaction is put in by whoever records it."""
    key = ("tests", stay.id)
    if key not in act.work.known:
        act.work.known[key] = list(act.work.session.scalars(select(StayTest).where(StayTest.stay_id == stay.id)))
    return act.work.known[key]


def note_change(act: Act, stay: Stay, kind: str, due: date | None, reason: str | None, cause: str | None = None) -> None:
    """Write why the day changes, before it does: whoever stays longer has a right to know it."""
    told = {"kind": kind, "was_due_on": stay.due_on, "due_on": due, "reason": reason, "cause_stay_id": cause}
    act.make(ClockChange(id=new_id(), stay_id=stay.id, at=act.at, by_id=act.actor.id, operation_id=act.operation.id, **told))


def local_day(act: Act, at: datetime) -> date:
    """The day on which that moment falls where people are: clocks count local days."""
    return at.astimezone(act.work.settings.time_zone).date()


def _area_of(act: Act, site_id: str | None) -> str | None:
    """The area of a site, asked once a transaction: a coach brings everybody to the same one."""
    areas = act.work.known.setdefault("areas_of_sites", {None: None})
    if site_id not in areas:
        areas[site_id] = act.work.session.connection().scalar(AREA_OF_SITE, {"id": site_id})
    return areas[site_id]


def _choices(act: Act) -> list[PackChoice]:
    if "pack_choices" not in act.work.known:
        act.work.known["pack_choices"] = list(act.work.session.scalars(ALL_CHOICES))
    return act.work.known["pack_choices"]
