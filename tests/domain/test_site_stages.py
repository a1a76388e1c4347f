"""A site from candidate to closed: no stage is skipped, no house opens that was not found safe, none closes with people in it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.domain.acts import new_id
from server.domain.site_checks import ASKED, MUST
from server.problems import Refused
from server.store.conflicts import Conflict
from server.store.database import db, transaction
from server.store.rooms import Room
from server.store.site_stages import SiteCheck, SiteStage
from server.store.sites import Site
from server.store.turnovers import RoomSpell
from tests.trip import Trip, verdict_of

TODAY = date(2022, 4, 3)
SAFE = dict.fromkeys(ASKED["safety"], True)
FIT = dict.fromkeys(ASKED["qualification"], True)


def candidate(world, code: str = "S9", **more) -> str:
    return world.do("save_site", code=code, name="新发酒店", kind="hotel", area="宽城", accepts=["close_contact"], **more)


def reach(world, site: str, stage: str, **more) -> None:
    world.do("reach_stage", site, stage=stage, **more)


def checked(world, site: str, kind: str = "safety", items=None, **more):
    items = items or {"safety": SAFE, "qualification": FIT}[kind]
    return world.do("check_site", site, kind=kind, items=items, checked_by="孙工", **more)


def refusal(world, type: str, site: str, **args) -> str:
    verdict = world.say(type, site, **args)
    assert verdict.verdict == "refused"
    return verdict.code


def standby(world) -> str:
    """A site that went through everything up to standby."""
    site = candidate(world)
    reach(world, site, "requisitioned", legal_basis="长政征〔2022〕7号")
    reach(world, site, "converting")
    checked(world, site)
    checked(world, site, "qualification")
    for stage in ("safety_checked", "accepted", "standby"):
        reach(world, site, stage)
    return site


def state_of(site: str) -> Site:
    return db.session.scalar(select(Site).where(Site.id == site).execution_options(populate_existing=True))


def test_a_house_becomes_a_site_stage_by_stage_and_then_takes_people(each_world):
    site = standby(each_world)
    each_world.do("open_site", site)
    assert state_of(site).state == "open"
    rows = db.session.scalars(select(SiteStage).where(SiteStage.site_id == site)).all()
    stages = {"requisitioned", "converting", "safety_checked", "accepted", "standby", "open"}
    assert ({row.stage for row in rows}, {row.actual_on for row in rows}) == (stages, {TODAY})


@pytest.mark.parametrize("stage", ["converting", "safety_checked", "accepted", "standby"])
def test_no_stage_is_skipped(world, stage):
    assert refusal(world, "reach_stage", candidate(world), stage=stage, legal_basis="文号") == "site.stage_order"


def test_a_candidate_does_not_open(world):
    assert refusal(world, "open_site", candidate(world)) == "site.stage_order"


def test_a_requisition_names_its_legal_basis(world):
    site = candidate(world)
    assert refusal(world, "reach_stage", site, stage="requisitioned", legal_basis=" ") == "site.legal_basis_missing"
    reach(world, site, "requisitioned", legal_basis="长政征〔2022〕7号")
    assert state_of(site).legal_basis == "长政征〔2022〕7号"


def test_nobody_accepts_a_house_that_was_not_found_safe(world):
    site = candidate(world, state="converting")
    assert refusal(world, "reach_stage", site, stage="safety_checked") == "site.safety_missing"
    assert checked(world, site, items={**SAFE, "fire": False}) is False
    assert refusal(world, "reach_stage", site, stage="safety_checked") == "site.safety_missing"
    checked(world, site)
    reach(world, site, "safety_checked")
    assert refusal(world, "reach_stage", site, stage="accepted") == "site.qualification_missing"


def test_acceptance_asks_for_what_the_rules_fix_and_not_for_what_is_only_advised(world):
    site = candidate(world, state="safety_checked")
    checked(world, site)
    assert checked(world, site, "qualification", {**FIT, MUST[1]: False}) is False
    assert refusal(world, "reach_stage", site, stage="accepted") == "site.qualification_missing"
    assert checked(world, site, "qualification", {**FIT, "windows": False, "aircon": False}) is True
    reach(world, site, "accepted")


def test_a_check_answers_every_question_and_names_who_looked(world):
    site = candidate(world)
    for told in ({"items": {"fire": True}}, {"items": SAFE, "checked_by": " "}, {"items": SAFE, "checked_on": TODAY + timedelta(1)}):
        assert refusal(world, "check_site", site, **{"kind": "safety", "checked_by": "孙工", **told}) == "request.unreadable"


def test_a_stage_has_an_owner_and_a_day_and_the_plan_becomes_what_happened(each_world):
    site = candidate(each_world)
    plan = {"stage": "requisitioned", "owner_name": "周局", "owner_phone": "14200000009"}
    each_world.do("plan_stage", site, **plan, planned_on=TODAY + timedelta(1))
    each_world.do("plan_stage", site, **plan, planned_on=TODAY)
    reach(each_world, site, "requisitioned", legal_basis="长政征〔2022〕7号", on=TODAY)
    [row] = db.session.scalars(select(SiteStage).where(SiteStage.site_id == site)).all()
    assert (row.owner_name, row.planned_on, row.actual_on) == ("周局", TODAY, TODAY)
    assert refusal(each_world, "plan_stage", site, **plan) == "site.stage_reached"


def test_a_stage_has_one_plan_only(each_world):
    site = candidate(each_world)
    each_world.do("plan_stage", site, stage="open", owner_name="周局", planned_on=TODAY)
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(SiteStage(id=new_id(), site_id=site, stage="open", told_at=each_world.clock.now()))


def test_a_day_lies_neither_ahead_nor_before_the_stage_before(world):
    site = candidate(world)
    assert refusal(world, "reach_stage", site, stage="requisitioned", legal_basis="文号", on=TODAY + timedelta(1)) == "site.stage_day"
    reach(world, site, "requisitioned", legal_basis="文号", on=TODAY - timedelta(2))
    assert refusal(world, "reach_stage", site, stage="converting", on=TODAY - timedelta(3)) == "site.stage_day"
    reach(world, site, "converting", on=TODAY - timedelta(1))


def test_rooms_of_a_house_that_is_being_built_wait_to_be_accepted_when_it_was_found_safe(each_world):
    site = candidate(each_world, state="converting")
    room = each_world.do("save_room", site="S9", building="", floor="1", number="101", kind="single")
    assert db.session.get(Room, room).state == "building_up"
    checked(each_world, site)
    reach(each_world, site, "safety_checked")
    states = select(RoomSpell.state).where(RoomSpell.room_id == room).order_by(RoomSpell.position)
    assert list(db.session.scalars(states))[-1] == db.session.scalar(select(Room.state).where(Room.id == room)) == "awaiting_acceptance"


# ---- works in a house ----


def test_works_in_a_site_in_use_close_it_to_new_people_until_it_is_checked_again(each_world):
    world = each_world
    world.do("begin_works", world.site, by="head1", what="一楼拆墙")
    with pytest.raises(Refused) as refused:
        Trip.of(world, [world.person("李四")], destination={"kind": "site", "id": world.site})
    assert refused.value.code == "site.recheck"
    checked(world, world.site, items={**SAFE, "no_works": False})
    assert state_of(world.site).recheck_since is not None
    checked(world, world.site)
    assert (state_of(world.site).recheck_since, state_of(world.site).works_what) == (None, None)
    Trip.of(world, [world.person("张三")], destination={"kind": "site", "id": world.site})


def test_who_is_on_the_way_is_received_although_works_have_begun(world):
    trip = Trip(world).at_the_gate()
    world.do("begin_works", world.site, what="一楼拆墙")
    assert trip.received(0).verdict == "applied"
    assert trip.line(0).state == "received"


def test_a_coach_that_has_not_left_for_a_site_that_closes_to_new_people_becomes_the_desks_to_decide(each_world):
    trip = Trip(each_world)
    verdict = each_world.say("begin_works", each_world.site, what="一楼拆墙")
    assert verdict_of(verdict) == ("flagged", "site.closed_before_departure")
    [item] = trip.read_all(Conflict, state="open")
    assert (item.transfer_id, item.values[-1]["says"]) == (trip.id, "一楼拆墙")
    assert each_world.say("begin_works", each_world.site, what="二楼也拆").verdict == "applied"


def test_a_safety_check_that_fails_closes_a_site_in_use_to_new_people(world):
    checked(world, world.site, items={**SAFE, "structure": False})
    assert state_of(world.site).recheck_since is not None


def test_works_end_the_check_of_a_house_that_is_not_in_use_yet(each_world):
    site = standby(each_world)
    each_world.do("begin_works", site, what="换电梯")
    assert refusal(each_world, "open_site", site) == "site.safety_missing"
    checked(each_world, site)
    each_world.do("open_site", site)
    ended = db.session.scalars(select(SiteCheck).where(SiteCheck.site_id == site, SiteCheck.ended_at.is_not(None))).all()
    assert [row.ended_why for row in ended] == ["works"]


def test_a_paused_site_takes_people_again_without_a_new_check_unless_works_began(world):
    world.do("pause_site", world.site, reason="停电")
    world.do("open_site", world.site)
    world.do("pause_site", world.site, reason="停水")
    world.do("begin_works", world.site, what="挖管道")
    assert refusal(world, "open_site", world.site) == "site.recheck"


# ---- the end of a site ----


def test_a_site_with_people_in_it_or_on_the_way_does_not_close(world):
    trip = Trip(world, people=1)
    assert refusal(world, "close_site", world.site, reason="到期") == "site.has_people"
    trip.at_the_gate().received(0)
    world.do("reach_stage", world.site, stage="clearing")
    assert refusal(world, "close_site", world.site, reason="到期") == "site.has_people"


def test_a_site_is_cleared_before_it_closes_and_begins_again_as_a_candidate(world):
    assert refusal(world, "close_site", world.site, reason="到期") == "site.stage_order"
    reach(world, world.site, "clearing")
    world.do("close_site", world.site, reason="到期")
    reach(world, world.site, "candidate")
    assert state_of(world.site).state == "candidate"


def test_a_candidate_that_does_not_fit_is_given_up_at_once(world):
    site = candidate(world)
    world.do("close_site", site, reason="没有窗")
    assert state_of(site).state == "closed"


# ---- whose it is to say ----


@pytest.mark.parametrize(("who", "code"), [("desk1", None), ("partner1", "access.denied"), ("receiver1", "access.denied")])
def test_stages_are_planned_by_the_desks_that_answer_for_the_area(world, who, code):
    verdict = world.say("plan_stage", candidate(world), by=who, stage="open", owner_name="周局")
    assert verdict.code == code


def test_a_district_does_not_plan_another_districts_sites(world):
    site = world.do("save_site", code="L1", name="绿园酒店", kind="hotel", area="绿园", accepts=[])
    assert refusal(world, "plan_stage", site, by="desk1", stage="open", owner_name="周局") == "site.unknown"
    assert refusal(world, "begin_works", site, by="head1", what="拆墙") == "site.unknown"
