"""Whether a house is fit for people: the safety check (structure, fire, works; L-9) and the qualification check (S0-4, domain §4.4)."""

from datetime import date

from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.domain.sites import site_in_reach
from server.domain.told import about, told_by
from server.problems import Refused
from server.store.site_stages import SiteCheck
from server.store.sites import Site
from server.store.transfers import Transfer

SAFETY = ("structure", "fire", "no_works")
# Fixed by the rules; what is only advised is asked too, and a no to it is shown, not stopped.
MUST = ("kind_of_house", "three_zones", "two_entrances", "vehicle_wash", "waste_store", "power_heat_water")
ADVISED = ("single_rooms", "own_bathroom", "windows", "aircon", "barrier_free", "size")
ASKED = {"safety": SAFETY, "qualification": (*MUST, *ADVISED)}
NEEDED = {"safety": SAFETY, "qualification": MUST}
BEFORE_CHECK = ("candidate", "requisitioned", "converting", "closed")


def check_site(
    act: Act, *, kind: str, items: dict[str, bool], checked_by: str, checked_on: date | None = None, note: str | None = None
) -> bool:
    """Somebody looked, and answered every question: `{item: yes or no}`. Whether the site passed. The check before it is ended.

    A safety check that passes ends the works; one that fails closes the site to new people, like works do.
    Refuses: site.unknown, request.unreadable (a question left open, nobody named, a day to come).
    """
    site = site_in_reach(act, "sites.plan")
    today = act.at.astimezone(act.work.settings.time_zone).date()
    checked_on = checked_on or today
    if kind not in ASKED or set(items) != set(ASKED[kind]) or not checked_by.strip() or checked_on > today:
        raise Refused("request.unreadable")
    passed = all(items[name] for name in NEEDED[kind])
    act.touch(site)
    end_check(act, site, kind, "again")
    told = {"checked_by": checked_by.strip(), "checked_on": checked_on, "note": note, "by_id": act.actor.id, "told_at": act.at}
    act.add(SiteCheck(id=new_id(), site_id=site.id, kind=kind, items=items, passed=passed, **told))
    if kind == "safety":
        _judge_safety(act, site, passed)
    return passed


def begin_works(act: Act, *, what: str) -> None:
    """Works have begun in the house. Its safety check is to be made again; until then it takes no new people (L-9).

    Refuses: site.unknown, reason.missing.
    """
    site = site_in_reach(act, "sites.run")
    if not what.strip():
        raise Refused("reason.missing")
    act.touch(site)
    site.works_since, site.works_what = site.works_since or act.at, what.strip()[:200]
    end_check(act, site, "safety", "works")
    _close_to_new(act, site, what.strip())


def standing_check(act: Act, site: Site, kind: str) -> SiteCheck | None:
    """The check of this kind that stands now."""
    query = select(SiteCheck).where(SiteCheck.site_id == site.id, SiteCheck.kind == kind, SiteCheck.ended_at.is_(None))
    return act.work.session.scalar(query)


def end_check(act: Act, site: Site, kind: str, why: str) -> None:
    """It counts no more. Written at once: the next one must find its place free."""
    standing = standing_check(act, site, kind)
    if standing:
        standing.ended_at, standing.ended_why = act.at, why
        act.work.session.flush()


def _judge_safety(act: Act, site: Site, passed: bool) -> None:
    if passed:
        site.works_since = site.works_what = site.recheck_since = None
    else:
        _close_to_new(act, site, "safety_failed")


def _close_to_new(act: Act, site: Site, why: str) -> None:
    """It takes no new people. Who is aboard is received; for each coach that has not left the desk gets an item, and decides."""
    if site.state in BEFORE_CHECK or site.recheck_since:
        return
    site.recheck_since = act.at
    planned = select(Transfer).where(Transfer.site_id == site.id, Transfer.ended_at.is_(None), Transfer.state == "planned")
    for transfer in act.work.session.scalars(planned.order_by(Transfer.id)):
        act.flag("site.closed_before_departure", [{**told_by(act), "says": why}], **about(transfer))
