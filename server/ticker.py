"""Time is a door too: `pass_time(at)` does what is due through the same write path, author `clock`. Ages are computed when shown.

One ticker calls it every 30 seconds: a thread in each worker tries for the lease, whoever has it does the work. On a standby nobody
does, until it is the primary.
"""

import secrets
import threading
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy import insert, select, update

from server.domain.acts import CLOCK, Incoming
from server.domain.passing import CONFLICT_KEPT, CREW_KEEPS, SITE_KEEPS, STAY_KEPT
from server.domain.site_days import days_due
from server.domain.write_path import Busy, perform
from server.store.compaction import due_floor
from server.store.conflicts import Conflict
from server.store.database import db, is_standby, settings, transaction
from server.store.leases import Lease
from server.store.lists.balance import register_began
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.transfers import Transfer

log = structlog.get_logger()

EVERY_SECONDS = 30
LEASE = timedelta(seconds=90)
AT_ONCE = 200
SITES_AT_ONCE = 40  # of which one transaction writes a day: it reads all spells of their rooms
ALSO_DUE: list = []  # what other doors and a demo add: called with the moment, gives how many operations it did


def pass_time(at: datetime) -> int:
    """Do what is due at this moment, and give how many operations it took (besides the days that it kept). Again at once does nothing.

    Each of the lists is in the order of the ids: what is done, and so what phones are told, is the same on both engines.
    """
    due = [
        *(Incoming("expire_hold", CLOCK, {}, target=id, door="clock") for id in _transfers_with_expired_holds(at)),
        *(Incoming("leave_phones", CLOCK, {}, target=id, door="clock") for id in _transfers_to_leave(at)),
        *(Incoming("repeat_transfer", CLOCK, {}, target=id, door="clock") for id in _transfers_to_repeat()),
        *(Incoming("retire_stays", CLOCK, {"stays": ids}, door="clock") for ids in _parts(_stays_to_retire(at))),
        *(Incoming("end_monitoring", CLOCK, {"stays": ids}, door="clock") for ids in _parts(_monitoring_over(at))),
        *(Incoming("retire_conflicts", CLOCK, {"conflicts": ids}, door="clock") for ids in _parts(_conflicts_to_retire(at))),
        *(Incoming("forget_departed", CLOCK, {"floor": floor}, door="clock") for floor in _floors_due(at)),
    ]
    db.session.commit()
    for part in _parts(due):
        perform(part, at=at)
    _keep_days(at)
    return len(due) + sum(also(at) for also in ALSO_DUE)


def _keep_days(at: datetime) -> None:
    """At 24:00, and after a midnight that was missed: what each site did on the days that are over, some sites a transaction."""
    days = days_due(db.session, at, settings().time_zone, register_began(db.session))
    sites = list(db.session.scalars(select(Site.id).order_by(Site.id))) if days else []
    db.session.commit()
    for day in days:
        for start in range(0, len(sites), SITES_AT_ONCE):
            part = {"day": day.isoformat(), "sites": sites[start : start + SITES_AT_ONCE]}
            perform([Incoming("keep_site_days", CLOCK, part, door="clock")], at=at)


def start_ticker(app: Flask) -> threading.Thread:
    """Call `pass_time` every 30 seconds for as long as this process lives, while no other process does."""
    me = secrets.token_hex(8)
    thread = threading.Thread(target=_tick_for_ever, args=(app, me), name="ticker", daemon=True)
    thread.start()
    return thread


def _tick_for_ever(app: Flask, me: str) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        with app.app_context():
            try:
                take_turn(me, app.clock.now())
            except Busy:
                log.warning("ticker.busy")
            except Exception:
                log.exception("ticker.broke")


def take_turn(holder: str, at: datetime) -> None:
    """Do what is due, unless somebody else has the lease, or the primary of this standby does it."""
    standby = is_standby()
    db.session.commit()
    if not standby and hold_lease(holder, at):
        pass_time(at)


def hold_lease(holder: str, at: datetime) -> bool:
    """Take, or keep, the ticker's lease. False while somebody else has it."""
    with transaction() as session:
        lease = session.scalar(select(Lease).where(Lease.name == "ticker").with_for_update())
        if lease is None:
            session.execute(insert(Lease).values(name="ticker", holder=holder, until=at + LEASE))
            return True
        if lease.holder != holder and lease.until > at:
            return False
        session.execute(update(Lease).where(Lease.name == "ticker").values(holder=holder, until=at + LEASE))
        return True


def _transfers_with_expired_holds(at: datetime) -> list[str]:
    query = select(Room.transfer_id).where(Room.state == "reserved", Room.reserved_until < at).distinct().order_by(Room.transfer_id)
    return list(db.session.scalars(query))


def _transfers_to_leave(at: datetime) -> list[str]:
    crew = Transfer.crew_sees & (Transfer.ended_at <= at - CREW_KEEPS)
    site = Transfer.site_sees & (Transfer.ended_at <= at - SITE_KEEPS)
    return list(db.session.scalars(select(Transfer.id).where(crew | site).order_by(Transfer.id)))


def _transfers_to_repeat() -> list[str]:
    ended = (Transfer.ended_at.is_not(None), Transfer.kind == "hospital", Transfer.repeats.is_not(None))
    rows = db.session.scalars(select(Transfer).where(*ended).order_by(Transfer.id))
    return [row.id for row in rows if row.repeats and "next" not in row.repeats]


def _stays_to_retire(at: datetime) -> list[str]:
    return list(db.session.scalars(select(Stay.id).where(Stay.on_phones, Stay.ended_at <= at - STAY_KEPT).order_by(Stay.id)))


def _monitoring_over(at: datetime) -> list[str]:
    today = at.astimezone(settings().time_zone).date()
    over = (Stay.kind == "monitoring", Stay.ended_at.is_(None), Stay.due_on < today)
    return list(db.session.scalars(select(Stay.id).where(*over).order_by(Stay.id)))


def _conflicts_to_retire(at: datetime) -> list[str]:
    resolved = (Conflict.on_phones, Conflict.resolved_at <= at - CONFLICT_KEPT)
    return list(db.session.scalars(select(Conflict.id).where(*resolved).order_by(Conflict.id)))


def _floors_due(at: datetime) -> list[int]:
    floor = due_floor(db.session, at)
    return [floor] if floor else []


def _parts(items: list) -> list[list]:
    return [items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE)]
