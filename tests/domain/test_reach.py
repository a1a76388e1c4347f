"""Whose word counts where: a permission reaches one's own area, site or sites, and no further; what is out of reach does not exist."""

from server.store.conflicts import Conflict
from tests.trip import ACCEPTED, Trip, verdict_of


def partner_site(world) -> str:
    """A site of 绿园, whose desk is partner1."""
    site = world.do("save_site", code="S2", name="南山宾馆", kind="hotel", area="绿园", state="open", accepts=["close_contact"])
    world.do("save_room", site="S2", building="A", floor="1", number="101", kind="single")
    return site


def test_a_partner_city_s_desk_answers_for_its_own_sites(world):
    trip = Trip(world, people=1, destination={"kind": "site", "id": partner_site(world)})
    assert world.say("answer_docking", trip.id, by="partner1", **ACCEPTED).verdict == "applied"
    assert trip.transfer.dock["state"] == "confirmed"


def test_a_partner_city_s_desk_answers_for_no_other_site(world):
    trip = Trip(world)
    assert verdict_of(world.say("answer_docking", trip.id, by="partner1", **ACCEPTED)) == ("refused", "target.unknown")


def test_a_partner_city_s_desk_speaks_on_items_of_its_own_sites_only(world):
    trip = Trip(world).at_the_gate()
    trip.received(0, outcome="refused", room=None, reason="no_room")
    [item] = trip.read_all(Conflict, code="reception.refused")
    assert verdict_of(world.say("propose_resolution", item.id, by="partner1", words="我们来定")) == ("refused", "conflict.unknown")
    assert world.say("propose_resolution", item.id, by="receiver1", words="请改送").verdict == "applied"


def test_a_district_s_desk_settles_refused_words_of_its_own_transfers_only(world):
    area = world.area("绿园")
    stranger = world.person("赵远", home_area_id=area, pickup_area_id=area, responsible_area_id=area)
    goal = {"kind": "outbound", "destination": {"kind": "elsewhere", "name": "省医院"}, "driver": world.users["driver1"]}
    foreign = world.do("make_transfer", people=[stranger], **goal)
    trip = Trip(world)
    other = trip.operation("board_person", target=foreign, line="0" * 36, identity=[])
    own = trip.operation("board_person", line="0" * 36, identity=[])
    assert [verdict.verdict for verdict in trip.all_say([other, own])] == ["refused", "refused"]
    settle = {"words": "已打电话", "by": "desk1"}
    assert verdict_of(world.say("settle_quarantined", operation=other.id, **settle)) == ("refused", "target.unknown")
    assert world.say("settle_quarantined", operation=own.id, **settle).verdict == "applied"
