"""The clock of each edition, on worked examples (domain §4.2). Whoever is found late owes only the days that are missing."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.clocks import clock_of, due_on, tests_due
from server.domain.exposures import floors_around
from server.domain.rule_packs import PACKS, pack_on, term_of
from server.domain.stay_clocks import chosen_pack, counts_from
from server.domain.terms import RELEASES
from server.store.people import Person
from server.store.stays import PackChoice

ZONE = ZoneInfo("Asia/Shanghai")
tests_owed = tests_due
tests_due.__test__ = False  # a rule, not a test


@pytest.mark.parametrize(
    ("day", "pack"),
    [
        (date(2021, 1, 1), "CN-8"),
        (date(2022, 3, 14), "CN-8"),
        (date(2022, 3, 15), "CN-8+2022-03"),
        (date(2022, 4, 3), "CN-8+2022-03"),
        (date(2022, 6, 28), "CN-9"),
        (date(2022, 11, 11), "CN-20"),
        (date(2022, 12, 7), "CN-10"),
        (date(2026, 1, 1), "CN-10"),
    ],
)
def test_the_date_says_which_edition_holds_and_who_only_where_it_is_chosen(day, pack):
    assert pack_on(day).name == pack


@pytest.mark.parametrize(
    ("pack", "category", "days", "tests"),
    [
        ("CN-8", "close_contact", 14, [1, 4, 7, 14]),
        ("CN-8", "secondary_contact", 7, [1, 4, 7]),
        ("CN-8", "asymptomatic", 14, []),
        ("CN-8+2022-03", "close_contact", 14, [1, 4, 7, 14]),
        ("CN-8+2022-03", "asymptomatic", None, []),
        ("CN-9", "close_contact", 7, [1, 2, 3, 5, 7]),
        ("CN-9", "secondary_contact", 7, [1, 4, 7]),
        ("CN-9", "risk_area_person", 7, [1, 2, 3, 5, 7]),
        ("CN-20", "close_contact", 5, [1, 2, 3, 5]),
        ("CN-20", "secondary_contact", 0, []),
        ("CN-10", "close_contact", 5, []),
        ("CN-10", "confirmed", 7, [6, 7]),
        ("WHO-2021", "close_contact", 14, []),
    ],
)
def test_days_and_tests_are_those_of_the_edition_counted_from_the_last_exposure(pack, category, days, tests):
    exposed = date(2022, 4, 1)
    term = term_of(pack, category, exposed)
    ends = due_on(term, exposed)
    assert ends == (None if days is None else exposed + timedelta(days=days))
    assert [day for day, _on in tests_owed(term, exposed, ends, exposed)] == tests


def test_somebody_found_late_owes_only_the_days_and_tests_that_are_missing():
    term, exposed, found = term_of("CN-8+2022-03", "close_contact", date(2022, 4, 9)), date(2022, 4, 1), date(2022, 4, 9)
    ends = due_on(term, exposed)
    assert (ends, (ends - found).days) == (date(2022, 4, 15), 6)
    assert tests_owed(term, exposed, ends, found) == ((14, date(2022, 4, 15)),)


def test_somebody_found_after_all_their_days_owes_none():
    term, exposed, found = term_of("CN-9", "close_contact", date(2022, 7, 20)), date(2022, 7, 1), date(2022, 7, 20)
    assert due_on(term, exposed) == date(2022, 7, 8) < found
    assert tests_owed(term, exposed, date(2022, 7, 8), found) == ()


def test_a_stay_that_is_extended_owes_its_last_test_on_the_new_last_day():
    term, exposed = term_of("CN-9", "close_contact", date(2022, 7, 1)), date(2022, 7, 1)
    clock = clock_of(term, exposed, date(2022, 7, 10), exposed)
    assert [day for day, _on in clock.tests_due] == [1, 2, 3, 5, 7, 9]
    assert clock.tests_due[-1] == (9, date(2022, 7, 10))


def test_a_contact_counts_from_the_last_exposure_and_a_positive_from_the_sample():
    arrival = date(2022, 4, 3)
    contact, positive = term_of("CN-8", "close_contact", arrival), term_of("CN-8", "asymptomatic", arrival)
    sampled = datetime(2022, 4, 1, 17, tzinfo=ZoneInfo("UTC"))  # the 2nd in Changchun
    assert counts_from(contact, Person(last_exposed_on=date(2022, 3, 30)), arrival, ZONE) == ("last_exposure", date(2022, 3, 30))
    assert counts_from(contact, Person(), arrival, ZONE) == ("arrival", arrival)
    assert counts_from(positive, Person(sampled_at=sampled), arrival, ZONE) == ("positive_sample", date(2022, 4, 2))
    assert counts_from(positive, Person(), arrival, ZONE) == ("arrival", arrival)


def test_every_term_says_where_its_numbers_come_from_and_ends_in_a_known_way():
    terms = [term for pack in PACKS.values() for term in pack.terms.values()]
    assert all(term.source for term in terms)
    assert {term.release for term in terms} <= set(RELEASES)
    assert all(term.tests[-1] == term.days for term in terms if term.tests and term.days)


def choice(pack, day, area=None, hour=8):
    return PackChoice(pack=pack, from_on=day, area_id=area, at=datetime(2022, 4, 1, hour, tzinfo=ZONE))


def test_an_areas_own_choice_goes_before_that_for_all_and_the_newest_before_older_ones():
    day, before = date(2022, 4, 3), date(2022, 4, 2)
    everywhere, own, later = choice("CN-9", before), choice("WHO-2021", before, "kuancheng"), choice("CN-8", date(2022, 4, 4), "kuancheng")
    chosen = [everywhere, own, later]
    assert chosen_pack(chosen, "kuancheng", day).name == "WHO-2021"
    assert chosen_pack(chosen, "luyuan", day).name == "CN-9"
    assert chosen_pack(chosen, "kuancheng", date(2022, 4, 4)).name == "CN-8"
    assert chosen_pack([own, choice(None, day, "kuancheng", 9), everywhere], "kuancheng", day).name == "CN-9"
    assert chosen_pack([], None, day).name == "CN-8+2022-03"


@pytest.mark.parametrize(
    ("floors", "floor", "near"),
    [
        (["1", "2", "3", "4"], "2", {"1", "2", "3"}),
        (["1层", "2层", "5层"], "2层", {"1层", "2层"}),
        (["3F", "5F", "6F", "7F"], "5F", {"3F", "5F", "6F"}),  # no fourth floor
        (["A", "B"], "A", {"A"}),
        (["1", "2东", "2西"], "2东", {"1", "2东", "2西"}),
    ],
)
def test_the_floors_around_are_those_directly_above_and_below(floors, floor, near):
    assert floors_around(floors, floor) == near
