"""`bihuan simulate-day`: an empty register becomes the second of April, then the days happen, each after its forecast."""

import time
from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from server.demo.arrivals import note_progress
from server.demo.days.backtest import backtest
from server.demo.days.report import document, errors_of, line_of
from server.demo.days.seeding import BEGINS, seed_register
from server.demo.days.simulating import LAST_DAY, Days
from server.demo.filling import NotADemo
from server.store.database import db, settings
from server.store.users import User


def simulate(seed: int, until: date, *, told: Callable[[str], None]) -> str:
    """Fill, and let the days up to this one happen; the comparison as a document. Raises NotADemo: a filled register, another month."""
    if db.session.scalar(select(User.id).limit(1)):
        raise NotADemo(f"{settings().data} holds a register already. Give an empty folder: DATA=… bihuan simulate-day")
    if not BEGINS.date() <= until <= LAST_DAY:
        raise NotADemo(f"The scenario has lists of {BEGINS.date()} to {LAST_DAY}: give one of these days.")
    began = time.process_time()
    told("ledgers of 2 April, 24:00")
    seed_register()
    days, results = Days(seed), []
    while days.city.now.date() <= until:
        before = time.monotonic()
        [compared] = backtest(days, 1)
        told(line_of(compared.ended, time.monotonic() - before))
        told(errors_of(compared))
        results.append(compared)
    note_progress(days.city.now)
    return document(results, seed, time.process_time() - began)
