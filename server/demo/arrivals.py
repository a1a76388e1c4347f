"""New people arrive while the demo runs: each unit's desk sends what it found, through the door that every list takes."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update

from server.access import as_actor
from server.demo.found import SCENARIO, lists_found
from server.demo.phones import APP
from server.domain.acts import Actor, Incoming
from server.domain.write_path import perform
from server.intake.accepting import take_in
from server.intake.receiving import Arrived
from server.store.areas import Area
from server.store.database import db, settings, transaction
from server.store.users import Device, User

LEDGERS_BEFORE_ACCOUNTS = ("areas.csv", "communities.csv", "sites.xlsx", "rooms.csv", "room-states.csv")
LEDGERS_AFTER_ACCOUNTS = ("vehicles.xlsx", "staff.xlsx", "hospitals.csv", "occupants.csv")
OPERATOR = Actor(None, "dispatcher", "演示")
EVERY = timedelta(minutes=10)
CONTACTS = (
    ("急救", "有人病重", "120", None),
    ("市民热线", "水电气热、生活物资", "12345", None),
    ("卫生热线", "心理援助、防疫咨询", "12320", None),
    ("市转运专班", "全市调度，二十四小时", "14200000001", None),
    ("宽城区转运专班", "名单、车辆、换点", "14200000002", "宽城区"),
    ("绿园区转运专班", "名单、车辆、换点", "14200000003", "绿园区"),
)


def bring_ledgers(names: tuple[str, ...], at: datetime) -> None:
    """Take in these ledgers of the scenario."""
    for name in names:
        take_in(Arrived((SCENARIO / name).read_bytes(), name, OPERATOR, at))


def bring_contacts(at: datetime) -> None:
    """The numbers that every phone has: the desks' own are invented, the city's are those that everybody knows."""
    areas = dict(db.session.execute(select(Area.name, Area.id)).all())
    told = [(name, what, phone, areas.get(area or "")) for name, what, phone, area in CONTACTS]
    saved = [{"name": name, "what": what, "phone": phone, "area": area} for name, what, phone, area in told]
    perform([Incoming("save_contact", OPERATOR, one) for one in saved], at=at)


def bring_lists(since: datetime, until: datetime) -> int:
    """The units send those found after `since` and until `until`; how many lines that is."""
    desks = {area: as_actor(user) for area, user in _desks()}
    sent = lists_found(since, until)
    for one in sent:
        take_in(Arrived(one.content, one.name, desks.get(one.unit, OPERATOR), until, area=one.unit))
    return sum(one.rows for one in sent)


def bring_what_is_found(at: datetime) -> int:
    """What the ticker of a demo does besides: send on those found since the last time, when ten minutes have gone by."""
    came_to = progress_file()
    if not came_to.exists():
        return 0
    keep_in_touch(at)
    since = datetime.fromisoformat(came_to.read_text())
    if at - since < EVERY:
        return 0
    rows = bring_lists(since, at)
    note_progress(at)
    return rows


def keep_in_touch(at: datetime) -> None:
    """The demo's phones that have sent everything are heard of again; the silent one stays silent."""
    with transaction() as session:
        session.execute(update(Device).where(Device.app == APP, Device.unsent == 0).values(seen_at=at))


def progress_file() -> Path:
    """How far the lists have come; it is there once the demo is filled."""
    return settings().data / "demo-lists"


def note_progress(at: datetime) -> None:
    """Keep, in one step, how far the lists have come."""
    new = progress_file().with_suffix(".new")
    new.write_text(at.isoformat())
    new.replace(progress_file())


def _desks() -> list[tuple[str, User]]:
    """Each unit's desk, the demo's own account before others: by the name of the area."""
    query = select(Area.name, User).join(Area, User.area_id == Area.id).where(User.role == "district_desk")
    rows = db.session.execute(query.order_by(User.password_hash.is_not(None), User.username.desc())).all()
    return [(name, user) for name, user in rows]
