"""What an edition says of one category: how many days, counted from what, which tests, and what must be so before it ends."""

from dataclasses import dataclass

# The ways a term ends. Each also needs its days to be over, where it has any.
RELEASES = (
    "days",  # nothing but the days
    "last_test",  # the test of the last day is negative
    "all_tests",  # every test that the stay owed is negative
    "negative_twice",  # two negative tests, 24 hours apart
    "ct_twice",  # two tests with Ct of 35 or more (or negative), 24 hours apart
    "by_word",  # somebody who may decides by name and with a reason
)


@dataclass(frozen=True)
class Term:
    """Isolation of one category. The day it counts from is day 0: 14 days from 1 April end on 15 April.

    `tests` are days of the same count: whoever is found late owes only those that are still to come (缺几天补几天, R-12b).
    `samples`: how many are taken at once on the last day. `index_tests`: the contact's own first two must be negative too.
    `earlier`: whether somebody may let the rest of the days be spent at home, by name and with a reason (R-05).
    """

    days: int | None
    tests: tuple[int, ...] = ()
    release: str = "days"
    counts_from: str = "last_exposure"
    samples: int = 1
    environment: bool = False
    index_tests: bool = False
    place: str = "central"
    home_days: int = 0
    home_tests: tuple[int, ...] = ()
    earlier: bool = False
    source: str = ""
