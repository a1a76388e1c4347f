"""How a phone sees conflicts that concern its user, and the receipts of what was not simply applied."""

from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.users import User
from sync.records.view import View, iso

# What people compare; the office keeps more beside it (a whole verification, with addresses and carers).
SAID = ("at", "says", "outcome", "moment", "result", "state", "reason", "allowed_by", "note", "room", "since")
SAID_TO_ITS_AUTHOR = ("missing", "without_ppe")
# What was said at a door is for those who stood there: a site has neither addresses nor who stays behind.
AT_THE_DOOR = ("address.changed_by_two", "dependant.without_carer")


class ConflictView(View):
    table = Conflict
    lasts = False  # each is for one or two people

    def load(self, ids: list[str]) -> list[Conflict]:
        rows = super().load(ids)
        named = [value.get("by") for row in rows for value in row.values if value] + [row.resolved_by for row in rows]
        self.users = self.by_id(User, named)
        return rows

    def body(self, row: Conflict) -> dict:
        return {
            "kind": row.code.split(".")[0],
            "code": row.code,
            "transfer": row.transfer_id,
            "line": row.line_id,
            "room": row.room_id,
            "raised_at": iso(row.raised_at),
            "values": [self._said(row, value) for value in row.values if value],
            "state": row.state,
            "resolution": row.resolution,
            "resolved_by": self._name(row.resolved_by),
            "resolved_at": iso(row.resolved_at),
        }

    def _said(self, row: Conflict, value: dict) -> dict:
        is_author = row.author_id == self.user.id
        told = {name: value[name] for name in (*SAID, *(SAID_TO_ITS_AUTHOR if is_author else ())) if name in value}
        said = {"by": value.get("by_name") or self._name(value.get("by")), **told}
        return {**said, "says": None, "note": None} if row.code in AT_THE_DOOR and not is_author else said

    def _name(self, user_id: str | None) -> str | None:
        return self.users[user_id].name if user_id in self.users else None


class ReceiptView(View):
    table = Operation
    lasts = False

    def body(self, row: Operation) -> dict:
        return {
            "verdict": row.verdict,
            "code": row.code,
            "stamp": row.stamp,
            "conflict": row.conflict_id,
            "operation_type": row.type,
            "target": row.target,
            "acknowledged_at": iso(row.acknowledged_at),
        }


VIEWS = {"conflict": ConflictView, "receipt": ReceiptView}
