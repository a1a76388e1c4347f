"""Rooms to come, as the desks see and lead them: the pipeline, the stages of one site, its checks, works, roster and promise."""

from datetime import date

from sqlalchemy import select

from server.domain.site_checks import ASKED, MUST
from server.intake.accepting import take_in
from server.intake.receiving import Arrived
from server.store.database import db
from server.store.site_stages import SiteDuty, SiteStage
from server.store.sites import Site
from tests.domain.test_site_stages import candidate, standby
from tests.trip import Trip


def answered(kind: str, **no) -> dict:
    return {f"item_{item}": no.get(item, "yes") for item in ASKED[kind]} | {"checked_by": "孙工", "checked_on": "2022-04-03"}


def of_site(page, site: str) -> str:
    """The words of the row that leads to this site."""
    return next(row.text for row in page.all("tr") if any(site in link["href"] for link in row.all("a")))


def test_an_area_shows_its_target_beside_what_is_enabled_coming_and_missing(world, desk):
    area = world.area("宽城")
    world.do("save_site", code="S8", name="备用酒店", kind="hotel", area="宽城", state="standby", facilities={"rooms_total": 4})
    candidate(world, facilities={"rooms_total": 5})
    world.do("save_site", code="F1", name="方舱", kind="fangcang", area="宽城", state="open", facilities={"beds_total": 400})
    browser = desk("dispatcher")
    page = browser.send(f"/areas/{area}/room-target", population="10000", rooms_per_10k="40")
    assert page.one("h1").text == "房源储备"
    row = next(row.text for row in page.all("tr") if area in "".join(link["href"] for link in row.all("a")))
    assert row == "红 宽城 10,000 40 40 8 4 5 23"


def test_without_its_own_number_an_area_has_the_national_one(world, desk):
    world.do("set_room_target", area=world.area("宽城"), population=15_001, rooms_per_10k=None)
    page = desk("dispatcher").open("/sites/pipeline")
    assert "15,001 20 31" in page.text


def test_a_candidate_is_led_to_standby_through_the_pages(world, desk):
    site, browser = candidate(world), desk("desk1")
    browser.send(f"/sites/{site}/plan", stage="requisitioned", owner_name="周局", planned_on="2022-04-01")
    assert "周局 晚了 2 天" in of_site(browser.open("/sites/pipeline"), site)
    refused = browser.send(f"/sites/{site}/stages/requisitioned", on="2022-04-03", legal_basis="")
    assert refused.refusal == "征用要有依据：请填文书名称和文号。"
    browser.send(f"/sites/{site}/stages/requisitioned", on="2022-04-03", legal_basis="长政征〔2022〕7号")
    browser.send(f"/sites/{site}/stages/converting")
    assert "还没有通过安全核查" in browser.send(f"/sites/{site}/stages/safety_checked").refusal
    browser.send(f"/sites/{site}/checks/safety", **answered("safety"))
    browser.send(f"/sites/{site}/stages/safety_checked")
    browser.send(f"/sites/{site}/checks/qualification", **answered("qualification", windows="no"))
    browser.send(f"/sites/{site}/stages/accepted")
    page = browser.send(f"/sites/{site}/stages/standby")
    assert [row.all("th")[0].text for row in page.all("table")[0].all("tr")[1:]] == ["已征用", "改造中", "安全核查通过", "验收合格", "备用"]
    assert "长政征〔2022〕7号" in page.text
    assert "否：窗能开" in page.text


def test_a_check_with_a_question_left_open_is_not_taken(world, desk):
    site, told = candidate(world), answered("qualification")
    told.pop(f"item_{MUST[0]}")
    page = desk("desk1").send(f"/sites/{site}/checks/qualification", **told)
    assert page.status == 422
    assert "没有有效的记录。" in desk("desk1").open(f"/sites/{site}/stages").text


def test_works_are_told_by_the_site_itself_and_seen_by_every_desk(world, desk):
    desk("head1").send(f"/sites/{world.site}/works", what="一楼拆墙")
    page = desk("commander").open("/sites/pipeline")
    assert "北湖酒店 宽城 · 重新核查合格以前不收新人 施工：一楼拆墙" in page.text
    assert "北湖酒店" not in desk("dispatcher").open("/transfers/new").text


def test_the_roster_of_a_shift_is_kept_role_by_role(world, desk):
    browser = desk("head1")
    browser.send(
        f"/sites/{world.site}/duty",
        day="2022-04-03",
        shift="night",
        people_health_observation="3",
        lead_health_observation="于护士长",
        phone_health_observation="14200000077",
    )
    page = browser.send(f"/sites/{world.site}/duty", day="2022-04-03", shift="night", people_head="1")
    assert "3 于护士长 14200000077" in page.text
    rows = {row.role: row.people for row in db.session.query(SiteDuty).all()}
    assert rows == {"health_observation": 3, "head": 1}
    assert db.session.query(SiteDuty.lead_phone).filter_by(role="health_observation").scalar() == "14200000077"


