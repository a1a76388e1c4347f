"""Who may sign in is added, invited, changed and shut out; nobody's password is ever written down."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.access import check_password, hasher, open_session
from server.accounts import first_administrator, invite, reset_password, set_password, take_invitation
from server.problems import Refused
from server.store.change_log import Operation
from server.store.database import db
from server.store.users import Device, SignIn, User, UserCompound
from tests.world import ADMINISTRATOR

PASSWORD = "北湖的冰化了一半我们再走"


@pytest.fixture
def admin(world):
    return world.actor("administrator")


def user(world, username: str) -> User:
    return db.session.get(User, world.users[username], populate_existing=True)


def sessions(world, username: str) -> int:
    return len(db.session.scalars(select(SignIn).where(SignIn.user_id == world.users[username])).all())


def test_an_invitation_sets_a_password_once(world, admin):
    token = invite(world.users["driver1"], by=admin, at=world.clock.now())
    assert take_invitation(token, PASSWORD, at=world.clock.now()) == world.users["driver1"]
    assert hasher.verify(user(world, "driver1").password_hash, PASSWORD)
    with pytest.raises(Refused, match="session.invitation_unknown"):
        take_invitation(token, PASSWORD, at=world.clock.now())


def test_an_invitation_is_worth_nothing_after_a_day(world, admin):
    token = invite(world.users["driver1"], by=admin, at=world.clock.now())
    with pytest.raises(Refused, match="session.invitation_unknown"):
        take_invitation(token, PASSWORD, at=world.clock.now() + timedelta(hours=24))


def test_a_newer_invitation_makes_the_older_one_worthless(world, admin):
    old = invite(world.users["driver1"], by=admin, at=world.clock.now())
    invite(world.users["driver1"], by=admin, at=world.clock.now())
    with pytest.raises(Refused, match="session.invitation_unknown"):
        take_invitation(old, PASSWORD, at=world.clock.now())


def test_a_password_has_twelve_characters(world, admin):
    token = invite(world.users["driver1"], by=admin, at=world.clock.now())
    with pytest.raises(Refused, match="session.password_too_short"):
        take_invitation(token, "只有十一个字符的密码啊", at=world.clock.now())
    take_invitation(token, "十二个字符刚好够用的密码", at=world.clock.now())


def test_neither_passwords_nor_links_are_in_the_log(world, admin):
    token = invite(world.users["driver1"], by=admin, at=world.clock.now())
    take_invitation(token, PASSWORD, at=world.clock.now())
    kept = user(world, "driver1").password_hash
    bodies = "".join(db.session.scalars(select(Operation.body)))
    assert PASSWORD not in bodies and token not in bodies and kept not in bodies


def test_whoever_is_disabled_is_out_at_once_on_all_workers(world):
    phone = world.signed_in("driver1")
    assert phone.get("/api/v1/session").status_code == 200
    world.do("disable_user", world.users["driver1"], by=ADMINISTRATOR)
    assert phone.get("/api/v1/session").status_code == 401
    assert sessions(world, "driver1") == 0
    with world.app.test_request_context(), pytest.raises(Refused, match="session.wrong_password"):
        check_password("driver1", "隔离点的门口有一棵树")


def test_an_account_that_is_enabled_again_keeps_its_password(world):
    world.do("disable_user", world.users["driver1"], by=ADMINISTRATOR)
    world.do("enable_user", world.users["driver1"], by=ADMINISTRATOR)
    with world.app.test_request_context():
        assert check_password("driver1", "隔离点的门口有一棵树").username == "driver1"


def test_a_reset_password_is_worth_nothing_until_a_new_one_is_set(world, admin):
    open_session(user(world, "driver1"))
    token = reset_password(world.users["driver1"], by=admin, at=world.clock.now())
    assert sessions(world, "driver1") == 0 and user(world, "driver1").password_hash is None
    take_invitation(token, PASSWORD, at=world.clock.now())
    with world.app.test_request_context():
        assert check_password("driver1", PASSWORD)


def test_a_new_password_ends_the_sessions_of_the_old_one(world, admin):
    open_session(user(world, "driver1"))
    set_password(world.users["driver1"], PASSWORD, by=admin, at=world.clock.now())
    assert sessions(world, "driver1") == 0


def test_whoever_changes_place_signs_in_again(world):
    open_session(user(world, "desk1"))
    world.do("change_user", world.users["desk1"], by=ADMINISTRATOR, name="宽城专班")
    assert sessions(world, "desk1") == 1
    world.do("change_user", world.users["desk1"], by=ADMINISTRATOR, area_id=world.area("绿园"))
    assert sessions(world, "desk1") == 0 and user(world, "desk1").area_id == world.area("绿园")


@pytest.mark.parametrize(
    ("values", "code"),
    [({"role": "receiver"}, "user.site_missing"), ({"role": "king"}, "request.unreadable"), ({"password_hash": "x"}, "request.unreadable")],
)
def test_a_user_is_not_changed_into_what_cannot_work(world, values, code):
    with pytest.raises(Refused, match=code):
        world.do("change_user", world.users["dispatcher"], by=ADMINISTRATOR, **values)


def test_the_last_administrator_stays(world, admin):
    with pytest.raises(Refused, match="user.yourself"):
        world.do("disable_user", world.users["administrator"], by=admin)
    with pytest.raises(Refused, match="user.last_administrator"):
        world.do("disable_user", world.users["administrator"], by=ADMINISTRATOR)
    with pytest.raises(Refused, match="user.last_administrator"):
        world.do("change_user", world.users["administrator"], by=ADMINISTRATOR, role="auditor")


def test_a_lost_phone_neither_reads_nor_delivers(world, admin):
    from sqlalchemy import insert

    from server.store.database import transaction

    now = world.clock.now()
    with transaction() as session:
        session.execute(insert(Device).values(id="phone", user_id=world.users["driver1"], last_seq=0, enrolled_at=now, seen_at=now))
    open_session(user(world, "driver1"), "phone")
    open_session(user(world, "driver1"), "another")
    world.do("revoke_device", "phone", by=admin)
    device = db.session.get(Device, "phone", populate_existing=True)
    assert device.revoked and sessions(world, "driver1") == 1


@pytest.mark.parametrize("type", ["add_user", "disable_user", "invite_user", "set_password", "revoke_device"])
@pytest.mark.parametrize("who", ["dispatcher", "commander", "desk1", "driver1"])
def test_only_an_administrator_looks_after_accounts(world, type, who):
    with pytest.raises(Refused, match="access.denied"):
        world.do(type, world.users["driver2"], by=who)


def test_a_real_first_start_makes_one_administrator_by_a_link(app):
    token = first_administrator(at=app.clock.now())
    again = first_administrator(at=app.clock.now())
    assert token and again and token != again
    take_invitation(again, PASSWORD, at=app.clock.now())
    assert first_administrator(at=app.clock.now()) is None
    assert [one.role for one in db.session.scalars(select(User))] == ["administrator"]


def test_a_community_worker_looks_after_the_compounds_that_were_given_and_no_others(world):
    worker, own = world.users["worker1"], select(UserCompound.community_id).where(UserCompound.user_id == world.users["worker1"])
    for given in ([world.community], [], [world.community, world.community]):
        world.do("give_compounds", worker, by="administrator", compounds=given)
        assert sorted(db.session.scalars(own)) == sorted(set(given))
    for other, compounds in ((world.users["driver1"], [world.community]), (worker, ["no-such"])):
        with pytest.raises(Refused, match="request.unreadable"):
            world.do("give_compounds", other, by="administrator", compounds=compounds)
