"""Release: isolation ends by the rules of the edition. The person is in the room until they leave; the overstay counts from there."""

from datetime import date

from sqlalchemy import func, select

from server.domain.acts import Act
from server.domain.categories import turned_positive
from server.domain.clocks import Clock, Lack, lacking
from server.domain.overstays import VACATE_WITHIN
from server.domain.reach import reaches_site
from server.domain.stay_clocks import clock_for, local_day, note_change, samples_of, tests_of
from server.problems import Refused
from server.store.rooms import Stay
from server.store.sites import Site

STATES_RELEASED_FROM = ("isolated", "release_due")


def release_stay(
    act: Act, *, index_negative: bool = False, allowed_by: str | None = None, reason: str | None = None, note: str | None = None
) -> str:
    """End a person's isolation, and give the number of the certificate. Said again by a second person it is the same release.

    `index_negative`: somebody has seen that the contact's own first two tests are negative (of secondary contacts). `allowed_by` with
    `reason`: somebody who may lets them go home earlier where the edition knows that, or knows of a test that is not written here.
    Refuses: target.unknown, stay.ended, stay.referred, reason.missing, and with the day or test what the edition still asks for:
    stay.lacks_days, stay.lacks_test, stay.lacks_pair, stay.lacks_negatives, stay.lacks_environment, stay.lacks_index_tests,
    stay.lacks_word, stay.is_positive.
    """
    stay = stay_to_decide(act, "stays.release")
    if stay.released_at:
        return stay.certificate_no
    if stay.referred_at or turned_positive(stay.category, act.loaded.get("person", stay.person_id).category):
        raise Refused("stay.referred")
    clock = clock_for(stay, act.work.settings.time_zone)
    samples = samples_of(stay, tests_of(act, stay), act.work.settings.time_zone)
    lacks = lacking(clock, samples, local_day(act, act.at), index_negative)
    if lacks:
        _refuse_unless_allowed(clock, lacks, allowed_by, reason)
    _release(act, stay, lacks, allowed_by, reason, clock)
    return stay.certificate_no


def extend_stay(act: Act, *, until: date, reason: str) -> None:
    """Somebody has to stay longer, until a day and for a reason. Refuses: target.unknown, stay.ended, stay.already_released,
    reason.missing, stay.not_longer."""
    stay = stay_to_decide(act, "stays.release")
    if stay.released_at:
        raise Refused("stay.already_released")
    if not reason.strip():
        raise Refused("reason.missing")
    if until <= (stay.due_on or local_day(act, act.at)):
        raise Refused("stay.not_longer", day=f"{stay.due_on or local_day(act, act.at)}")
    note_change(act, stay, "extended", until, reason)
    act.change(stay, due_on=until, extended_reason=reason)


def stay_to_decide(act: Act, permission: str) -> Stay:
    """The open stay that a decision is about. Refuses: target.unknown, stay.ended."""
    stay = act.loaded.get("stay", act.operation.target)
    if stay is None or not reaches_site(act, permission, stay.site_id):
        raise Refused("target.unknown")
    if stay.ended_at:
        raise Refused("stay.ended")
    return stay


def _refuse_unless_allowed(clock: Clock, lacks: list[Lack], allowed_by: str | None, reason: str | None) -> None:
    for lack in lacks:
        if lack.code == "positive":
            raise Refused("stay.is_positive")
        may_be_allowed = lack.code != "days" or clock.earlier
        if not (allowed_by or "").strip() or not may_be_allowed:
            code = "stay.lacks_days_strictly" if lack.code == "days" and allowed_by else f"stay.lacks_{lack.code}"
            raise Refused(code, on=f"{lack.on or ''}", day=lack.day)
    if not (reason or "").strip():
        raise Refused("reason.missing")


def _release(act: Act, stay: Stay, lacks: list[Lack], allowed_by: str | None, reason: str | None, clock: Clock) -> None:
    word = {"allowed_by": allowed_by, "reason": reason, "lacked": [lack.code for lack in lacks]} if lacks else None
    act.change(
        stay,
        released_at=act.at,
        release_basis="by_word" if lacks else clock.release,
        released_by=act.actor.id,
        release_word=word,
        certificate_no=_certificate_number(act, stay),
        vacate_due_at=act.at + VACATE_WITHIN,
    )
    person = act.loaded.get("person", stay.person_id)
    if person.state in STATES_RELEASED_FROM:
        act.change(person, state="released")


def _certificate_number(act: Act, stay: Stay) -> str:
    """Site, day, and the next number of that site and day: `S012-20220403-007`. Two at once: the second is judged again."""
    site = act.work.session.get(Site, stay.site_id) if stay.site_id else None
    head = f"{site.code if site else 'H'}-{local_day(act, act.at):%Y%m%d}-"
    key = ("certificates", head)
    if key not in act.work.known:
        act.work.known[key] = _last_number(act, head)
    act.work.known[key] += 1
    return f"{head}{act.work.known[key]:03}"


def _last_number(act: Act, head: str) -> int:
    """The highest number given under this head. Not how many there are: a release that was taken back leaves a hole."""
    given = select(Stay.certificate_no).where(Stay.certificate_no.startswith(head, autoescape=True))
    highest = act.work.session.scalar(given.order_by(func.length(Stay.certificate_no).desc(), Stay.certificate_no.desc()).limit(1))
    return int(highest[len(head) :]) if highest else 0
