"""Who is on duty at a site: by shift and role (R-08 names the seven working groups and one head)."""

from datetime import date, datetime, time, timedelta

from server.domain.acts import Act
from server.domain.sites import site_in_reach
from server.problems import Refused
from server.store.site_stages import SiteDuty

ROLES = ("head", "health_observation", "disinfection", "information", "security", "logistics", "case_transfer", "humanistic_care")
# No rule fixes the hours: two shifts a day, from eight to eight.
SHIFTS = {"day": (time(8), time(20)), "night": (time(20), time(8))}


def save_duty(act: Act, *, day: date, shift: str, roles: dict[str, dict]) -> None:
    """The roster of one shift: `{role: {"people": n, "lead_name", "lead_phone"}}`. A role that is left out stays as it was.

    Refuses: site.unknown, request.unreadable (no such shift or role, a number below nought).
    """
    site = site_in_reach(act, "sites.run")
    if shift not in SHIFTS or set(roles) - set(ROLES) or any(told["people"] < 0 for told in roles.values()):
        raise Refused("request.unreadable")
    for role, told in roles.items():
        key = {"site_id": site.id, "day": day, "shift": shift, "role": role}
        row = act.work.session.get(SiteDuty, key) or act.add(SiteDuty(**key))
        row.people, row.lead_name, row.lead_phone = told["people"], told.get("lead_name"), told.get("lead_phone")
        row.by_id, row.told_at = act.actor.id, act.at


def shift_at(local: datetime) -> tuple[date, str]:
    """The shift of a local moment, and the day that it began on: at two in the morning it is last evening's night shift."""
    if SHIFTS["day"][0] <= local.time() < SHIFTS["day"][1]:
        return local.date(), "day"
    return (local - timedelta(days=1)).date() if local.time() < SHIFTS["day"][0] else local.date(), "night"
