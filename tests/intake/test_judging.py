"""Who is known, who comes twice, who has to wait for a person to look."""

from datetime import UTC, datetime

from server.intake.judging import judge, judge_list, keys_of, understand
from server.intake.known import Entry, Keys, KnownInMemory
from server.intake.table import Table
from tests.intake.lists import DAY, FIELDS, OTHER_WORDS, person

HEADER = [OTHER_WORDS[field][0] for field in FIELDS]


def list_of(*people):
    return [Table(None, [HEADER, *[[who[field] for field in FIELDS] for who in people]])]


def judged(*people, known=None, now=None):
    return judge_list(list_of(*people), list_day=DAY, known=known or KnownInMemory(), now=now).rows


def knowing(*people, is_held=False):
    known = KnownInMemory()
    for number, who in enumerate(people):
        values = understand(list_of(who), list_day=DAY).people[0][2].values
        known.add(Entry(f"person-{number}", is_held, values["name"], values["id_number"]), values)
    return known


def test_somebody_is_known_by_the_id_number_alone():
    row = judged(person(1, phone="14299999999", address="别处1-1-101", category="确诊"), known=knowing(person(1)))[0]
    assert (row.verdict, row.person, row.warnings, row.values["category"]) == ("matched", "person-0", ["listed_before"], "confirmed")


def test_without_an_id_somebody_is_known_by_name_and_telephone():
    row = judged(person(1, id_number=""), known=knowing(person(1)))[0]
    assert (row.verdict, row.person, row.warnings) == ("matched", "person-0", ["listed_before", "id_missing"])


def test_without_id_and_telephone_somebody_is_known_by_name_door_and_birth_year():
    row = judged(person(1, id_number="", phone=""), known=knowing(person(1)))[0]
    assert (row.verdict, row.person) == ("matched", "person-0")
    grandson = judged(person(1, id_number="", phone="", age="3"), known=knowing(person(1)))[0]
    assert grandson.verdict == "accepted"


def test_a_wrong_check_digit_does_not_stop_a_pickup_and_identifies_nobody():
    number = person(1)["id_number"]
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    row = judged(person(1, id_number=wrong))[0]
    assert (row.verdict, row.warnings, row.values["id_number"], row.values["id_written"]) == ("accepted", ["id_checksum"], None, wrong)
    assert judged(person(2, id_number=wrong), known=knowing(person(1)))[0].verdict == "accepted"


def test_one_id_number_under_two_names_is_held_beside_the_other():
    row = judged(person(1, name="赵孩子"), known=knowing(person(1)))[0]
    assert (row.verdict, row.reasons, row.beside, row.person) == ("held", ["identity_conflict"], "person-0", None)


def test_two_good_id_numbers_under_one_name_and_telephone_are_two_people_and_said_so():
    row = judged(person(2, name=person(1)["name"], phone=person(1)["phone"]), known=knowing(person(1)))[0]
    assert (row.verdict, row.warnings, row.beside) == ("accepted", ["similar_person"], "person-0")


def test_a_row_that_matches_a_held_row_is_held_beside_it():
    row = judged(person(1), known=knowing(person(1, category="待定"), is_held=True))[0]
    assert (row.verdict, row.reasons, row.warnings, row.beside) == ("held", ["matches_held_row"], ["listed_before"], "person-0")


def test_the_same_person_twice_in_a_file_is_held_once_beside_the_first():
    first, second, third = judged(person(1), person(2), person(1, category="次密接"))
    assert (first.verdict, second.verdict) == ("accepted", "accepted")
    assert (third.verdict, third.reasons, third.beside) == ("held", ["duplicate_in_file"], "2")


def test_somebody_known_comes_twice_in_a_file():
    rows = judged(person(1), person(1), known=knowing(person(1)))
    assert [row.verdict for row in rows] == ["matched", "held"] and rows[1].reasons == ["duplicate_in_file"]


def test_a_known_person_needs_no_second_record_though_the_name_is_missing():
    row = judged(person(1, name=""), known=knowing(person(1)))[0]
    assert (row.verdict, row.warnings) == ("matched", ["listed_before", "name_missing"])


def test_a_name_alone_cannot_be_told_from_another():
    row = judged(person(1, id_number="", phone="", address="", age=""))[0]
    assert (row.verdict, row.reasons, row.warnings) == ("held", ["not_identified"], ["id_missing", "phone_missing"])


def test_a_time_after_now_is_a_warning():
    now = datetime(2022, 4, 3, 0, 0, tzinfo=UTC)  # 08:00 in Changchun
    early, late = judged(person(1, detected_at="4月3日 7:59"), person(2, detected_at="4月3日 8:01"), now=now)
    assert (early.warnings, late.warnings, late.verdict) == ([], ["time_in_future"], "accepted")


def test_people_behind_one_door_are_one_household():
    rows = judged(
        person(1, address="甲小区3-2-501"),
        person(2, address="甲小区3号楼2单元501室"),
        person(3, address="甲小区3-2-502"),
        person(4, address="甲小区"),
    )
    assert rows[0].household == rows[1].household != rows[2].household and rows[3].household is None


def test_all_keys_of_a_file_can_be_asked_for_before_it_is_judged():
    read = understand(list_of(person(1), person(2, id_number="")), list_day=DAY)
    keys = keys_of(read.people)
    assert keys[0].id_number == person(1)["id_number"] and keys[1] == Keys(
        None, (person(2)["name"], person(2)["phone"]), keys[1].name_address_year
    )
    assert judge(read, KnownInMemory()).count("accepted") == 2


def test_a_record_entered_with_the_day_reads_the_same_tomorrow():
    assert judged(person(5)) == judged(person(5))
