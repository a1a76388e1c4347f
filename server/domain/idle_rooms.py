"""Rooms that stand ready while somebody waits whom they could serve: the report's 空而不用 (S0-15, domain §6.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.domain.categories import CLASSES, WITH_ANYBODY
from server.domain.choosing_rooms import NEEDS_BARRIER_FREE, takes
from server.domain.people import WAITING
from server.store.lists.ledger import waiting_without_room
from server.store.sites import Site


@dataclass(frozen=True)
class Queue:
    """People of one category who wait and for whom no room is held: how many, since when, and whether they need a barrier-free room."""

    category: str | None
    barrier_free: bool
    people: int
    since: datetime


@dataclass(frozen=True)
class Served:
    """Whom a site's rooms could serve: any of its rooms, and those whom only its barrier-free rooms could."""

    by_any: tuple[Queue, ...]
    by_barrier_free: tuple[Queue, ...]

    def by_room(self, kind: str) -> tuple[Queue, ...]:
        """Whom a room of this kind could serve. A barrier-free room serves everybody; it is only kept for those who need it."""
        return (*self.by_any, *self.by_barrier_free) if kind == "barrier_free" else self.by_any


def queues(session: Session) -> list[Queue]:
    """Everybody who waits without a room, wherever they are: which room helps is not a question of the district."""
    return [Queue(*row) for row in waiting_without_room(session, WAITING, NEEDS_BARRIER_FREE)]


def served_by(site: Site, waiting: Iterable[Queue]) -> Served:
    """Whom the rooms of this site could serve. A site that takes nobody now serves nobody."""
    fit = [queue for queue in waiting if site.state == "open" and accepts(site, queue.category)]
    return Served(tuple(queue for queue in fit if not queue.barrier_free), tuple(queue for queue in fit if queue.barrier_free))


def accepts(site: Site, category: str | None) -> bool:
    """Whether somebody of this category may be put there: a carer goes with anybody, one whose category is unknown alone anywhere."""
    if category is None or category == WITH_ANYBODY or not site.accepts:
        return True
    return takes(site, category) or takes(site, CLASSES.get(category, category))


def idle_since(ready_since: datetime, served: Iterable[Queue]) -> datetime:
    """Since when the room stands ready and the first of these people waits."""
    return max(ready_since, min(queue.since for queue in served))
