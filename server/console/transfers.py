"""Transfers: the board by step, and one transfer with everything that was recorded on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from flask_babel import gettext as _

from server.access import allow, staff
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.searching import searched
from server.console.shown import listed, moment, now, read_moment, word
from server.domain.blobs import pictures_shown
from server.domain.steps import STEPS, step_states
from server.domain.vehicles import usable_seats
from server.store.database import db
from server.store.lists import transfers as lists
from server.store.transfers import Transfer


@dataclass(frozen=True)
class Card:
    """A transfer as the board shows it: its step, since when, how many people, what it waits for."""

    transfer: Transfer
    states: dict[str, dict]
    step: str
    aboard: int
    people: int
    crew: str
    place: str
    vehicle: str

    @property
    def ring(self) -> list[str]:
        """Six states for the loop: only the present step is open."""
        return [
            state if state in ("done", "blocked") or step == self.step else "waiting"
            for step, state in ((step, self.states[step]["state"]) for step in STEPS)
        ]

    @property
    def overdue(self) -> bool:
        return self.transfer.ended_at is None and self.transfer.deadline_at is not None and self.transfer.deadline_at < now()

    @property
    def left(self) -> timedelta | None:
        return self.transfer.deadline_at and self.transfer.deadline_at - now()

    @property
    def since(self) -> datetime:
        """Since when the present step waits to be done."""
        told = self.states.get(self.step, {}).get("since")
        return read_moment(told) or self.transfer.created_at


def card_of(transfer: Transfer, named: dict) -> Card:
    """What the board needs of a transfer; `named` gives places and vehicles by id."""
    states = step_states(transfer)
    first = next((step for step in STEPS if states[step]["state"] != "done"), "closed")
    crew = [member.user.name for member in transfer.crew if member.to_at is None]
    asked = [line for line in transfer.lines if line.open or line.outcome is None]
    vehicle = named.get(transfer.vehicle_id)
    return Card(
        transfer=transfer,
        states=states,
        step="closed" if transfer.state in ("closed", "cancelled") else first,
        aboard=sum(line.state == "aboard" for line in transfer.lines),
        people=len(asked) or len(transfer.lines),
        crew=listed(crew),
        place=destination_name(transfer, named),
        vehicle=vehicle.plate if vehicle else "",
    )


def destination_name(transfer: Transfer, named: dict) -> str:
    """The site, hospital, compound or place outside the register."""
    known = named.get(transfer.site_id) or named.get(transfer.hospital_id) or named.get(transfer.community_id)
    return known.name if known else (transfer.place or {}).get("name") or _("未定")


@console.get("/transfers")
@allow("transfers.read")
def list_transfers():
    """The board: every transfer that the filters leave, the most urgent first."""
    reached = within("transfers.read")
    state = request.args.get("state", "open")
    query = lists.transfers(
        reached,
        state=None if state == "all" else state,
        kind=request.args.get("kind"),
        area=request.args.get("area"),
        site=request.args.get("site"),
        search=searched(),
    )
    listing = Listing(query, {**lists.TRANSFER_SORTS, "step": Transfer.deadline_at}, sort="deadline")
    step, by_step = request.args.get("step"), listing.sort.lstrip("-") == "step"
    rows = [row.Transfer for row in (listing.all_rows() if wants_export() or step or by_step else listing.rows)]
    named = lists.places_named(db.session, rows)
    cards = [card_of(row, named) for row in rows]
    if step:
        cards = [card for card in cards if card.step == step]
    if by_step:  # the nearest deadline first within each step
        cards.sort(key=lambda card: STEPS.index(card.step), reverse=listing.sort.startswith("-"))
    if wants_export():
        return export(_("转运"), transfer_columns(), cards)
    if step or by_step:
        cards = listing.page_of(cards)
    counts = step_counts(step_cards(reached))
    return show("transfers", listing=listing, cards=cards, step=step, counts=counts, areas=lists.areas(db.session))


def step_cards(reached) -> list[Card]:
    """All open transfers within reach, as cards (without people's names: the board counts, it does not list them)."""
    rows = [row.Transfer for row in db.session.execute(lists.transfers(reached, state="open")).all()]
    named = lists.places_named(db.session, rows)
    return [card_of(row, named) for row in rows]


def step_counts(cards: list[Card]) -> list[tuple[str, list[str], int, int]]:
    """(step, ring, transfers, people) for each of the six steps."""
    counts = []
    for place, step in enumerate(STEPS):
        here = [card for card in cards if card.step == step]
        ring = ["done"] * place + ["open"] + ["waiting"] * (len(STEPS) - place - 1)
        counts.append((step, ring, len(here), sum(card.people for card in here)))
    return counts


def transfer_columns() -> list:
    return [
        (_("任务"), lambda card: card.transfer.code),
        (_("种类"), lambda card: word(card.transfer.kind, "transfer_kind")),
        (_("状态"), lambda card: word(card.transfer.state, "transfer_state")),
        (_("到哪一步"), lambda card: word(card.step, "step")),
        (_("人数"), lambda card: card.people),
        (_("送到"), lambda card: card.place),
        (_("用车"), lambda card: card.vehicle),
        (_("司机、随车"), lambda card: card.crew),
        (_("发车"), lambda card: moment(card.transfer.depart_at)),
        (_("时限"), lambda card: moment(card.transfer.deadline_at)),
    ]


@console.get("/transfers/<id>")
@allow("transfers.read")
def show_transfer(id: str):
    """One transfer: six steps, its people, and everything that was said about it."""
    transfer = one_transfer(id, "transfers.read")
    session = db.session
    named = lists.places_named(session, [transfer])
    vehicle = named.get(transfer.vehicle_id)
    log = lists.log_of_transfer(session, id)
    return show(
        "transfer",
        transfer=transfer,
        card=card_of(transfer, named),
        named=named,
        vehicle=vehicle,
        seats=usable_seats(vehicle) if vehicle else None,
        steps=STEPS,
        conflicts=lists.conflicts_of_transfer(session, id),
        custody=lists.custody_in_transfer(session, id),
        log=log,
        pictures=pictures_shown(session, staff(), [row.Operation for row in log]),
        read_moment=read_moment,
    )


def one_transfer(id: str, *permissions: str) -> Transfer:
    """The transfer, when these permissions reach it. Refuses: transfer.unknown."""
    return found_or_refuse(lists.one_transfer(db.session, within(*permissions), id), "transfer.unknown")
