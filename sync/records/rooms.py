"""How a site's phone sees its rooms."""

from typing import NamedTuple

from sqlalchemy import select

from server.store.rooms import Room, Stay
from sync.records.view import View, iso


class OfSite(NamedTuple):
    """What the gate asks of a room."""

    site_id: str


class RoomView(View):
    table = Room

    def load(self, ids: list[str]) -> list[Room]:
        rows = super().load(ids)
        self.stays = {}
        for start in range(0, len(ids), 400):
            open_ones = select(Stay.room_id, Stay.id).where(Stay.room_id.in_(ids[start : start + 400]), Stay.ended_at.is_(None))
            # Of those who share a room whoever came first: without an order it would be another one each time it is asked.
            self.stays.update(self.session.execute(open_ones.order_by(Stay.place.desc())).all())
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
            "by": row.by_id,
            "reason": row.reason,
            "transfer": row.transfer_id,
            "stay": self.stays.get(row.id),
        }


VIEWS = {"room": RoomView}
