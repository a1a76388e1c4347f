"""P17, at the end of a seed: somebody asks about what is none of their business, and in the same breath about what does not exist.

Both must be answered with the same bytes. The one who asks has a phone of their own, and drives nothing that they ask about.
"""

import json
from collections.abc import Callable

import orjson

from tests.simulation.chance import START
from tests.world import PASSWORD

NAMES = ("driver3", "driver1")  # whom no desk makes anything else in a simulation
PHONE = "pryingphone-1"
SHIPPED = {"X-Bihuan": "1", "Content-Type": "application/json"}
IDENTITY = ["id_card"]


def pry(ask: Callable[[dict], dict], users: dict[str, str]) -> list[str]:
    """What could be learnt, in words. `ask` brings a question to the office."""
    for name in NAMES:
        found = ask({"do": "strange", "user": users[name]})["strange"]
        if found:
            return Prying(ask, name, users[name]).about(found)
    return []


class Prying:
    """A phone that is asked by hand. Every question comes twice: about what exists, and about what was invented in its likeness."""

    def __init__(self, ask: Callable[[dict], dict], name: str, user: str):
        self._ask, self._user, self._seq, self._cookies = ask, user, 0, ""
        form = {"username": name, "password": PASSWORD, "device": PHONE}
        signed_in = self._http("/api/v1/session", "POST", form)
        self._cookies = "; ".join(signed_in["cookies"])

    def about(self, found: dict) -> list[str]:
        """`found`: a transfer that this user never had to do with, one of its lines, an operation about it, a picture and whose it is."""
        asked = [self._said(*question) for question in self._questions(found)]
        twins = [self._said(*question) for question in self._questions({name: invented(id) for name, id in found.items()})]
        both = [wire for pair in zip(asked, twins, strict=True) for wire in pair]
        answers = {result["id"]: result for result in self._deliver(both)["results"]}
        wrong = []
        for real, twin in zip(asked, twins, strict=True):
            told, of_nothing = answers[real["id"]], answers[twin["id"]]
            if {**told, "id": "", "stamp": 0} != {**of_nothing, "id": "", "stamp": 0}:
                wrong.append(f"P17 {real['body'][:60]}… is answered {told}, of nothing {of_nothing}")
        return wrong + self._pictures(found)

    def _questions(self, found: dict) -> list[tuple]:
        return [
            ("report_emergency", found["transfer"], {"called_120": True}),
            ("record_moment", found["transfer"], {"moment": "en_route"}),
            ("board_person", found["transfer"], {"line": found["line"], "identity": IDENTITY}),
            ("withdraw", found["transfer"], {"operation": found["operation"]}),
            ("report_problem", found["transfer"], {"step": "move", "reason": "other"}, [found["operation"]]),
            ("acknowledge_refusal", found["operation"], {"operation": found["operation"]}),
        ]

    def _pictures(self, found: dict) -> list[str]:
        """Whether the office has a picture of somebody else, asked by its name and by the operation that names it."""
        if not found["picture"]:
            return []
        wrong, no_picture = [], invented(found["picture"])
        for real, twin in (
            (
                f"/operations/{found['operation']}/blobs/{found['picture']}",
                f"/operations/{invented(found['operation'])}/blobs/{no_picture}",
            ),
            (f"/blobs/{found['picture']}", f"/blobs/{no_picture}"),
        ):
            one, other = (self._ask_for(path) for path in (real, twin))
            if one.replace(found["picture"], "") != other.replace(no_picture, ""):
                wrong.append(f"P17 {real} is answered {one}, and {twin} {other}")
        return wrong

    def _ask_for(self, path: str) -> str:
        """By its operation to look at it; by its name as one would who has the same picture and wants to send it."""
        sends = path.startswith("/blobs")
        answer = self._http(f"/api/v1{path}", "PUT" if sends else "GET", None, {"Upload-Length": "300", "Upload-Offset": "0"})
        return f"{answer['reply']['status']} {answer['reply']['body']}"

    def _said(self, type: str, target: str, args: dict, after: list[str] | None = None) -> dict:
        self._seq += 1
        body = {"type": type, "v": 1, "author": self._user, "target": target, "base_rev": None, "args": args, "after": after or [],
                "blobs": [], "occurred_at": START.isoformat(), "clock_offset_ms": 0, "app": "prying"}  # fmt: skip
        return {"id": f"prying-operation-{self._seq}", "seq": self._seq, "body": json.dumps(body)}

    def _deliver(self, operations: list[dict]) -> dict:
        message = {"protocol": 1, "app": "prying", "device": PHONE, "epoch": None, "unsent": len(operations), "operations": operations}
        return orjson.loads(self._http("/api/v1/sync", "POST", message)["reply"]["body"])

    def _http(self, path: str, method: str, message: dict | None, more: dict | None = None) -> dict:
        headers = {**SHIPPED, "Cookie": self._cookies, **(more or {})}
        body = message and json.dumps(message)
        return self._ask({"do": "http", "path": path, "method": method, "headers": headers, "body": body, "is_picture": False})


def invented(id: str | None) -> str | None:
    """An id like this one, of nothing."""
    return id and id[:-4] + ("0000" if id[-4:] != "0000" else "1111")
