"""What the forecast assumes of the days to come. A desk's settings, shown on the page with the name of who set them; never code."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from server.domain.acts import Act
from server.problems import Refused
from server.store.planning import PlanSetting, plan_setting

GROUPS = ("positive", "contact")
HOURS_MAX, PEOPLE_MAX = 72, 100_000


@dataclass(frozen=True)
class Assumptions:
    """People found a day by (area, group), where a desk has set them; the hours within which what is overdue happens."""

    new_a_day: dict[tuple[str, str], int] = field(default_factory=dict)
    overdue_within_hours: int = 12  # people who should have been moved by now
    expired_within_hours: int = 24  # people who should have left by now
    held_within_hours: int = 3  # people with a room held arrive
    by_name: str | None = None
    set_at: datetime | None = None


def assumptions(session: Session) -> Assumptions:
    """What stands now: what was set, else the defaults."""
    row = plan_setting(session, "assumptions")
    if row is None:
        return Assumptions()
    value = dict(row.value)
    new = {(area, group): people for area, groups in value.pop("new_a_day", {}).items() for group, people in groups.items()}
    return Assumptions(new_a_day=new, by_name=row.by_name, set_at=row.set_at, **value)


def save_assumptions(
    act: Act, *, new_a_day: dict[str, dict[str, int]], overdue_within_hours: int, expired_within_hours: int, held_within_hours: int
) -> None:
    """Set what the forecast assumes: {area: {group: people a day}} where a desk knows better than what was measured, and hours.

    Refuses: request.unreadable (hours outside 1 … 72, people outside 0 … 100 000, another group).
    """
    hours = {
        "overdue_within_hours": overdue_within_hours,
        "expired_within_hours": expired_within_hours,
        "held_within_hours": held_within_hours,
    }
    told = [(group, people) for groups in new_a_day.values() for group, people in groups.items()]
    if not all(1 <= value <= HOURS_MAX for value in hours.values()):
        raise Refused("request.unreadable")
    if not all(group in GROUPS and 0 <= people <= PEOPLE_MAX for group, people in told):
        raise Refused("request.unreadable")
    set_plan(act, "assumptions", {"new_a_day": new_a_day, **hours})


def set_plan(act: Act, id: str, value: dict) -> None:
    """Keep a setting of the office's planning, with who set it. One that says what stands already changes nothing."""
    row = plan_setting(act.work.session, id)
    if row is None:
        act.add(PlanSetting(id=id, value=value, by_id=act.actor.id, by_name=act.actor.name, set_at=act.at))
    elif row.value != value:
        row.value, row.by_id, row.by_name, row.set_at = value, act.actor.id, act.actor.name, act.at
