"""Fills an empty database with the demo: the ledgers, the accounts, and the third of April until eight in the evening."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import insert, select

from server.access import as_actor
from server.demo import homecoming, site_stages
from server.demo.accounts import MAKER, make_accounts, user_named
from server.demo.arrivals import (
    LEDGERS_AFTER_ACCOUNTS,
    LEDGERS_BEFORE_ACCOUNTS,
    bring_contacts,
    bring_ledgers,
    bring_lists,
    keep_in_touch,
    note_progress,
    progress_file,
)
from server.demo.found import ZONE
from server.demo.phones import APP, Did
from server.demo.stay_days import laboratory_tells, round_of_a_site
from server.demo.stories import docking, transfer_story
from server.demo.town import Town
from server.demo.trips import OPENED_TODAY, TRIPS
from server.domain.acts import new_id
from server.domain.write_path import perform_one
from server.store.conflicts import Conflict
from server.store.database import Base, db, settings, transaction
from server.store.users import Device, User

Story = Iterator[timedelta]
LISTS_COME_AT = ("12:00", "16:00", "20:00")
LEFT_OPEN = ("discrepancy", "dock.refused_after_confirmation")  # what the evening still has to decide


class NotADemo(Exception):
    """The database holds something that is no demo: nothing is added to it."""


def fill_demo(*, told: Callable[[str], None] = lambda _: None) -> None:
    """Fill an empty database up to the moment at which the demo's clock begins. A filled one stays as it is. Raises NotADemo."""
    if progress_file().exists():
        begun_file().unlink(missing_ok=True)
        return
    if db.session.scalar(select(User.id).limit(1)):
        raise NotADemo(
            f"{settings().data} holds a database that is no complete demo. Give an empty folder: DATA=… make run, or delete this one."
        )
    begun_file().touch()
    until = settings().clock_starts_at.astimezone(ZONE)
    morning = datetime(2022, 4, 3, 7, 0, tzinfo=ZONE)
    told("ledgers")
    bring_ledgers(LEDGERS_BEFORE_ACCOUNTS, morning)
    make_accounts(morning)
    bring_contacts(morning)
    bring_ledgers(LEDGERS_AFTER_ACCOUNTS, morning)
    told("the day until its clock begins")
    tell_day(until)
    keep_in_touch(until)
    note_progress(until)
    begun_file().unlink()


def empty_half_filled() -> bool:
    """A filling was killed: its half day goes again, and the tables are as new. Whether there was one.

    Only what a filling began in an empty database is taken away: the mark is written before its first row.
    """
    if not begun_file().exists() or progress_file().exists():
        return False
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.connection().execute(table.delete())
    return True


def begun_file() -> Path:
    """The mark of a filling that is under way, or was killed."""
    return settings().data / "demo-begun"


def tell_day(until: datetime) -> None:
    """Tell all stories of the day side by side, in the order in which things happen, and stop where the demo begins."""
    town = Town(until)
    order = count()
    begun = [(_at(trip.at), next(order), transfer_story(trip, town)) for trip in TRIPS]
    begun += [(at, next(order), story) for at, story in _around_the_transfers(town)]
    heapq.heapify(begun)
    while begun and begun[0][0] <= until:
        town.now, _place, story = heapq.heappop(begun)
        pause = next(story, None)
        if pause is not None:
            heapq.heappush(begun, (town.now + pause, next(order), story))


def _around_the_transfers(town: Town) -> list[tuple[datetime, Story]]:
    """What else belongs to the day: the lists as they come, a hotel opened, a phone that falls silent, what the office settles."""
    return [
        *((_at(hour), _lists_come(town)) for hour in LISTS_COME_AT),
        (_at("07:40"), site_stages.check_before_opening(town)),
        (_at("07:40"), round_of_a_site(town, "S021", "receiver1", "morning")),
        (_at("08:10"), homecoming.people_go_home(town)),
        (_at("08:30"), _hotel_opens(town)),
        (_at("09:00"), site_stages.plan_the_days_to_come(town)),
        (_at("09:20"), site_stages.accept_a_guesthouse(town)),
        (_at("11:50"), homecoming.rooms_are_made_ready(town)),
        (_at("14:00"), site_stages.activate_a_hotel(town)),
        (_at("14:10"), laboratory_tells(town, "S021", "receiver1", town.now.date())),
        (_at("15:42"), _phone_falls_silent(town)),
        (_at("16:20"), site_stages.begin_works(town)),
        (_at("17:40"), homecoming.others_are_released(town)),
        (_at("19:20"), round_of_a_site(town, "S021", "receiver1", "evening", floors=2)),
        (_at("19:35"), _refused_on_a_phone(town)),
        (_at("19:58"), _office_settles(town)),
    ]


def _lists_come(town: Town) -> Story:
    places = [_at(hour) for hour in ("00:00", *LISTS_COME_AT)]
    bring_lists(max(place for place in places if place < town.now), town.now)
    yield from ()


def _hotel_opens(town: Town) -> Story:
    """A hotel in reserve takes people from today on, with somebody who receives them."""
    hotel = town.site(OPENED_TODAY).id
    perform_one("open_site", author=as_actor(user_named("dispatcher")), at=town.now, target=hotel)
    somebody = {"username": "receiver-s003", "name": "贾佳", "role": "receiver", "site_id": hotel, "phone": "14272421625"}
    perform_one("add_user", author=MAKER, at=town.now, **somebody)
    yield from ()


def _phone_falls_silent(town: Town) -> Story:
    """A driver's phone that said it had three things to send, and was not heard of again."""
    driver = db.session.scalars(select(User).where(User.role == "driver").order_by(User.username.desc())).first()
    silent = {"id": new_id(), "user_id": driver.id, "last_seq": 0, "unsent": 3, "app": APP, "clock_offset_ms": 0}
    with transaction() as session:
        session.execute(insert(Device), [{**silent, "enrolled_at": town.now - timedelta(hours=6), "seen_at": town.now}])
    yield from ()


def _refused_on_a_phone(town: Town) -> Story:
    """A receiver answers for a coach that goes elsewhere: refused, and waiting in quarantine for somebody to look at it."""
    elsewhere = next(id for trip, id in town.transfers.items() if trip.site == "S018")
    receiver = town.phone(user_named("receiver2").id)
    receiver.send(town.now, [Did("answer_docking", elsewhere, docking("accepted", gate="南门"))], may_be_refused=True)
    yield from ()


def _office_settles(town: Town) -> Story:
    """Of what was flagged during the day the office has settled all but two."""
    query = select(Conflict.id).where(Conflict.state == "open", Conflict.code.not_in(LEFT_OPEN))
    for conflict in db.session.scalars(query).all():
        perform_one(
            "resolve_conflict", author=as_actor(user_named("dispatcher")), at=town.now, target=conflict, resolution="电话核对，以现场为准"
        )
    yield from ()


def _at(hour: str) -> datetime:
    return datetime.fromisoformat(f"2022-04-03T{hour}").replace(tzinfo=ZONE)