def test_a_site_in_reserve_shows_its_promise_after_the_order(world, desk):
    site = standby(world)
    for number in range(6):
        world.do("save_room", site="S9", building="", floor="1", number=f"10{number}", kind="single", state="building_up")
    browser = desk("dispatcher")
    page = browser.send(f"/sites/{site}/activation")
    assert "24 小时 2 0 4月4日 20:00 还有 23 小时 59 分" in page.text
    world.pass_time(hours=25)
    assert "24 小时 2 0 20:00 晚了 1 小时 00 分" in browser.open(f"/sites/{site}/stages").text


def test_the_pipeline_is_exported_as_it_is_seen(world, desk):
    candidate(world)
    answer = desk("dispatcher").ask("get", "/sites/pipeline?as=xlsx")
    assert answer.status_code == 200
    assert answer.mimetype.endswith("spreadsheetml.sheet")


def test_rooms_to_come_are_asked_for_by_the_day_they_are_planned(world):
    from server.store.lists.pipeline import pipeline_rooms

    site = candidate(world, facilities={"rooms_total": 5})
    world.do("plan_stage", site, stage="open", owner_name="周局", planned_on=date(2022, 4, 5))
    assert [(row.site, row.rooms, row.opens_on) for row in pipeline_rooms(db.session, date(2022, 4, 5))] == [
        ("新发酒店", 5, date(2022, 4, 5))
    ]
    assert pipeline_rooms(db.session, date(2022, 4, 4)) == []
    assert db.session.get(Site, site).state == "candidate"


def test_a_partner_desk_answers_for_beds_rooms_and_staff_each_with_its_time(world, desk):
    site = world.do("save_site", code="P1", name="四平酒店", kind="hotel", area="绿园", state="open", accepts=["close_contact"])
    world.do("save_room", site="P1", building="", floor="1", number="101", kind="single")
    world.do("save_duty", site, day=date(2022, 4, 3), shift="night", roles={"health_observation": {"people": 3}})
    trip = Trip.of(world, [world.person("李四")], destination={"kind": "site", "id": site})
    browser = desk("partner1")
    form = browser.open(f"/transfers/{trip.id}/docking")
    assert "夜班 健康观察（医护） 3" in form.text
    answer = {"answer": "accepted", "beds_ready": "y", "staff_ready": "y"}
    assert "没备好的，请填什么时候好。" in browser.send(f"/transfers/{trip.id}/docking", **answer).text
    page = browser.send(f"/transfers/{trip.id}/docking", **answer, rooms_ready_at="2022-04-03T21:30")
    assert "床位 房间 21:30 备好 当班人手" in page.text
    assert "房间 21:30 备好" in desk("dispatcher").open(f"/transfers/{trip.id}").text


def test_a_ledger_with_stage_days_fills_the_pipeline_and_brought_again_changes_nothing(world, desk):
    header = "场所编号,场所名称,场所类型,所属区域,房间总数,状态,征用依据,征用日期,计划启用日期,牵头人\n"
    ledger = header + "S9,新发酒店,酒店,宽城,60,改造中,长政征〔2022〕7号,2022-03-28,2022-04-05,周局\n"
    for _time in range(2):
        take_in(Arrived(ledger.encode(), "sites.csv", world.actor("dispatcher"), world.clock.now()))
    page = desk("dispatcher").open("/sites/pipeline")
    [site] = db.session.scalars(select(Site.id).where(Site.code == "S9"))
    assert "改造中 60" in of_site(page, site)
    assert "4月5日" in of_site(page, site)
    rows = [
        (row.stage, row.actual_on, row.planned_on, row.owner_name)
        for row in db.session.scalars(select(SiteStage).order_by(SiteStage.stage))
    ]
    assert rows == [("open", None, date(2022, 4, 5), "周局"), ("requisitioned", date(2022, 3, 28), None, "周局")]
    assert "长政征〔2022〕7号" in desk("dispatcher").open(f"/sites/{site}/stages").text


def test_on_the_telephone_the_desk_hears_beds_rooms_and_staff_each_with_its_time(world, desk):
    trip, browser = Trip(world), desk("dispatcher")
    assert "这一班医护、人手到位" in browser.open(f"/transfers/{trip.id}/dock-calls").text
    call = {"number": "14200000002", "answered_by": "前台", "result": "confirmed", "beds_ready": "yes", "staff_ready": "yes"}
    assert "三样都要问" in browser.send(f"/transfers/{trip.id}/dock-calls", **call).text
    call["rooms_ready"] = "no"
    assert "没备好的，请填什么时候好。" in browser.send(f"/transfers/{trip.id}/dock-calls", **call).text
    page = browser.send(f"/transfers/{trip.id}/dock-calls", **call, rooms_ready_at="2022-04-03T21:30")
    assert "床位 房间 21:30 备好 当班人手" in page.text and "电话确认" in page.text


def test_a_call_that_nobody_took_tells_of_no_bed(world, desk):
    trip = Trip(world)
    desk("dispatcher").send(f"/transfers/{trip.id}/dock-calls", number="14200000002", result="no_answer")
    assert [call["result"] for call in trip.transfer.dock["calls"]] == ["no_answer"]
    assert "beds_ready" not in trip.transfer.dock["calls"][0]
