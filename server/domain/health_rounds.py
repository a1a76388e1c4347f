"""The health round, morning and evening, door by door: temperature, symptoms, medicines, requests (R-28)."""

from server.domain.acts import Act, new_id
from server.domain.categories import POSITIVES
from server.domain.exposures import checks_of, is_fever, open_fever
from server.domain.site_facts import about_stay, stay_heard
from server.domain.stay_clocks import local_day
from server.domain.told import told_by
from server.store.stays import HealthCheck

PARTS = ("morning", "evening")
MEDICINES_END_WITHIN_DAYS = 3  # D: time enough to get more through the closed loop


def record_health(
    act: Act,
    *,
    part: str,
    temperature: float | None = None,
    symptoms: list[str],
    medicine_days: int | None = None,
    request: str | None = None,
) -> str:
    """What a round saw of one person; no temperature means below 37, told without the number. A fact: refuses target.unknown only.

    A fever of somebody who is not isolated as a positive holds the room and tells the desk; medicines that end within three days go
    to the desk as well. A request is on the site's phones, and on the desk's list of who asked for something.
    """
    stay = stay_heard(act)
    told = {"temperature": temperature, "symptoms": symptoms, "medicine_days": medicine_days, "request": request}
    check = HealthCheck(id=new_id(), stay_id=stay.id, day=local_day(act, act.at), part=part, at=act.at, by_id=act.actor.id, **told)
    checks_of(act, stay).append(act.make(check))
    if stay.ended_at is None and stay.category not in POSITIVES and is_fever(stay.pack, temperature, symptoms):
        open_fever(act, stay, temperature, symptoms)
    if medicine_days is not None and medicine_days <= MEDICINES_END_WITHIN_DAYS:
        act.flag("stay.medicines_end", [{**told_by(act), "says": medicine_days}], **about_stay(act, stay))
    return check.id
