"""Stays at the desk: who is over, a release in one go, the forms on paper, and another edition with what it would do."""

from datetime import UTC, date, datetime

import pytest

from server.store.database import db, transaction
from server.store.people import Person
from server.store.stays import PackChoice
from server.store.users import UserCompound
from tests.domain.test_releases import again, occupant, sampled
from tests.domain.test_returns import going_home, let_in
from tests.trip import Trip


def test_those_who_are_over_are_released_together_and_who_lacks_a_test_is_not_offered(world, desk):
    ready, untested = occupant(world, "0201", "王一"), occupant(world, "0202", "王二")
    sampled(world, ready)
    page = desk("dispatcher").open("/stays")
    ticked = {field["value"]: "checked" in field.attributes for field in page.all("input") if field["name"] == "stay"}
    assert ticked == {ready.id: True, untested.id: False}
    assert "缺检测 第14天" in page.text
    answer = desk("dispatcher").send("/stays/releases", stay=[ready.id, untested.id], what="due")
    assert "解除了 1 人" in answer.text
    assert "王二：第 14 天（2022-04-03）的检测还没有阴性结果" in answer.text
    assert (again(ready).certificate_no, again(untested).released_at) == ("S1-20220403-001", None)
    assert "S1-20220403-001" in desk("dispatcher").open(f"/stays/{ready.id}").text


def test_results_of_those_ticked_are_recorded_together_and_they_are_released_then(world, desk):
    stays = [occupant(world, "0201", "王一"), occupant(world, "0202", "王二")]
    chosen = {"stay": [stay.id for stay in stays], "what": "due"}
    assert "记了 2 人的检测" in desk("dispatcher").send("/stays/tests", **chosen).text
    assert "解除了 2 人" in desk("dispatcher").send("/stays/releases", **chosen).text


def test_what_was_seen_on_paper_is_released_by_a_name_and_a_reason(world, desk):
    stay = occupant(world, category="secondary_contact")
    told = {"allowed_by": "医疗组 钱", "reason": "纸质检测单已核对", "index_negative": "yes"}
    assert "解除了 1 人" in desk("dispatcher").send("/stays/releases", stay=[stay.id], **told).text
    assert again(stay).release_word["lacked"] == ["test"] * 3


def test_one_stay_shows_its_clock_its_tests_its_rounds_and_why_the_day_moved(world, desk):
    stay = occupant(world)
    world.do("record_health", stay.id, by="receiver1", part="evening", temperature=36.4, symptoms=[], medicine_days=None, request="要热水")
    world.do("extend_stay", stay.id, until=date(2022, 4, 6), reason="同室异常")
    assert "/stays/" + stay.id in desk("dispatcher").open(f"/people/{stay.person_id}").html
    text = desk("dispatcher").open(f"/stays/{stay.id}").text
    for said in ("末次暴露", "还欠 3 天", "4月3日 → 4月6日", "同室异常", "36.4", "要热水"):
        assert said in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            (
                "从末次暴露那天（2022年3月20日）算起，那天是第 0 天",
                "一共 14 天，到 2022年4月3日 期满",
                "第 14 天（4月3日）",
                "同时采 2 份",
                "居家健康监测 7 天",
            ),
        ),
        (
            "en",
            (
                "last exposure (20 Mar 2022)",
                "In all 14 days, over on 3 Apr 2022",
                "day 14 (3 Apr)",
                "2 samples are taken at once",
                "at home, 7 days",
            ),
        ),
    ],
)
def test_the_notice_and_the_certificate_say_the_counting_rule_in_words(world, desk, language, said):
    stay = occupant(world)
    browser = desk("dispatcher", language)
    notice = browser.open(f"/stays/{stay.id}/notice").text
    assert all(sentence in notice for sentence in said[:4])
    assert browser.status(f"/stays/{stay.id}/certificate") == 409
    sampled(world, stay)
    world.do("release_stay", stay.id)
    certificate = browser.open(f"/stays/{stay.id}/certificate").text
    assert all(sentence in certificate for sentence in (*said, "S1-20220403-001"))
    assert ("2022年4月3日 " if language == "zh" else "3 Apr 2022 ") in certificate.split("S1-20220403-001")[1]  # read on other days


