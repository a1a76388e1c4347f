"""The national editions (domain §4.2), each category with where its numbers come from. D: a proposal of the design, without authority."""

from dataclasses import replace

from server.domain.terms import Term

POSITIVES = ("confirmed", "asymptomatic", "screen_positive", "pooled_positive")
CT_TWICE = Term(None, release="ct_twice", counts_from="positive_sample", home_days=7, source="R-09")

# Days and tests R-03, the clock R-02, two samples at release and tests at home R-04, the rest of the days at home R-05.
CN_8_CONTACT = Term(
    14,
    tests=(1, 4, 7, 14),
    release="last_test",
    samples=2,
    home_days=7,
    home_tests=(2, 7),
    earlier=True,
    source="R-02, R-03, R-04, R-05",
)
# A carer isolates as the person cared for; a confirmed case of this edition goes home when a doctor calls it recovered.
CN_8 = {
    "close_contact": CN_8_CONTACT,
    "accompanying": replace(CN_8_CONTACT, source="R-02"),
    "secondary_contact": Term(7, tests=(1, 4, 7), release="all_tests", index_tests=True, earlier=True, source="R-05d"),
    "general_contact": Term(7, tests=(1, 4, 7), release="last_test", earlier=True, source="D"),
    "risk_area_person": Term(14, tests=(1, 4, 7, 14), release="last_test", earlier=True, source="R-03, D"),
    "asymptomatic": Term(14, release="negative_twice", counts_from="positive_sample", source="R-03"),
    "confirmed": Term(None, release="by_word", counts_from="positive_sample", home_days=14, source="R-09"),
}
CN_2022_03 = {**CN_8, **dict.fromkeys(POSITIVES, CT_TWICE)}

CN_9_CONTACT = Term(7, tests=(1, 2, 3, 5, 7), release="last_test", home_days=3, home_tests=(3,), earlier=True, source="R-05, R-06")
CN_9 = {
    "close_contact": CN_9_CONTACT,
    "accompanying": replace(CN_9_CONTACT, source="R-02"),
    "secondary_contact": Term(7, tests=(1, 4, 7), release="all_tests", index_tests=True, place="home", source="R-06, R-07"),
    "general_contact": Term(7, tests=(1, 4, 7), release="last_test", earlier=True, source="D"),
    "risk_area_person": Term(7, tests=(1, 2, 3, 5, 7), release="last_test", earlier=True, source="R-06, D"),
    **dict.fromkeys(POSITIVES, CT_TWICE),
}

CN_20_CONTACT = Term(
    5,
    tests=(1, 2, 3, 5),
    release="last_test",
    environment=True,
    home_days=3,
    home_tests=(1, 3),
    earlier=True,
    source="R-05, R-30",
)
# Secondary contacts are not identified any more: whoever is listed as one owes nothing.
NOT_IDENTIFIED = Term(0, source="R-30")
CN_20 = {
    "close_contact": CN_20_CONTACT,
    "accompanying": replace(CN_20_CONTACT, source="R-02"),
    "secondary_contact": NOT_IDENTIFIED,
    "general_contact": NOT_IDENTIFIED,
    "risk_area_person": Term(7, place="home", source="R-30b"),
    **dict.fromkeys(POSITIVES, CT_TWICE),
}

AT_HOME = Term(5, place="home", source="R-30")
CN_10 = {
    "close_contact": AT_HOME,
    "accompanying": AT_HOME,
    "secondary_contact": NOT_IDENTIFIED,
    "general_contact": NOT_IDENTIFIED,
    "risk_area_person": NOT_IDENTIFIED,
    **dict.fromkeys(POSITIVES, replace(CT_TWICE, days=7, tests=(6, 7), place="home", home_days=0, source="R-30")),
}
