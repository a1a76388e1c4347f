"""What goes over the line: limits, packing, and what nobody in between may keep."""

import gzip
import json

import pytest

from sync.messages import OPERATIONS_MAX, REQUEST_BYTES_MAX
from tests.sync.phone import HEADERS, Phone, read
from tests.sync.town import a_transfer, logged

JSON = {"Content-Type": "application/json", **HEADERS}


def test_an_answer_is_packed_for_who_takes_it_packed_and_kept_by_nobody(world):
    a_transfer(world)
    phone = Phone(world, "driver1")
    packed = phone.post(phone.message())
    plain = phone.post(phone.message(), **{"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert read(packed)["changes"] == plain.json["changes"] != []
    assert {packed.headers["Cache-Control"], plain.headers["Cache-Control"]} == {"no-store"}


def test_a_request_may_come_unpacked(world):
    phone = Phone(world, "driver1")
    response = phone.client.post("/api/v1/sync", data=json.dumps(phone.message()), headers=JSON)
    assert response.status_code == 200


def test_operations_may_come_in_lines_and_the_log_keeps_each_text_as_it_is(world):
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    wires = [phone.record("report_problem", transfer, step="move", reason="other", line=None, note=note) for note in ("说“好”\n", "\u2028")]
    said = {name: value for name, value in phone.message().items() if name != "operations"}
    lines = [json.dumps({**said, "first": 1}), *(line for wire in wires for line in (json.dumps(wire.id), wire.body))]
    response = phone.client.post("/api/v1/sync", data="\n".join(lines).encode(), headers={**JSON, "Content-Type": "application/x-ndjson"})
    assert [result["verdict"] for result in read(response)["results"]] == ["applied", "applied"]
    assert {row.id: row.body for row in logged()} == {wire.id: wire.body for wire in wires}
    phone.sync()
    assert phone.outbox == []


@pytest.mark.parametrize(
    "lines", [b"", b"[]", b'{"protocol":1}\n"id"\n{}', b'{"first":1}\n"id"', b'{"first":true}\n"id"\n{}', b'{"first":1}\nid\n{}']
)
def test_lines_that_are_no_message_are_not_this_protocol(world, lines):
    response = Phone(world, "driver1").client.post("/api/v1/sync", data=lines, headers={**JSON, "Content-Type": "application/x-ndjson"})
    assert (response.status_code, response.json["code"]) == (400, "sync.not_this_protocol")


@pytest.mark.parametrize(
    ("sent", "packing"),
    [
        (b"{", "identity"),
        (b"[]", "identity"),
        (b"[" * 100_000, "identity"),
        (b"\xff\xfe\x00", "identity"),
        (b"{}", "gzip"),
        (gzip.compress(b'{"protocol": 1}', mtime=0)[:-6], "gzip"),
        (b"{}", "br"),
    ],
)
def test_what_is_not_this_protocol_is_told_so(world, sent, packing):
    phone = Phone(world, "driver1")
    response = phone.client.post("/api/v1/sync", data=sent, headers={**JSON, "Content-Encoding": packing})
    assert (response.status_code, response.json["code"]) == (400, "sync.not_this_protocol")
    assert set(response.json["message"]) == {"zh", "en"}


def test_another_version_of_the_agreement_is_told_so(world):
    phone = Phone(world, "driver1")
    response = phone.post({**phone.message(), "protocol": 2})
    assert (response.status_code, response.json["code"]) == (400, "sync.not_this_protocol")


@pytest.mark.parametrize("size", [REQUEST_BYTES_MAX + 1, 50_000_000])
def test_a_small_packet_that_swells_is_stopped_at_the_limit(world, size):
    phone = Phone(world, "driver1")
    swelling = gzip.compress(b" " * size)
    assert len(swelling) < REQUEST_BYTES_MAX
    response = phone.client.post("/api/v1/sync", data=swelling, headers={**JSON, "Content-Encoding": "gzip"})
    assert (response.status_code, response.json["code"]) == (413, "sync.too_large")


def test_a_request_above_the_limit_is_refused_whole_and_half_of_it_is_taken(world):
    phone = Phone(world, "driver1")
    for _ in range(10):
        phone.say(json.dumps({"type": "note_of_another_day", "text": "字" * 9_000}, ensure_ascii=False))
    assert phone.post(phone.message()).status_code == 413
    phone.batch = 6
    phone.sync()
    assert len(phone.kept) == 10


def test_more_operations_than_the_limit_are_not_this_protocol(world):
    phone = Phone(world, "driver1", batch=OPERATIONS_MAX + 1)
    for _ in range(OPERATIONS_MAX + 1):
        phone.say("{}")
    assert phone.post(phone.message()).status_code == 400


def test_a_request_without_the_phones_header_is_taken_for_forged(world):
    phone = Phone(world, "driver1")
    assert phone.post(phone.message(), **{"X-Bihuan": ""}).status_code == 403


def test_nobody_syncs_without_signing_in_and_an_office_never(world):
    phone = Phone(world, "driver1")
    phone.client.delete_cookie("bihuan")
    assert phone.post(phone.message()).status_code == 401
    auditor = Phone(world, "auditor")
    assert auditor.post(auditor.message()).status_code == 403
