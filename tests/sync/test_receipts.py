"""P3, P9: whatever was not simply applied is a record of its author, on any of his phones, and each later move comes as a change."""

from sqlalchemy import select

from server.store.change_log import Operation, ScopeEntry, head
from server.store.database import db
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, lines_of, what_may_be_seen


def test_p3_what_was_not_applied_is_seen_by_its_author_on_any_phone_and_by_nobody_else(each_town):
    transfer, phone = each_town
    applied = phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    flagged = phone.record("board_person", transfer, line=lines_of(transfer)[1], identity=[])
    refused = phone.record("make_transfer", transfer)
    phone.sync()
    assert [phone.verdict(wire)["verdict"] for wire in (applied, flagged, refused)] == ["applied", "flagged", "refused"]
    second, other = Phone(phone.world, "driver1"), Phone(phone.world, "driver2")
    for someone in (second, other):
        someone.sync()
    assert phone.shows("receipt") == second.shows("receipt") == {flagged.id, refused.id}
    assert other.shows("receipt") == set()
    assert phone.shows("conflict") == second.shows("conflict") == {phone.verdict(flagged)["conflict"]}
    assert phone.body("transfer", transfer)["conflicts"] == 1


def test_p3_each_operation_made_is_logged_once_with_a_verdict_and_an_item_where_it_was_not_applied(town):
    transfer, phone = town
    made = [phone.record("record_moment", transfer, moment=moment) for moment in ("en_route", "at_pickup", "people_called")]
    made += [phone.record("board_person", transfer, line=line, identity=["face"]) for line in lines_of(transfer)]
    made += [phone.say("?"), phone.record("withdraw", transfer, operation=made[0].id)]
    phone.sync()
    rows = {row.id: row for row in db.session.scalars(select(Operation).where(Operation.door == "phone"))}
    assert set(rows) == {wire.id for wire in made} == set(phone.kept)
    for wire in made:
        assert rows[wire.id].verdict == phone.verdict(wire)["verdict"]
        assert (wire.id in phone.shows("receipt")) == (rows[wire.id].verdict != "applied")
        if rows[wire.id].verdict == "flagged":
            assert rows[wire.id].conflict_id in phone.shows("conflict")


def test_a_refusal_that_was_put_away_is_put_away_on_every_phone(each_town):
    transfer, phone = each_town
    second = Phone(phone.world, "driver1")
    refused = phone.record("make_transfer", transfer)
    phone.sync()
    second.sync()
    before = second.records["receipt", refused.id]["rev"]
    phone.record("acknowledge_refusal", refused.id, operation=refused.id)
    phone.sync()
    second.sync()
    assert phone.body("receipt", refused.id)["acknowledged_at"] is not None
    assert second.records["receipt", refused.id] == phone.records["receipt", refused.id]
    assert second.records["receipt", refused.id]["rev"] > before


def test_the_office_settles_a_refusal_and_its_author_learns_of_it(world, town):
    transfer, phone = town
    refused = phone.record("make_transfer", transfer)
    phone.sync()
    world.do("settle_quarantined", by="dispatcher", operation=refused.id, words="已电话核实")
    phone.sync()
    assert phone.body("receipt", refused.id)["acknowledged_at"] is not None
    assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen("driver1", world)


def test_a_conflict_that_the_office_resolves_is_closed_on_the_phone_and_not_counted_any_more(world, town):
    transfer, phone = town
    flagged = phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=[])
    phone.sync()
    item = phone.verdict(flagged)["conflict"]
    assert phone.body("conflict", item)["state"] == "open"
    world.do("resolve_conflict", item, by="dispatcher", resolution="已核对身份证")
    phone.sync()
    assert phone.body("conflict", item)["state"] == "closed"
    assert phone.body("transfer", transfer)["conflicts"] == 0


def test_p9_the_stamp_of_a_repeat_covers_what_it_repeats(each_town):
    """The escort has told it already. The driver's own mark may go only when his list says so too."""
    transfer, phone = each_town
    world = phone.world
    world.do("reassign_transfer", transfer, by="dispatcher", driver=phone.user, escort=world.users["escort1"])
    escort = Phone(world, "escort1")
    escort.sync()
    first = escort.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    escort.sync()
    again = phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    phone.record("record_moment", transfer, moment="left_pickup")
    phone.batch = 1
    answer = phone.ask()
    assert (answer["results"][0]["verdict"], answer["changes"]) == ("applied", [])
    assert answer["results"][0]["stamp"] >= escort.verdict(first)["stamp"]
    phone.sync()
    assert phone.pages[-1]["high"] >= phone.verdict(again)["stamp"]
    assert phone.body("transfer", transfer)["lines"][0]["state"] == "aboard"


def test_a_refused_operation_has_no_stamp_to_wait_for(town):
    transfer, phone = town
    refused = phone.record("make_transfer", transfer)
    phone.sync()
    assert phone.verdict(refused)["stamp"] is None
    entry = db.session.scalars(select(ScopeEntry).where(ScopeEntry.type == "receipt", ScopeEntry.id == refused.id)).one()
    assert (entry.scope, entry.present, entry.seq) == (f"author:{phone.user}", True, head(db.session))
