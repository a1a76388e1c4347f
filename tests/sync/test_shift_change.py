"""Several people on one phone, and phones that are lost, copied or emptied: P3 and P21 at the sign-in and by the upload token."""

from datetime import timedelta
from hashlib import sha256

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import delete

from server.access import cookie_name
from server.problems import Refused
from server.sealed_copies import copy_key
from server.store.change_log import Delivery, Operation
from server.store.conflicts import Conflict
from server.store.database import db, secret, transaction
from server.store.users import Device, SignIn, User
from server.upload_tokens import upload_token
from tests.sync.phone import HEADERS, Phone, read
from tests.sync.town import IDENTITY, lines_of, logged
from tests.world import ADMINISTRATOR, PASSWORD


def sign_in(browser, username: str, device: str, **holds: str) -> dict:
    """What the office answers to a sign-in on a phone that holds these users' work: {user: device}."""
    said = {"username": username, "password": PASSWORD, "device": device, "holds": holds}
    answer = browser.post("/api/v1/session", json=said, headers=HEADERS)
    assert answer.status_code == 200, answer.json
    return answer.json


def board(town: tuple[str, Phone], line: int = 0):
    transfer, phone = town
    return phone.record("board_person", transfer, line=lines_of(transfer)[line], identity=IDENTITY)


def test_a_token_of_a_phone_delivers_for_its_own_user_and_device_and_for_no_other(each_town):
    transfer, phone = each_town
    other = Phone(phone.world, "driver2")
    wire = board(each_town)
    other_device = phone.post({**phone.message(), "device": other.device}, Authorization=f"Bearer {phone.token}")
    assert (other_device.status_code, logged(wire.id)) == (401, [])
    for forged in ("", "x", phone.token[:-2], upload_token(phone.device, other.user)):
        assert phone.post(phone.message(), Authorization=f"Bearer {forged}").status_code == 401, forged
    assert read(phone.deliver())["results"][0]["verdict"] == "applied"
    assert logged(wire.id)[0].author_id == phone.user


def test_a_token_that_an_earlier_version_gave_delivers_still(town):
    _transfer, phone = town
    wire = board(town)
    phone.token = URLSafeSerializer(phone.world.app.config["SECRET_KEY"], salt="upload", signer_kwargs={"digest_method": sha256}).dumps(
        [phone.device, phone.user]
    )
    assert read(phone.deliver())["results"][0]["verdict"] == "applied"
    assert logged(wire.id)[0].author_id == phone.user


def test_the_same_phone_and_person_have_the_same_token_so_a_lost_answer_to_a_sign_in_makes_none_worthless(world):
    browser = world.app.test_client()
    first = sign_in(browser, "driver1", "device-one")
    again = sign_in(browser, "driver1", "device-two", **{world.users["driver1"]: "device-one"})
    assert (first["device"], again["device"]) == ("device-one", "device-one")
    assert first["upload_token"] == again["upload_token"]
    assert db.session.get(Device, "device-two") is None, "an id that was not needed leaves no phone behind"


def test_a_token_works_after_the_office_was_set_back_to_before_its_phone_was_known(each_town):
    _transfer, phone = each_town
    wire = board(each_town)
    with transaction() as session:
        session.execute(delete(SignIn).where(SignIn.device_id == phone.device))
        session.execute(delete(Device).where(Device.id == phone.device))
    assert read(phone.deliver())["results"][0]["verdict"] == "applied"
    assert [row.author_id for row in logged(wire.id)] == [phone.user]
    assert db.session.get(Device, phone.device).user_id == phone.user


def test_a_phone_that_goes_on_under_another_number_is_still_the_same_phone(each_town):
    _transfer, phone = each_town
    first, board_one = phone.device, board(each_town)
    with transaction() as session:
        session.get(Device, first).unsent = 4
    phone.device = "device-after-the-copy"
    phone.sync()
    assert [row.device_id for row in logged(board_one.id)] == [phone.device]
    grown = db.session.get(Device, phone.device)
    assert (grown.phone_id, db.session.get(Device, first).unsent) == (first, 0), "what was announced waits under the new number"
    board(each_town, 1)
    assert read(phone.deliver())["results"][0]["verdict"] == "applied"
    phone.device = "and-once-more-by-the-token"
    assert read(phone.deliver())["expected_seq"] == 1
    assert db.session.get(Device, phone.device).phone_id == first


def test_switching_a_phone_off_takes_every_number_it_has_gone_by_and_consumes_nothing(each_town):
    _transfer, phone = each_town
    first = phone.device
    board(each_town)
    phone.device = "device-after-the-copy"
    phone.sync()
    world = phone.world
    world.do("revoke_device", phone.device, by=ADMINISTRATOR)
    waiting = phone.record("record_moment", _transfer, moment="en_route")
    for device in (first, phone.device, "a-third-number"):
        phone.device = device
        answer = phone.deliver()
        assert (answer.status_code, answer.json["code"]) == (403, "device.revoked"), device
    assert (logged(waiting.id), len(phone.outbox)) == ([], 1)
    with pytest.raises(Refused, match="device.unknown"):
        world.do("restore_device", "nobody's", by=ADMINISTRATOR)
    world.do("restore_device", first, by=ADMINISTRATOR)
    phone.device = "device-after-the-copy"
    assert read(phone.deliver())["results"][0]["id"] == waiting.id, "what waited on it is taken, by the same token"


def test_the_work_of_somebody_who_has_left_still_arrives_under_their_name(each_town):
    _transfer, phone = each_town
    wire = board(each_town)
    phone.world.do("disable_user", phone.user, by=ADMINISTRATOR)
    assert read(phone.deliver())["results"][0]["verdict"] == "applied"
    assert logged(wire.id)[0].author_id == phone.user


