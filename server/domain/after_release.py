"""What becomes of a released person: they are watched at home for some days, or, turned away at the gate, lodge at a site for a night."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from server.domain.acts import Act, new_id
from server.domain.rule_packs import term_of
from server.domain.stay_clocks import local_day, pack_in
from server.domain.stays import begin_stay
from server.store.people import Person
from server.store.rooms import Room, Stay

# A certificate has one number, so it stays with the stay that earned it.
RELEASE = ("pack", "clock_basis", "clock_from", "due_on", "released_at", "release_basis", "released_by", "release_word", "vacate_due_at")


def begin_monitoring(act: Act, person: Person) -> Stay:
    """A person is back home: health monitoring begins, for as many days as the edition of their isolation says (R-03, R-06, R-09).

    A stay at no site and in no room; the day of arrival is day 0, so that without any such days it lasts until that midnight. Of whom
    no isolation is known, the edition of today and their own category count.
    """
    last, day = _last_stay(act, person), local_day(act, act.at)
    pack, category = (last.pack, last.category) if last else (pack_in(act, None, day).name, person.category or "unknown")
    days = term_of(pack, category, day).home_days
    stay = Stay(
        id=new_id(),
        person_id=person.id,
        kind="monitoring",
        place=1,
        category=category,
        needs=person.needs,
        checked_in_at=act.at,
        pack=pack,
        clock_basis="arrival",
        clock_from=day,
        due_on=day + timedelta(days=days),
        on_phones=False,
    )
    act.make(stay)
    act.loaded.around.keep(stay)
    return stay


def end_monitoring(act: Act, *, stays: list[str]) -> None:
    """The last day of these at home is over. It ended at that day's midnight, also when nobody's clock ran then.

    Whoever was found positive, or listed again, meanwhile keeps what they are now.
    """
    for stay in act.work.session.scalars(select(Stay).where(Stay.id.in_(stays), Stay.ended_at.is_(None)).with_for_update()):
        act.change(stay, ended_at=monitored_until(stay, act.work.settings.time_zone), ended_how="monitored")
        person = act.loaded.get("person", stay.person_id)
        if person.state == "home_monitoring":
            act.change(person, state="closed")


def monitored_until(stay: Stay, zone: ZoneInfo) -> datetime:
    """24:00 of the last day."""
    return datetime.combine(stay.due_on + timedelta(days=1), time.min, zone)


def lodge_after_release(act: Act, person: Person, site_id: str, room: Room | None, group_reason: str | None = None) -> Stay:
    """Somebody who was released and could not get home is at a site: for a night, not for another isolation.

    They are released still: the days and the release of the stay that ended stand, and the site has them on its list of those to leave.
    """
    last = _last_stay(act, person)
    stay = begin_stay(act, person, site_id, room, group_reason)
    if last:
        act.change(stay, **{name: getattr(last, name) for name in RELEASE})
    act.change(person, state="released")
    return stay


def _last_stay(act: Act, person: Person) -> Stay | None:
    """The last one at a site; one that was recorded by mistake and taken back was none."""
    stands = or_(Stay.ended_how.is_(None), Stay.ended_how != "withdrawn")
    at_sites = select(Stay).where(Stay.person_id == person.id, Stay.site_id.is_not(None), stands)
    return act.work.session.scalar(at_sites.order_by(Stay.checked_in_at.desc()).limit(1))
