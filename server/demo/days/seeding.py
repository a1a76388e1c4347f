"""Where the simulated days begin: the ledgers as of 2 April 2022, 24:00, and somebody on duty at every site and in every unit."""

from datetime import datetime

from sqlalchemy import select

from server.demo.accounts import MAKER, make_accounts
from server.demo.arrivals import LEDGERS_AFTER_ACCOUNTS, LEDGERS_BEFORE_ACCOUNTS, bring_contacts, bring_ledgers
from server.demo.found import ZONE
from server.domain.write_path import perform_one
from server.store.areas import Area, Community
from server.store.database import db
from server.store.sites import Site
from server.store.users import User

BEGINS = datetime(2022, 4, 3, 0, 0, tzinfo=ZONE)
SHIFTS_OF_A_SITE = 2


def seed_register() -> None:
    """Fill an empty register: ledgers, accounts, contacts; two receivers a site, a community worker a unit."""
    bring_ledgers(LEDGERS_BEFORE_ACCOUNTS, BEGINS)
    make_accounts(BEGINS)
    bring_contacts(BEGINS)
    bring_ledgers(LEDGERS_AFTER_ACCOUNTS, BEGINS)
    for site in db.session.scalars(select(Site).where(Site.state == "open").order_by(Site.code)).all():
        on_duty = db.session.scalars(select(User.id).where(User.site_id == site.id, User.role == "receiver")).all()
        for number in range(len(on_duty), SHIFTS_OF_A_SITE):
            _somebody(f"receiver-{site.code}-{number}", f"{site.name}接收员{number + 1}", "receiver", site_id=site.id)
    for area in db.session.scalars(select(Area).order_by(Area.name)).all():
        compounds = db.session.scalars(select(Community.id).where(Community.area_id == area.id)).all()
        if compounds:
            worker = _somebody(f"worker-{area.short}", f"{area.short}社区专干", "community_worker", area_id=area.id)
            perform_one("give_compounds", author=MAKER, at=BEGINS, target=worker, compounds=compounds)
    db.session.commit()


def _somebody(username: str, name: str, role: str, **place) -> str:
    return perform_one("add_user", author=MAKER, at=BEGINS, username=username, name=name, role=role, **place).made
