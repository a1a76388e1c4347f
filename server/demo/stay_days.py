"""The third of April at one site: the rounds of morning and evening, and what the laboratory says of those whose days are over."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from server.demo.accounts import user_named
from server.demo.phones import Did
from server.store.database import db
from server.store.rooms import Room, Stay
from server.store.sites import Site

Story = Iterator[timedelta]
AT_ONCE = 80
RUNS_OUT_OF_MEDICINE = 31  # every so manieth


def round_of_a_site(town, site: str, receiver: str, part: str, floors: int | None = None) -> Story:
    """The health round, floor by floor; without the last floors where it is still going on."""
    stays = _stays_by_floor(site)
    for floor in list(stays)[:floors]:
        told = [Did("record_health", stay, _seen(part, place)) for place, stay in enumerate(stays[floor])]
        town.phone(user_named(receiver).id).send(town.now, told[:AT_ONCE])
        yield timedelta(minutes=9)


def laboratory_tells(town, site: str, receiver: str, due_until: date) -> Story:
    """The last tests of those whose days are over soon: two samples at once, negative."""
    due = [stay.id for stay in _open_stays(site) if stay.due_on and stay.due_on <= due_until]
    negative = {"result": "negative", "kind": "person", "taken_at": None, "ct": None, "samples": 2, "note": None}
    town.phone(user_named(receiver).id).send(town.now, [Did("record_test_result", stay, negative) for stay in due[:AT_ONCE]])
    yield from ()


def _seen(part: str, place: int) -> dict:
    """Well, told without the number but for some; medicines of one run out soon."""
    ends = place % RUNS_OUT_OF_MEDICINE == RUNS_OUT_OF_MEDICINE - 1
    temperature = round(36.3 + (place % 5) / 10, 1) if place % 4 == 0 else None
    wishes = {"medicine_days": 2, "request": "降压药只够两天"} if ends else {"medicine_days": None, "request": None}
    return {"part": part, "temperature": temperature, "symptoms": [], **wishes}


def _stays_by_floor(site: str) -> dict[str, list[str]]:
    floors: dict[str, list[str]] = {}
    query = select(Stay.id, Room.building, Room.floor).join(Room, Room.id == Stay.room_id).join(Site, Site.id == Stay.site_id)
    query = query.where(Site.code == site, Stay.ended_at.is_(None)).order_by(Room.building, Room.floor, Room.number)
    for id, building, floor in db.session.execute(query):
        floors.setdefault(f"{building} {floor}", []).append(id)
    return floors


def _open_stays(site: str) -> list[Stay]:
    query = select(Stay).join(Site, Site.id == Stay.site_id).where(Site.code == site, Stay.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Stay.due_on, Stay.id)))
