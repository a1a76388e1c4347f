"""P1, P2, P4: each operation is kept once, whatever is repeated, and its number tells where a phone goes on."""

import json

from server.domain.acts import new_id
from server.store.change_log import CustodyEvent, Delivery, Operation
from server.store.database import db
from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, numbers_of


def ready(world) -> tuple[Phone, str, list[str]]:
    """A driver's phone that shows a transfer of two."""
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    phone.sync()
    return phone, transfer, lines_of(transfer)


def boardings() -> int:
    """How often anybody came into a crew's hands."""
    return db.session.query(CustodyEvent).filter_by(holder="crew").count()


def test_p1_an_operation_with_a_verdict_is_in_the_log_with_its_exact_bytes(each_world):
    phone, transfer, lines = ready(each_world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY, seat="三排靠窗")
    phone.sync()
    [row] = logged(wire.id)
    assert (row.body, row.verdict, row.author_id, row.device_id) == (
        wire.body,
        phone.verdict(wire)["verdict"],
        phone.user,
        phone.device,
    )


def test_p2_a_lost_answer_is_asked_for_again_and_nothing_happens_twice(each_world):
    phone, transfer, lines = ready(each_world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    first = phone.ask()["results"]
    for _ in range(3):
        assert phone.ask()["results"] == first
    phone.sync()
    assert phone.verdict(wire) == first[0]
    assert boardings() == 1
    assert len(logged()) == 1


def test_p2_an_operation_sent_twice_in_one_request_is_judged_once(world):
    phone, transfer, lines = ready(world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    answer = phone.ask([wire, wire])
    assert [result["verdict"] for result in answer["results"]] == ["applied", "applied"]
    assert len(logged()) == 1


def test_p2_one_id_under_two_numbers_is_one_operation(each_world):
    phone, transfer, lines = ready(each_world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    phone.say(wire.body, id=wire.id)
    answer = phone.ask()
    assert [result["verdict"] for result in answer["results"]] == ["applied", "applied"]
    assert answer["expected_seq"] == 3
    assert len(logged()) == 1
    assert numbers_of(phone.device) == [1, 2]


def test_p2_a_copied_phone_takes_a_new_device_and_its_operations_keep_their_first_verdicts(world):
    phone, transfer, lines = ready(world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    first = phone.ask()["results"]

    copy = Phone(world, "driver1")
    copy.say(wire.body, id=wire.id)
    assert copy.ask()["results"] == first
    assert (numbers_of(phone.device), numbers_of(copy.device)) == ([1], [1])
    assert len(logged()) == 1


def test_p4_a_gap_stops_there_and_the_answer_says_where_to_go_on(world):
    phone, transfer, lines = ready(world)
    wires = [phone.record("board_person", transfer, line=line, identity=IDENTITY) for line in lines]
    answer = phone.ask([wires[1]])
    assert (answer["results"], answer["expected_seq"]) == ([], 1)
    answer = phone.ask([wires[1], wires[0]])
    assert [result["id"] for result in answer["results"]] == [wires[0].id, wires[1].id]
    assert numbers_of(phone.device) == [1, 2]


def test_p4_requests_that_overtake_one_another_leave_numbers_without_a_gap(each_world):
    phone, transfer, _lines = ready(each_world)
    wires = [phone.record("record_moment", transfer, moment="en_route", ago_s=n) for n in range(6)]
    for batch in (wires[2:4], wires[:3], wires[:1], wires[4:], wires[2:5], wires[5:]):
        phone.ask(batch)
    phone.sync()
    assert numbers_of(phone.device) == [1, 2, 3, 4, 5, 6]
    assert phone.outbox == []


def test_the_same_number_with_another_text_means_a_copied_phone(world):
    phone, transfer, lines = ready(world)
    phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    phone.sync()
    before = len(logged())
    phone.seq = 0
    other = phone.record("board_person", transfer, line=lines[1], identity=IDENTITY)
    response = phone.post(phone.message())
    assert (other.seq, response.status_code, response.json["code"]) == (1, 409, "device.forked")
    assert len(logged()) == before


def test_the_same_number_with_two_texts_in_one_request_means_a_copied_phone(world):
    phone, transfer, lines = ready(world)
    wires = [phone.record("board_person", transfer, line=line, identity=IDENTITY) for line in lines]
    wires[1].seq = 1
    assert phone.post(phone.message()).status_code == 409
    assert logged() == []


def test_an_id_used_for_another_text_keeps_both_and_refuses_the_second(each_world):
    phone, transfer, lines = ready(each_world)
    first = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    phone.sync()
    phone.say(first.body.replace(lines[0], lines[1]), id=first.id)
    [result] = phone.ask()["results"]
    assert (result["id"], result["verdict"], result["code"]) == (first.id, "refused", "operation.id_reused")
    assert [result] == phone.ask()["results"]
    assert [row.verdict for row in logged()] == ["applied", "refused"]
    assert {row.hash for row in logged()} == {row.hash for row in db.session.query(Delivery)}


def test_an_id_of_somebody_elses_operation_gives_nothing_of_it_away(world):
    phone, transfer, lines = ready(world)
    first = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    phone.sync()
    other = Phone(world, "driver2")
    other.say(first.body, id=first.id)
    other.say(first.body, id=new_id())
    seen, unseen = other.ask()["results"]
    assert seen["code"] == unseen["code"] == "operation.not_the_author"
    assert {**seen, "id": None} == {**unseen, "id": None}


def test_a_number_that_the_phone_has_lost_is_told_to_its_author_and_the_office(world):
    phone, transfer, lines = ready(world)
    void = phone.say('{"type": "void"}')
    boarded = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    phone.sync()
    assert (phone.verdict(void)["verdict"], phone.verdict(void)["code"]) == ("refused", "operation.void")
    assert phone.verdict(boarded)["verdict"] == "applied"
    assert void.id in phone.shows("receipt")


def test_p21_the_logged_author_is_who_was_signed_in_when_it_was_made(world):
    """A shift change on one phone: the next person signs in, and the first one's work goes up by its own token."""
    phone, transfer, lines = ready(world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    next_one = Phone(world, "driver2")
    phone.client = next_one.client
    response = phone.post(phone.message(), Authorization=f"Bearer {phone.token}")
    assert response.status_code == 200
    assert [row.author_id for row in logged(wire.id)] == [phone.user]


def test_p21_a_text_that_names_another_author_is_kept_and_refused(world):
    phone, transfer, lines = ready(world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    wire.body = wire.body.replace(phone.user, world.users["driver2"])
    phone.sync()
    assert phone.verdict(wire)["code"] == "operation.not_the_author"
    [row] = logged(wire.id)
    assert (row.author_id, json.loads(row.body)["author"]) == (phone.user, world.users["driver2"])


def test_an_upload_token_delivers_and_reads_nothing(world):
    phone, transfer, lines = ready(world)
    wire = phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    phone.cursor = None
    answer = read(phone.deliver())
    assert [result["id"] for result in answer["results"]] == [wire.id]
    assert (answer["changes"], answer["cursor"], answer["promote"]) == ([], None, False)


def test_a_wrong_token_and_a_switched_off_phone_deliver_nothing(world):
    phone, transfer, lines = ready(world)
    phone.record("board_person", transfer, line=lines[0], identity=IDENTITY)
    other = Phone(world, "driver2")
    other.device = phone.device
    assert other.deliver().status_code == 401
    assert logged() == []


def test_another_users_device_is_refused_like_a_copied_phone(world):
    phone, _transfer, _lines = ready(world)
    other = Phone(world, "driver2")
    other.device = phone.device
    response = other.post(other.message())
    assert (response.status_code, response.json["code"]) == (409, "device.forked")


def test_a_hundred_wires_of_one_request_come_back_in_the_order_of_their_numbers(each_world):
    phone, transfer, _lines = ready(each_world)
    wires = [phone.record("record_moment", transfer, moment="at_pickup", stop=f"站{n}") for n in range(100)]
    answer = phone.ask(list(reversed(wires)))
    assert [result["id"] for result in answer["results"]] == [wire.id for wire in wires]
    assert db.session.query(Operation).filter_by(door="phone").count() == 100
