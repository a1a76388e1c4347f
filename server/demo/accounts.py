"""The demo's accounts: one of each role, one generated password for all of them."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select

from server.accounts import hash_of
from server.domain.acts import Actor, Incoming
from server.domain.write_path import perform
from server.problems import Refused
from server.store.areas import Area, Community
from server.store.database import db, transaction
from server.store.sites import Site
from server.store.users import User, UserCompound

MAKER = Actor(None, "administrator", "演示")
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"


@dataclass(frozen=True)
class Account:
    """One demo account; `site` is a code, `area` a name."""

    username: str
    name: str
    role: str
    what: str
    area: str | None = None
    site: str | None = None
    phone: str | None = None


ACCOUNTS = (
    Account("dispatcher", "值班调度 韩雪", "dispatcher", "city desk"),
    Account("commander", "指挥长 林振国", "commander", "command: sees all, overrides a readiness item"),
    Account("desk1", "宽城专班 孟祥", "district_desk", "district desk of 宽城", area="宽城区"),
    Account("partner1", "四平对口 佟伟", "partner_desk", "partner city 四平", area="四平市"),
    Account("driver1", "胡建军", "driver", "driver, a trip to prepare", phone="14200000101"),
    Account("driver2", "赵立新", "driver", "driver, people aboard", phone="14200000102"),
    Account("escort1", "沈月", "escort", "escort of driver1", phone="14200000103"),
    Account("receiver1", "周敏", "receiver", "receives at 宽城金色酒店", site="S021", phone="14200000201"),
    Account("head1", "高文", "site_head", "head of 宽城金色酒店", site="S021", phone="14200000202"),
    Account("receiver2", "白航", "receiver", "receives at 会展中心方舱医院", site="S044", phone="14200000203"),
    Account("worker1", "夏敏莹", "community_worker", "community worker of 天茂名苑", phone="14200000301"),
    Account("auditor", "审计 罗诚", "auditor", "reads, masked"),
    Account("admin", "系统管理员", "administrator", "users, devices, settings"),
)
WORKERS_COMPOUNDS = ("天茂名苑", "兴隆花园")


def make_accounts(at: datetime) -> None:
    """Add the demo's users to the register. Areas, sites and compounds must be there."""
    areas = dict(db.session.execute(select(Area.name, Area.id)).all())
    sites = dict(db.session.execute(select(Site.code, Site.id)).all())
    verdicts = perform([Incoming("add_user", MAKER, _values(account, areas, sites)) for account in ACCOUNTS], at=at)
    for verdict in verdicts:
        if not verdict.took_effect:
            raise Refused(verdict.code, **verdict.values)
    compounds = db.session.scalars(select(Community.id).where(Community.name.in_(WORKERS_COMPOUNDS)))
    worker = user_named("worker1").id
    with transaction() as session:
        session.execute(insert(UserCompound), [{"user_id": worker, "community_id": id} for id in compounds])


def user_named(username: str) -> User:
    return db.session.scalar(select(User).where(User.username == username))


def password_for_all(data: Path, chosen: str | None, at: datetime) -> str:
    """The demo's one password: the chosen one, else the one of the last start, else a new one. The accounts have it afterwards.

    Refuses: session.password_too_short.
    """
    file = data / "demo-password"
    kept = file.read_text().strip() if file.exists() else None
    password = chosen or kept or readable_password()
    if password != kept:
        values = {"password_hash": hash_of(password)}  # hashed once: it takes its time on purpose
        accounts = [user_named(account.username).id for account in ACCOUNTS]
        perform([Incoming("set_password", MAKER, values, target=id) for id in accounts], at=at)
        with os.fdopen(os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as new:
            new.write(password)
    return password


def readable_password() -> str:
    """Four short words that can be read aloud: 49 bits."""
    return "-".join("".join(secrets.choice(letters) for letters in (CONSONANTS, VOWELS) * 2) for _ in range(4))


def _values(account: Account, areas: dict[str, str], sites: dict[str, str]) -> dict:
    places = {"area_id": areas[account.area]} if account.area else {}
    places |= {"site_id": sites[account.site]} if account.site else {}
    return {"username": account.username, "name": account.name, "role": account.role, "phone": account.phone, **places}