def test_a_renamed_person_finds_their_device_and_the_new_owner_of_the_name_another(world):
    browser = world.app.test_client()
    sign_in(browser, "driver1", "device-one")
    holds = {world.users["driver1"]: "device-one"}
    with transaction() as session:
        session.get(User, world.users["driver1"]).username = "driver-before"
        session.get(User, world.users["driver2"]).username = "driver1"
    assert sign_in(browser, "driver1", "device-two", **holds)["device"] == "device-two"
    assert sign_in(browser, "driver-before", "device-three", **holds)["device"] == "device-one"


def test_the_next_person_s_sign_in_ends_the_session_that_the_last_one_could_not_end_without_signal(world):
    browser = world.app.test_client()
    sign_in(browser, "driver1", "device-one")
    assert db.session.query(SignIn).count() == 1
    sign_in(browser, "driver2", "device-two", **{world.users["driver1"]: "device-one"})
    assert [row.user_id for row in db.session.query(SignIn)] == [world.users["driver2"]]


def test_a_sign_out_that_arrives_after_the_next_person_s_sign_in_leaves_their_cookie_alone(world):
    browser, bad_line = world.app.test_client(), world.app.test_client()
    sign_in(browser, "driver1", "device-one")
    bad_line.set_cookie(cookie_name(), browser.get_cookie(cookie_name()).value)
    sign_in(browser, "driver2", "device-two", **{world.users["driver1"]: "device-one"})
    late = bad_line.delete("/api/v1/session", headers=HEADERS)
    assert (late.status_code, late.headers.getlist("Set-Cookie")) == (204, [])
    assert browser.get("/api/v1/session").json["user"]["id"] == world.users["driver2"]
    assert browser.delete("/api/v1/session", headers=HEADERS).status_code == 204
    assert browser.get_cookie(cookie_name()) is None, "a sign-out that ends a session takes its cookie too"


def test_a_phone_gets_the_key_for_its_copies_at_sign_in_and_before(world):
    browser = world.app.test_client()
    assert sign_in(browser, "driver1", "device-one")["copy_key"] == browser.get("/api/v1/hello").json["copy_key"] == copy_key(secret())


def emptied_items() -> list[Conflict]:
    return db.session.query(Conflict).filter_by(code="phone.emptied").all()


def test_a_known_person_with_an_empty_store_has_lost_it_and_the_office_hears_when_and_how_much(each_world):
    world, browser = each_world, each_world.app.test_client()
    driver = world.users["driver1"]
    sign_in(browser, "driver1", "device-one")
    message = {"protocol": 1, "app": "test", "device": "device-one", "unsent": 3, "operations": []}
    assert browser.post("/api/v1/sync", json=message, headers=HEADERS).status_code == 200
    heard = db.session.get(Device, "device-one", populate_existing=True).seen_at
    world.pass_time(hours=2)
    told = sign_in(browser, "driver1", "device-two")["emptied"]
    assert told == {"last_contact": heard.isoformat(), "unsent": 3}
    [item] = emptied_items()
    assert (item.author_id, item.state, item.values[0]["says"], item.values[0]["at"]) == (driver, "open", 3, heard.isoformat())
    assert db.session.get(Device, "device-one", populate_existing=True).emptied_at - heard >= timedelta(hours=2)
    phone = Phone(world, "driver1")
    phone.sync()
    assert phone.body("conflict", item.id)["code"] == "phone.emptied", "its person sees the item too, until the office closes it"


def test_the_answer_that_told_of_the_loss_may_be_lost_and_it_is_still_one_item(world):
    browser, again = world.app.test_client(), world.app.test_client()
    sign_in(browser, "driver1", "device-one")
    cookie = browser.get_cookie("bihuan_phone", path="/api/v1/session")
    again.set_cookie("bihuan_phone", cookie.value, path="/api/v1/session")
    first, second = sign_in(browser, "driver1", "device-two")["emptied"], sign_in(again, "driver1", "device-three")["emptied"]
    assert first == second is not None
    assert len(emptied_items()) == 1
    assert sign_in(again, "driver1", "device-four", **{world.users["driver1"]: "device-three"})["emptied"] is None


def test_no_phone_is_called_emptied_that_is_not(world):
    browser = world.app.test_client()
    assert sign_in(browser, "driver1", "device-one")["emptied"] is None, "a new phone"
    assert sign_in(browser, "driver2", "device-two", **{world.users["driver1"]: "device-one"})["emptied"] is None, "somebody else's first"
    assert sign_in(world.app.test_client(), "driver1", "device-six")["emptied"] is None, "another phone of the same person"
    forged = world.app.test_client()
    forged.set_cookie("bihuan_phone", '{"x": 1}', path="/api/v1/session")
    assert sign_in(forged, "driver1", "device-seven")["emptied"] is None, "a cookie that is not ours"
    assert emptied_items() == []


def test_the_cookie_of_the_phone_goes_to_the_sign_in_alone_and_no_script_reads_it(world):
    browser = world.app.test_client()
    sign_in(browser, "driver1", "device-one")
    cookie = browser.get_cookie("bihuan_phone", path="/api/v1/session")
    assert (cookie.path, cookie.http_only, cookie.same_site) == ("/api/v1/session", True, "Strict")


def test_p4_numbers_of_devices_that_grew_from_one_another_are_each_without_a_gap(each_town):
    transfer, phone = each_town
    for device in (phone.device, "second-number", "third-number"):
        phone.device, phone.seq = device, 0
        for _ in range(3):
            phone.record("record_moment", transfer, moment="en_route")
        phone.sync()
    rows = db.session.query(Delivery.device_id, Delivery.seq).all()
    assert sorted(seq for _device, seq in rows) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert db.session.query(Operation).filter_by(door="phone").count() == 9
