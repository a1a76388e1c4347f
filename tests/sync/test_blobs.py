"""Pictures come up in parts, are whole only when the hash is right (P18), and are seen by who may see the transfer."""

import hashlib
import json
import random

import pytest

from server.access import open_session
from server.domain.blobs import BYTES_MAX, PART_BYTES_MAX
from server.store.blobs import Blob, BlobPart
from server.store.database import db
from server.store.users import User
from tests.sync.phone import HEADERS, Phone
from tests.sync.town import a_transfer, logged

JPEG = b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(600_000)


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(phone: Phone, content: bytes, start: int = 0, most: int = PART_BYTES_MAX, name: str | None = None, **headers):
    """One part from `start`, as a phone sends it."""
    announced = {"Upload-Offset": str(start), "Upload-Length": str(len(content)), "X-Device": phone.device}
    address = f"/api/v1/blobs/{name or name_of(content)}"
    return phone.client.put(address, data=content[start : start + most], headers={**HEADERS, **announced, **headers})


def bring(phone: Phone, content: bytes) -> dict:
    """All parts, from where the office says it stands."""
    answer = put(phone, content, most=0).json
    while not answer["whole"]:
        answer = put(phone, content, answer["offset"]).json
    return answer


def report(phone: Phone, transfer: str, *hashes: str, type: str = "report_problem") -> str:
    """An operation that names these pictures, delivered."""
    args = {
        "report_problem": {"step": "move", "reason": "accident", "line": None, "note": None},
        "sign_handover": {"side": "crew", "lines": [], "counterpart": "孙护士", "note": None},
    }[type]
    wire = phone.record(type, transfer, **args)
    wire.body = json.dumps({**json.loads(wire.body), "blobs": [*hashes]})
    phone.sync()
    assert phone.verdict(wire)["verdict"] in ("applied", "flagged")
    return wire.id


def look(world, username: str, operation: str, name: str):
    client = world.app.test_client()
    client.set_cookie("bihuan", open_session(db.session.get(User, world.users[username]), None))
    return client.get(f"/api/v1/operations/{operation}/blobs/{name}")


