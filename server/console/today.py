"""Today: will the day close? The answer in one sentence, then the figures; every number opens its list."""

from dataclasses import dataclass
from datetime import timedelta

from flask import g

from server.access import allow, may
from server.console.page import console, show
from server.console.reach import within
from server.console.shown import now
from server.console.transfers import Card, step_cards, step_counts
from server.domain.categories import CONTACTS, POSITIVES
from server.domain.people import WAITING
from server.store.database import db
from server.store.lists import today as lists
from server.store.lists import waiting_rows

SILENT_AFTER = timedelta(minutes=15)
GROUPS = {
    **dict.fromkeys(POSITIVES, "positive"),
    "pooled_positive": "positive",
    **dict.fromkeys(CONTACTS, "contact"),
    "accompanying": "contact",
}


@dataclass(frozen=True)
class Sums:
    """All areas together."""

    waiting: dict[str, int]
    with_room: int
    ready: int
    turnover: int
    gap: int
    short: list

    @property
    def people(self) -> int:
        return sum(self.waiting.values())


@console.get("/today")
@allow("today.read")
def show_today():
    """The first page of a desk."""
    reached, session = within("today.read"), db.session
    rows = lists.areas_today(session, reached, WAITING, GROUPS)
    cards = step_cards(within("transfers.read"))
    return show(
        "today",
        rows=rows,
        sums=sums_of(rows),
        oldest=min((row.oldest for row in rows if row.oldest), default=None),
        held_rows=waiting_rows.count_waiting(within("imports.read")),
        decisions=lists.decisions(session, within("conflicts.read")),
        counts=step_counts(cards),
        blocked=blocked(cards),
        overdue=[card for card in cards if card.overdue],
        silent=lists.silent_phones(session, now() - SILENT_AFTER) if may("phones.read") else [],
        phones=lists.phones_in_use(session),
        area=g.user.area_id,
    )


def sums_of(rows: list) -> Sums:
    """The last line of the table."""
    waiting = {group: sum(row.waiting[group] for row in rows) for group in ("positive", "contact", "unknown")}
    return Sums(
        waiting=waiting,
        with_room=sum(row.with_room for row in rows),
        ready=sum(row.ready for row in rows),
        turnover=sum(row.turnover for row in rows),
        gap=sum(row.gap for row in rows),
        short=[row for row in rows if row.gap < 0],
    )


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
        found.append("dock_refused")
    elif card.states["verify"]["state"] == "done" and card.states["dock"]["state"] == "open":
        found.append("dock_unanswered")
    if not transfer.vehicle_id:
        found.append("no_vehicle")
    if not card.crew:
        found.append("no_crew")
    if card.states["vehicle"]["state"] == "open" and transfer.vehicle_check:
        found.append("vehicle_not_ready")
    if transfer.kind == "return" and not transfer.acceptance:
        found.append("not_accepted")
    if transfer.destination_kind == "site" and any(line.open and line.room_id is None for line in transfer.lines):
        found.append("no_room")
    return found