def test_the_certificate_counts_local_days_after_midnight_too(world, desk):
    stay = occupant(world)
    sampled(world, stay)
    world.pass_time(hours=5)
    world.do("release_stay", stay.id)
    assert "到解除时算满 15 天" in desk("dispatcher").open(f"/stays/{stay.id}/certificate").text


def test_crews_and_communities_see_nothing_of_the_tests_and_rounds_of_those_they_carry_or_fetch(world, desk):
    stay = occupant(world)
    with transaction() as session:
        session.add(UserCompound(user_id=world.users["worker1"], community_id=world.community))
        session.get(Person, stay.person_id).community_id = world.community
    Trip.home(world, [stay.person_id])
    for reader in ("driver1", "worker1"):
        page = desk(reader).open(f"/people/{stay.person_id}")
        assert "王小明" in page.text
        assert stay.id not in page.html
        assert desk(reader).status(f"/stays/{stay.id}") == 403


def test_a_desk_sees_what_another_edition_would_do_before_it_chooses(world, desk):
    occupant(world, "0201", "王一", exposed=date(2022, 3, 25))
    occupant(world, "0202", "王二", exposed=date(2022, 4, 1), checked_in_at=datetime(2022, 4, 3, tzinfo=UTC))
    browser, area = desk("dispatcher"), world.area("宽城")
    page = browser.open(f"/packs/choice?area={area}&pack=CN-9").text
    assert "CN-8+2022-03 2 人" in page
    assert "缩短 2 人" in page
    browser.send(f"/packs/choice?area={area}&pack=CN-9", from_on="2022-04-03", reason="12 号通知", running="keep")
    [choice] = db.session.query(PackChoice)
    assert (choice.pack, choice.area_id, choice.carried_over) == ("CN-9", area, 0)
    text = browser.open("/packs").text
    assert "12 号通知" in text
    assert "宽城 CN-9 CN-8+2022-03 2 人" in text


def test_the_item_of_a_positive_leads_to_a_transfer_and_to_those_whose_clock_began_anew(world, desk):
    world.do("save_room", site="S1", building="主楼", floor="3", number="0301", kind="single")
    found, near = occupant(world, "0201", "王一"), occupant(world, "0301", "王二", floor="3")
    item = world.say("record_test_result", found.id, by="receiver1", result="positive").conflict
    page = desk("dispatcher").open(f"/conflicts/{item}")
    assert "重新计算的人数 1" in page.text
    [transfer] = page.links("/transfers/new")
    assert found.person_id in transfer
    assert "王一" in desk("dispatcher").open(transfer).text
    [reset] = page.links("what=reset")
    listed = desk("dispatcher").open(reset)
    assert [link for link in listed.links("/stays/") if near.id in link]
    assert found.id not in listed.html


def test_those_who_may_only_look_are_offered_no_release(world, desk):
    stay = occupant(world)
    sampled(world, stay)
    page = desk("auditor").open("/stays")
    assert not [field for field in page.all("input") if field["name"] == "stay"]
    assert f"/stays/{stay.id}/release" not in desk("auditor").open(f"/stays/{stay.id}").html


def test_a_persons_page_says_until_when_they_are_watched_at_home(world, desk):
    trip = going_home(world)
    let_in(trip, 0, by="driver1")
    page = desk("dispatcher").open(f"/people/{trip.people[0]}")
    assert "居家健康监测到 4月24日 24:00" in page.text
    assert f"/stays/{trip.stay(0).id}" not in page.html  # no page of a site's stays
    english = desk("dispatcher", "en").open(f"/people/{trip.people[0]}").text
    assert "health monitoring at home until" in english and "Health monitoring at home" in english


def test_the_desk_lists_who_asked_for_something_on_the_rounds_of_today_and_yesterday(world, desk):
    asked, quiet = occupant(world, "0201", "王一"), occupant(world, "0202", "王二")
    told = {"by": "receiver1", "part": "evening", "symptoms": [], "temperature": None, "medicine_days": None}
    world.do("record_health", asked.id, **told, request="要婴儿奶粉")
    world.do("record_health", quiet.id, **told, request=None)
    page = desk("dispatcher").open("/stays?what=request")
    assert "要婴儿奶粉" in page.text and "王一" in page.text and "王二" not in page.text
    world.pass_time(days=2)
    assert "王一" not in desk("dispatcher").open("/stays?what=request").text