def test_a_photo_comes_up_in_parts_and_the_console_gets_the_same_bytes_never_to_be_kept(each_town):
    transfer, phone = each_town
    assert bring(phone, JPEG) == {"sha256": name_of(JPEG), "offset": len(JPEG), "whole": True}
    seen = look(phone.world, "dispatcher", report(phone, transfer, name_of(JPEG)), name_of(JPEG))
    assert (seen.status_code, seen.data, seen.mimetype) == (200, JPEG, "image/jpeg")
    assert (seen.headers["Cache-Control"], seen.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert seen.headers["Content-Disposition"].endswith('.jpeg"')


def test_a_part_whose_answer_was_lost_is_sent_again_and_counts_once(each_town):
    _transfer, phone = each_town
    for _ in range(2):
        assert put(phone, JPEG).json == {"sha256": name_of(JPEG), "offset": PART_BYTES_MAX, "whole": False}
    assert put(phone, JPEG, 2 * PART_BYTES_MAX).json["offset"] == PART_BYTES_MAX, "a part that leaves a gap is not taken"
    bring(phone, JPEG)
    assert put(phone, JPEG, 2 * PART_BYTES_MAX).json["whole"], "and the last one may be repeated for ever"
    assert db.session.query(BlobPart).count() == 3


def test_bytes_that_are_not_what_they_are_called_are_not_kept_and_may_be_sent_anew(each_town):
    _transfer, phone = each_town
    damaged = JPEG[:-1] + bytes([JPEG[-1] ^ 1])
    for start in range(0, len(JPEG), PART_BYTES_MAX):
        answer = put(phone, damaged, start, name=name_of(JPEG))
    assert (answer.status_code, answer.json["code"]) == (422, "blob.wrong_hash")
    assert (db.session.query(Blob).count(), db.session.query(BlobPart).count()) == (0, 0)
    assert bring(phone, JPEG)["whole"]


def test_a_page_that_is_called_a_picture_is_refused(each_town):
    _transfer, phone = each_town
    page = b"<html><script>alert(1)</script></html>"
    answer = put(phone, page)
    assert (answer.status_code, answer.json["code"]) == (422, "blob.not_a_picture")
    assert db.session.query(BlobPart).count() == 0


@pytest.mark.parametrize("headers", [{"Upload-Length": str(BYTES_MAX + 1)}, {"Upload-Offset": str(BYTES_MAX)}, {"Upload-Length": "9" * 30}])
def test_what_is_too_large_is_refused_before_it_is_taken(town, headers):
    _transfer, phone = town
    assert put(phone, JPEG, **headers).json["code"] == "blob.too_large"
    assert put(phone, JPEG, most=PART_BYTES_MAX + 1).json["code"] == "blob.too_large"
    assert db.session.query(Blob).count() == 0


def test_the_limits_stand_in_the_answer_to_a_round(town):
    _transfer, phone = town
    assert phone.ask()["limits"]["blob_bytes"] == BYTES_MAX


def test_an_upload_token_brings_a_photo_and_sees_none(each_town):
    transfer, phone = each_town
    operation = report(phone, transfer, name_of(JPEG))
    phone.client.delete_cookie("bihuan")
    token = {"Authorization": f"Bearer {phone.token}"}
    assert put(phone, JPEG).status_code == 401
    assert put(phone, JPEG, **token).json["offset"] == PART_BYTES_MAX
    assert phone.client.get(f"/api/v1/operations/{operation}/blobs/{name_of(JPEG)}", headers=token).status_code == 401


def test_what_another_has_sent_nobody_learns_of_by_asking_for_its_hash(each_town):
    _transfer, phone = each_town
    bring(phone, JPEG)
    other = Phone(phone.world, "driver2")
    assert put(other, JPEG, most=0).json == {"sha256": name_of(JPEG), "offset": 0, "whole": False}


def test_an_operation_does_not_wait_for_its_photo_and_does_not_show_another_person_s(each_town):
    transfer, phone = each_town
    operation = report(phone, transfer, name_of(JPEG))
    bring(Phone(phone.world, "driver2"), JPEG)
    assert look(phone.world, "dispatcher", operation, name_of(JPEG)).status_code == 404
    bring(phone, JPEG)
    assert look(phone.world, "dispatcher", operation, name_of(JPEG)).status_code == 200


def test_a_photo_of_what_is_not_yours_answers_like_one_that_does_not_exist(each_town):
    transfer, phone = each_town
    bring(phone, JPEG)
    operation = report(phone, transfer, name_of(JPEG))
    unknown = look(phone.world, "driver1", "01900000-0000-7000-8000-00000000dead", name_of(JPEG))
    for stranger in ("driver2", "receiver1"):
        foreign = look(phone.world, stranger, operation, name_of(JPEG))
        assert (foreign.status_code, foreign.data) == (404, unknown.data), stranger
    assert look(phone.world, "driver1", operation, name_of(JPEG)).status_code == 200
    assert look(phone.world, "driver1", operation, name_of(b"another")).data == unknown.data


def test_a_site_sees_what_was_signed_with_it_and_not_what_was_photographed_at_a_door(each_town):
    transfer, phone = each_town
    bring(phone, JPEG)
    at_the_door, signed = (report(phone, transfer, name_of(JPEG), type=type) for type in ("report_problem", "sign_handover"))
    assert look(phone.world, "receiver1", at_the_door, name_of(JPEG)).status_code == 404
    assert look(phone.world, "receiver1", signed, name_of(JPEG)).status_code == 200


@pytest.mark.parametrize("named", ["no list", [1, None, "short"], ["../../etc/passwd"], ["A" * 64]])
def test_whatever_an_operation_names_it_is_judged_and_shows_nothing(town, named):
    transfer, phone = town
    wire = phone.record("report_problem", transfer, step="move", reason="accident", line=None, note=None)
    wire.body = json.dumps({**json.loads(wire.body), "blobs": named})
    phone.sync()
    assert len(logged(wire.id)) == 1
    assert look(phone.world, "dispatcher", wire.id, "a" * 64).status_code == 404


def test_a_switched_off_phone_brings_nothing(town):
    _transfer, phone = town
    phone.world.do("revoke_device", phone.device, by="administrator")
    assert put(phone, JPEG).status_code in (401, 403)
    assert put(phone, JPEG, Authorization=f"Bearer {phone.token}").json["code"] == "device.revoked"


def test_another_transfer_s_driver_is_not_shown_the_photo_of_this_one(each_town):
    transfer, phone = each_town
    a_transfer(phone.world, driver="driver2")
    bring(phone, JPEG)
    assert look(phone.world, "driver2", report(phone, transfer, name_of(JPEG)), name_of(JPEG)).status_code == 404
