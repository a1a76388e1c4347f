"""Today: will the day close? The answer in one sentence, then the figures; every number opens its list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _

from server.access import allow, may
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import now
from server.console.transfers import Card, step_cards, step_counts
from server.domain.backlog import GROUPS, PeopleWaiting, settled_on, waiting_by_area
from server.domain.people import WAITING
from server.store.areas import Area
from server.store.database import db
from server.store.lists import imports as import_lists
from server.store.lists import today as lists
from server.store.lists.transfers import areas

SILENT_AFTER = timedelta(minutes=15)
OVERDUE_AFTER = timedelta(hours=24)  # unsent work that was announced, and nothing heard for so long
AGES = {"positive": (1, 2, 4), "contact": (2, 4, 6)}  # hours; the last bound is where waiting becomes late
TIERS = {"red": 0, "yellow": 1, "green": 2}


@dataclass(frozen=True)
class Row:
    """One area, or all together: who waits, and the rooms of the sites that stand in it."""

    area: Area | None
    positive: int
    contact: int
    unknown: int
    with_room: int
    ready: int
    turnover: int
    oldest: datetime | None

    @property
    def people(self) -> int:
        return self.positive + self.contact + self.unknown

    @property
    def gap(self) -> int:
        """Rooms ready, less the waiting people for whom none is held."""
        return self.ready - (self.people - self.with_room)


@console.get("/today")
@allow("today.read")
def show_today():
    """The first page of a desk."""
    reached, session = within("today.read"), db.session
    rows = rows_by_area(reached)
    cards = step_cards(within("transfers.read"))
    return show(
        "today",
        rows=rows,
        sums=sum_of(rows),
        short=[row.area.short for row in rows if row.gap < 0 and row.area],
        moving=lists.moving_by_group(session, reached, GROUPS),
        ages=ages_of(reached),
        settled=settled_on(session, reached, now(), current_app.config["BIHUAN"].time_zone),
        held_rows=import_lists.count_waiting(session, within("imports.read")),
        decisions=lists.decisions(session, within("conflicts.read")),
        pauses_over=lists.pauses_over(session, within("sites.open"), now()),
        restored=lists.restored(session, within("conflicts.read")),
        counts=step_counts(cards),
        blocked=blocked(cards),
        overdue=[card for card in cards if card.overdue],
        silent=lists.silent_phones(session, within("phones.read"), now() - SILENT_AFTER) if may("phones.read") else [],
        holding=lists.phones_holding(session, within("phones.read"), now() - OVERDUE_AFTER) if may("phones.read") else 0,
        phones=lists.phones_in_use(session),
    )


def ages_of(reached) -> dict[str, list[tuple[str, int, bool]]]:
    """{group: (how long, how many people, whether that is late) of those who wait}."""
    hours = sorted({hour for bounds in AGES.values() for hour in bounds})
    counted = lists.waiting_since(db.session, reached, WAITING, [now() - timedelta(hours=hour) for hour in hours])
    return {group: ages_of_group(group, hours, counted) for group in AGES}


def ages_of_group(group: str, hours: list[int], counted: dict[str | None, list[int]]) -> list[tuple[str, int, bool]]:
    """The finest steps of all groups, put together to the steps of this one."""
    steps = [
        sum(counts) for counts in zip(*(counts for category, counts in counted.items() if GROUPS.get(category or "") == group), strict=True)
    ]
    steps = steps or [0] * (len(hours) + 1)
    first, second, third = (hours.index(hour) + 1 for hour in AGES[group])
    sums = [sum(steps[:first]), sum(steps[first:second]), sum(steps[second:third]), sum(steps[third:])]
    one, two, three = AGES[group]
    names = [_("%(to)s 时内", to=one), _("%(since)s–%(to)s 时", since=one, to=two), _("%(since)s–%(to)s 时", since=two, to=three)]
    return list(zip([*names, _("超 %(since)s 时", since=three)], sums, (False, False, True, True), strict=True))


def rows_by_area(reached) -> list[Row]:
    """A row for each area within reach that has rooms or waiting people, red ones first, then by how many wait."""
    session = db.session
    known: dict[str | None, Area | None] = {area.id: area for area in areas(session) if reached.everything or area.id == reached.area}
    waiting, rooms = waiting_by_area(session, reached), lists.rooms_by_area(session)
    held = lists.with_room_by_area(session, reached, WAITING)
    rows = [row_of(area, waiting.get(id, PeopleWaiting()), rooms.get(id, (0, 0)), held.get(id, 0)) for id, area in known.items()]
    rows += [row_of(None, waiting[id], (0, 0), held.get(id, 0)) for id in waiting if id not in known]
    return sorted((row for row in rows if row.people or row.ready or row.turnover), key=urgent_first)


def row_of(area: Area | None, waiting: PeopleWaiting, rooms: tuple, with_room: int) -> Row:
    groups = waiting.by_group()
    counts = (groups.get(group, 0) for group in ("positive", "contact", "unknown"))
    return Row(area, *counts, with_room=with_room, ready=rooms[0], turnover=rooms[1], oldest=waiting.oldest)


def urgent_first(row: Row) -> tuple:
    return TIERS.get(row.area.tier if row.area else None, 3), -row.people


def sum_of(rows: list[Row]) -> Row:
    """The last line of the table, and the answer's figures."""
    counts = {
        name: sum(getattr(row, name) for row in rows) for name in ("positive", "contact", "unknown", "with_room", "ready", "turnover")
    }
    return Row(None, **counts, oldest=min((row.oldest for row in rows if row.oldest), default=None))


def blocked(cards: list[Card]) -> list[tuple[str, int, int, object]]:
    """(why, transfers, people, since when) of the open transfers that cannot go on, the longest first."""
    reasons: dict[str, list[Card]] = {}
    for card in cards:
        for reason in reasons_of(card):
            reasons.setdefault(reason, []).append(card)
    rows = [(reason, len(held), sum(card.people for card in held), min(card.since for card in held)) for reason, held in reasons.items()]
    return sorted(rows, key=lambda row: row[3])


def reasons_of(card: Card) -> list[str]:
    """Why a transfer that has not left cannot go on."""
    transfer = card.transfer
    if transfer.state != "planned":
        return []
    found = []
    if card.states["dock"]["state"] == "blocked":
        found.append("not_accepted" if transfer.destination_kind == "home" else "dock_refused")
    elif transfer.destination_kind == "home" and card.states["dock"]["state"] != "done":
        found.append("not_accepted")
    elif card.states["verify"]["state"] == "done" and card.states["dock"]["state"] == "open":
        found.append("dock_unanswered")
    if not transfer.vehicle_id:
        found.append("no_vehicle")
    if not card.crew:
        found.append("no_crew")
    if card.states["vehicle"]["state"] == "open" and transfer.vehicle_check:
        found.append("vehicle_not_ready")
    if transfer.destination_kind == "site" and any(line.open and line.room_id is None for line in transfer.lines):
        found.append("no_room")
    return found
