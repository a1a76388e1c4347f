"""Tests of people who stay: what the laboratory said of whom, and what a positive sets in motion."""

from datetime import datetime

from server.domain.acts import Act, new_id
from server.domain.categories import POSITIVES
from server.domain.exposures import let_room_go_on, open_positive
from server.domain.people import change_category
from server.domain.site_facts import stay_heard
from server.domain.stay_clocks import as_sample, tests_of
from server.store.rooms import Stay
from server.store.stays import StayTest

RESULTS = ("negative", "positive", "invalid")
KINDS = ("person", "environment")


def record_test_result(
    act: Act,
    *,
    result: str,
    kind: str = "person",
    taken_at: datetime | None = None,
    ct: float | None = None,
    samples: int = 1,
    note: str | None = None,
) -> str:
    """What a test said, and when its sample was taken. A fact: refuses target.unknown only.

    A positive of somebody who is not isolated as one holds their room, lists them as a positive who waits for a transfer, resets the
    clocks around them and tells the desk. When its result comes after they have left, it does so where they stay now as well. A
    negative lets a room go on that was held for a fever, when it was taken since.
    """
    stay = stay_heard(act)
    taken = min(taken_at or act.at, act.at)
    test = StayTest(id=new_id(), stay_id=stay.id, kind=kind, taken_at=taken, result=result, ct=ct, samples=samples, by_id=act.actor.id)
    tests_of(act, stay).append(act.make(test))
    if kind != "person" or stay.category in POSITIVES:
        return test.id
    if as_sample(test, act.work.settings.time_zone).is_positive and not _is_known(act, stay):
        open_positive(act, stay, taken)
        person = act.loaded.get("person", stay.person_id)
        change_category(act, person, "screen_positive", found="under_control", detected_at=taken)
    elif result == "negative" and stay.ended_at is None:
        let_room_go_on(act, stay)
    return test.id


def _is_known(act: Act, stay: Stay) -> bool:
    """Whether a positive of this person set everything in motion before."""
    return stay.referred_at is not None or (stay.ended_at is not None and act.loaded.get("person", stay.person_id).category in POSITIVES)
