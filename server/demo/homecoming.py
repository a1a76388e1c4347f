"""Rooms that come back, in the demo's day: releases in the morning, a coach home, and the floor worked until its rooms are ready again.

In the evening others are released: some have a coach that their community has not answered for yet, the rest wait for the desk.
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from sqlalchemy import select

from server.access import as_actor
from server.demo.accounts import WORKERS_COMPOUNDS, user_named
from server.demo.days.floors import MINUTES_A_ROOM, MINUTES_A_ROUND, STAGES, args_of
from server.demo.phones import Did
from server.demo.stories import Homeward, minutes
from server.demo.town import Town
from server.demo.trips import CONTACTS, HOTEL_OF_THE_DEMO, Trip
from server.domain.write_path import perform_one
from server.store.areas import Community
from server.store.database import db
from server.store.rooms import Stay

IN_THE_MORNING, IN_THE_EVENING, WITH_A_COACH = 9, 5, 3
DOCTORS_WORD = {"allowed_by": "驻点医生 佟雪", "reason": "检测结果在纸质记录上"}


class WayHome(Homeward):
    """One coach from the hotel of the demo to the compound of its community worker."""

    def __init__(self, town: Town, people: list[str], trip: Trip):
        community = db.session.scalar(select(Community.id).where(Community.name == WORKERS_COMPOUNDS[0]))
        self.trip, self.town, self.worker = trip, town, as_actor(user_named("worker1"))
        self.id = town.make_return(trip, people, community)
        self.crew, self.chance = town.crew_phone(self.id), Random(trip.at)


def people_go_home(town: Town) -> Iterator[timedelta]:
    """Released in the morning, at home by noon."""
    released = release(town, IN_THE_MORNING)
    yield minutes(40)
    yield from WayHome(town, [stay.person_id for stay in released], Trip("08:50", "宽城区", CONTACTS, 0, HOTEL_OF_THE_DEMO)).whole()


def rooms_are_made_ready(town: Town) -> Iterator[timedelta]:
    """The rooms that were left today, stage by stage; the second person looks at what the first did."""
    today = town.now.replace(hour=0, minute=0)
    left = select(Stay.room_id).where(Stay.site_id == town.site(HOTEL_OF_THE_DEMO).id, Stay.ended_at >= today)
    rooms = list(db.session.scalars(left.order_by(Stay.room_id).distinct()))
    db.session.commit()
    for stage in STAGES[1:]:
        phone = town.phone(user_named("head1" if stage in ("inspecting", "provisioning") else "receiver1").id)
        phone.send(town.now, [Did("set_room_state", room, args_of(town, stage)) for room in rooms])
        yield minutes(MINUTES_A_ROOM.get(stage, 0) * len(rooms) / 2 + MINUTES_A_ROUND.get(stage, 0) + 2)


def others_are_released(town: Town) -> Iterator[timedelta]:
    """Released in the evening: a coach is arranged for some of them, and their community has not answered yet."""
    released = release(town, IN_THE_EVENING)
    yield minutes(100)
    WayHome(
        town, [stay.person_id for stay in released[:WITH_A_COACH]], Trip("19:20", "宽城区", CONTACTS, 0, HOTEL_OF_THE_DEMO, depart="21:20")
    )


def release(town: Town, many: int) -> list[Stay]:
    """So many of those whose days are over at the hotel, the longest first, by a doctor's word on the tests."""
    over = select(Stay).where(Stay.site_id == town.site(HOTEL_OF_THE_DEMO).id, Stay.ended_at.is_(None), Stay.released_at.is_(None))
    over = over.where(Stay.category == CONTACTS, Stay.due_on <= town.now.date()).order_by(Stay.due_on, Stay.id).limit(many)
    stays = list(db.session.scalars(over))
    for stay in stays:
        perform_one("release_stay", author=as_actor(user_named("head1")), at=town.now, target=stay.id, **DOCTORS_WORD)
    return stays
