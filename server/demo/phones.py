"""A phone of the demo's crews and receivers, as the office knows one: numbered operations through the door that every phone uses."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.access import as_actor
from server.domain.acts import new_id
from server.store.users import User
from sync.apply import apply_operations
from sync.payloads import version_of

APP = "demo"  # how these phones name themselves, so that the demo knows them from those of its visitors


class NotTaken(Exception):
    """A demo story told something that the office refused: the story is wrong, and whoever changes it should see that."""


@dataclass(frozen=True)
class Did:
    """One thing a person did about a record, `ago` before it was sent."""

    type: str
    target: str
    args: dict = field(default_factory=dict)
    ago: timedelta = timedelta(0)


class Phone:
    """One user's phone, online whenever it sends."""

    def __init__(self, user: User):
        self.user, self.device, self.sent = as_actor(user), new_id(), 0

    def send(self, at: datetime, did: list[Did], *, may_be_refused: bool = False) -> list[dict]:
        """Send what was done, in its order; the verdicts. Raises NotTaken."""
        wires = [self._wire(one, at - one.ago, self.sent + place) for place, one in enumerate(did, start=1)]
        announced = {"app": APP, "unsent": 0}
        applied = apply_operations(wires, device_id=self.device, author=self.user, at=at, announced=announced)
        self.sent += len(did)
        for one, result in zip(did, applied.results, strict=True):
            if result["verdict"] not in ("applied", "flagged") and not may_be_refused:
                raise NotTaken(f"{one.type} of {self.user.name}: {result['verdict']} {result['code']}")
        return applied.results

    def _wire(self, did: Did, occurred_at: datetime, seq: int) -> dict:
        body = {
            "type": did.type,
            "v": version_of(did.type),
            "author": self.user.id,
            "target": did.target,
            "base_rev": None,
            "args": did.args,
            "after": [],
            "blobs": [],
            "occurred_at": occurred_at.isoformat(),
            "clock_offset_ms": 0,
            "app": APP,
        }
        return {"id": new_id(), "seq": seq, "body": json.dumps(body, ensure_ascii=False)}
