"""How a phone sees conflicts that concern its user, and the receipts of what was not simply applied."""

from server.store.change_log import Operation
from server.store.conflicts import Conflict
from sync.records.view import View, iso


class ConflictView(View):
    table = Conflict

    def body(self, row: Conflict) -> dict:
        return {
            "kind": row.code.split(".")[0],
            "code": row.code,
            "transfer": row.transfer_id,
            "line": row.line_id,
            "room": row.room_id,
            "raised_at": iso(row.raised_at),
            "values": [{**value, "by": value.get("by_name") or value.get("by")} for value in row.values if value],
            "state": row.state,
            "resolution": row.resolution,
            "resolved_by": row.resolved_by,
            "resolved_at": iso(row.resolved_at),
        }


class ReceiptView(View):
    table = Operation

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
