"""How a site's phone sees its rooms."""

from typing import NamedTuple

from sqlalchemy import select

from server.store.rooms import Room, Stay
from server.store.turnovers import Turnover
from server.store.users import User
from sync.records.view import View, iso


class OfSite(NamedTuple):
    """What the gate asks of a room."""

    site_id: str


class RoomView(View):
    table = Room
    alike = True

    def load(self, ids: list[str]) -> list[Room]:
        rows = super().load(ids)
        self.stays = {}
        for start in range(0, len(ids), 400):
            open_ones = select(Stay.room_id, Stay.id).where(Stay.room_id.in_(ids[start : start + 400]), Stay.ended_at.is_(None))
            # Of those who share a room whoever came first: without an order it would be another one each time it is asked.
            self.stays.update(self.session.execute(open_ones.order_by(Stay.place.desc())).all())
        self.turnovers = self.by_id(Turnover, [row.turnover_id for row in rows])
        self.users = self.by_id(User, [row.by_id for row in rows])
        return rows

    @classmethod
    def facts(cls, row: Room) -> OfSite:
        return OfSite(row.site_id)

    def body(self, row: Room) -> dict:
        return {
            "site": row.site_id,
            "building": row.building,
            "floor": row.floor,
            "number": row.number,
            "kind": row.kind,
            "state": row.state,
            "since": iso(row.since),
            "by": self.users[row.by_id].name if row.by_id in self.users else None,
            "reason": row.reason,
            "transfer": row.transfer_id,
            "stay": self.stays.get(row.id),
            "turnover": turnover_body(self.turnovers.get(row.turnover_id)),
        }


MOMENTS = ("vacated_at", "disinfecting_at", "contact_at", "aerating_at", "inspecting_at", "provisioning_at", "ready_at")
RECORD = ("seen_from", "agent", "strength_mg_l", "contact_minutes", "aired_minutes", "provisioned")
PEOPLE = ("disinfected_by", "contact_by", "inspected_by")  # by id: the phone's own person is no second one


def turnover_body(row: Turnover | None) -> dict | None:
    """The turnover that a room is in, or that made it ready."""
    if row is None:
        return None
    moments = {name: iso(getattr(row, name)) for name in MOMENTS}
    return {**moments, **{name: getattr(row, name) for name in (*RECORD, *PEOPLE)}}


VIEWS = {"room": RoomView}
