"""The phones' process, on Node: one order at a time, and whatever an engine sends meanwhile is handed to the network."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import orjson

from tests.simulation.pipe import Pipe

# Short-lived things get room, and no threads of their own to be cleared away: two phones' processes share two cores with their offices.
GARBAGE = ("--max-semi-space-size=32", "--single-threaded-gc")
REQUESTS_MAX = 150  # that one order may lead to
FOR_ALL = ("time", "waiting")  # orders that every phone is meant by
LEARNT_SINCE = "acts[order.act] is not a function"  # an earlier make says so of what nobody could do on it then


class Handsets:
    """Every phone of the town, or all of one make. `carry` is the network: it is given a request and gives what comes of it."""

    def __init__(self, bundle: Path, node: str, earlier: bool = False):
        self._earlier = earlier
        down, up = os.pipe(), os.pipe()
        self._process = subprocess.Popen([node, *GARBAGE, str(bundle)], stdin=down[0], stdout=up[1], process_group=0)  # no signal but ours
        os.close(down[0]), os.close(up[1])
        self._pipe = Pipe(up[0], down[1])
        self.trace = hashlib.sha256()

    def begin(self, seed: int, carry: Callable[[dict], dict]) -> None:
        self.carry, self.trace = carry, hashlib.sha256()
        self.order("begin", now=0, seed=seed)

    def order(self, what: str, *, now: int, phone: int = 0, tab: int = 0, **more) -> dict:
        """Have something done until nothing moves any more. Gives `{done, off, wrong}`: done is "waiting" while a request is in the air."""
        self._tell({"do": what, "now": now, "phone": phone, "tab": tab, **more})
        requests = 0
        while "fetch" in (message := self._hear()):
            requests += 1
            self._tell(self.carry(message["fetch"]) if requests <= REQUESTS_MAX else {"silence": True})
        if requests > REQUESTS_MAX:
            message["wrong"].append(f"P15 {what} led to more than {REQUESTS_MAX} requests: a phone asks without end")
        if isinstance(message["done"], dict) and "fault" in message["done"]:
            if not (self._earlier and LEARNT_SINCE in message["done"]["fault"]):
                raise RuntimeError(f"{what}: {message['done']['fault']}")
            message["done"] = None
        return message

    def stop(self) -> None:
        self._pipe.close()
        self._process.wait()

    def _tell(self, message: dict) -> None:
        self.trace.update(self._pipe.tell(message))

    def _hear(self) -> dict:
        text = self._pipe.hear_text()
        self.trace.update(text)
        return orjson.loads(text)


class TwoMakes:
    """Every phone of the town, each other one of an earlier make, in a process for each. It takes orders as Handsets does."""

    def __init__(self, today: Handsets, earlier: Handsets):
        self._makes = (earlier, today)

    def begin(self, seed: int, carry: Callable[[dict], dict]) -> None:
        self._twins: dict[int, int] = {}  # the phone that was carried onto another one, by that one
        for make in self._makes:
            make.begin(seed, carry)

    def order(self, what: str, *, phone: int = 0, **more) -> dict:
        if what in FOR_ALL:
            first, second = (make.order(what, phone=phone, **more) for make in self._makes)
            done = first["done"] + second["done"] if isinstance(first["done"], list) else second["done"]
            return {"done": done, "off": first["off"] + second["off"], "wrong": first["wrong"] + second["wrong"]}
        if what == "clone":
            self._twins[more["onto"]] = phone
        return self._makes[self._twins.get(phone, phone) % 2].order(what, phone=phone, **more)

    @property
    def trace(self):
        """That of the one, and then that of the other."""
        return hashlib.sha256("".join(make.trace.hexdigest() for make in self._makes).encode())

    def stop(self) -> None:
        for make in self._makes:
            make.stop()
