"""A small town to test in, made through the same door as everything else."""

from datetime import timedelta

from sqlalchemy import select

from server.access import hasher
from server.domain.acts import Actor, Incoming, Verdict
from server.domain.write_path import perform
from server.problems import Refused
from server.store.database import db, transaction
from server.store.users import User

OPERATOR = Actor("00000000-0000-7000-8000-000000000000", "dispatcher", "值班员")
ADMINISTRATOR = Actor("00000000-0000-7000-8000-000000000001", "administrator", "管理员")
PASSWORD = "隔离点的门口有一棵树"


class World:
    """Areas 宽城 and 绿园, site S1 in 宽城 with eight rooms, a coach, users of every role. Everything by name."""

    def __init__(self, app):
        self.app, self.clock = app, app.clock
        for name in ("宽城", "绿园"):
            self.do("save_area", name=f"{name}区", short=name, kind="district", tier="red")
        self.community = self.do(
            "save_community",
            area="宽城",
            name="天茂名苑",
            lat=43.91,
            lng=125.34,
            contact_name="夏敏莹",
            contact_phone="14200000001",
        )
        self.site = self.do(
            "save_site", code="S1", name="北湖酒店", kind="hotel", area="宽城", address="北湖路 1 号", state="open",
            accepts=["close_contact", "secondary_contact"], duty_phone="14200000002", lat=43.97, lng=125.36,
        )  # fmt: skip
        self.rooms = [self.do("save_room", site="S1", building="主楼", floor="2", number=f"02{n:02}", kind="single") for n in range(1, 9)]
        self.vehicle = self.do("save_vehicle", plate="吉A·T0001", kind="coach", seats=40, area="宽城", state="clean_ready")
        area = self.area("宽城")
        self.users = {}
        self.user("driver", "driver1")
        self.user("driver", "driver2")
        self.user("escort", "escort1")
        self.user("receiver", "receiver1", site_id=self.site)
        self.user("site_head", "head1", site_id=self.site)
        self.user("community_worker", "worker1")
        self.user("district_desk", "desk1", area_id=area)
        self.user("partner_desk", "partner1", area_id=self.area("绿园"))
        for role in ("dispatcher", "commander", "auditor", "administrator"):
            self.user(role, role)

    def do(self, type: str, target: str | None = None, by: str | Actor = OPERATOR, **args):
        """One operation at a desk; what its verb made. Raises Refused."""
        verdict = self.say(type, target, by, **args)
        if not verdict.took_effect:
            raise Refused(verdict.code, **verdict.values)
        return verdict.made

    def say(self, type: str, target: str | None = None, by: str | Actor = OPERATOR, **args) -> Verdict:
        """One operation at a desk, and its verdict, whatever it is."""
        author = by if isinstance(by, Actor) else self.actor(by)
        [verdict] = perform([Incoming(type=type, author=author, target=target, args=args)], at=self.clock.now())
        return verdict

    def person(self, name: str = "王小明", **values) -> str:
        """A listed person, a close contact of 天茂名苑 unless said."""
        known = {
            "category": "close_contact",
            "sex": "male",
            "birth_year": 1980,
            "phone": "14200001000",
            "compound": "天茂名苑",
        }
        area = self.area("宽城")
        areas = {"home_area_id": area, "pickup_area_id": area, "responsible_area_id": area}
        return self.do("list_person", name=name, **{**known, **areas, **values})

    def user(self, role: str, username: str, **values) -> str:
        """A user with the test password."""
        id = self.do("add_user", by=ADMINISTRATOR, username=username, name=username, role=role, **values)
        with transaction() as session:
            session.get(User, id).password_hash = password_hash()
        self.users[username] = id
        return id

    def actor(self, username: str) -> Actor:
        user = db.session.scalar(select(User).where(User.username == username))
        return Actor(user.id, user.role, user.name, user.area_id, user.site_id)

    def area(self, short: str) -> str:
        from server.store.areas import Area

        return db.session.scalar(select(Area.id).where(Area.short == short))

    def pass_time(self, **span) -> None:
        """Let the clock go on: `minutes=5`."""
        self.clock.set(self.clock.now() + timedelta(**span))

    def signed_in(self, username: str):
        """A browser in which this user is signed in at the console."""
        from server.access import open_session

        client = self.app.test_client()
        client.set_cookie("bihuan", open_session(db.session.get(User, self.users[username])))
        return client


_hashes: list[str] = []


def password_hash() -> str:
    """Hashing is slow on purpose: once is enough for all test users."""
    if not _hashes:
        _hashes.append(hasher.hash(PASSWORD))
    return _hashes[0]
