"""Steps and gates are the same here and on the phone: both read these examples."""

import json
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from server.domain.clocks import Clock, Sample, lacking
from server.domain.gates import Situation, gates_before
from server.domain.steps import step_states
from server.store.people import Person
from server.store.transfers import Assignment, Line, Transfer
from server.store.users import User

CONTRACT = Path(__file__).resolve().parents[1] / "contract"


def read(name: str) -> dict:
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


STEPS, GATES, CLOCKS = read("steps.json"), read("gates.json"), read("clocks.json")
VALUES = {**STEPS["values"], **GATES["values"]}


@pytest.mark.parametrize("example", STEPS["examples"], ids=lambda example: example["sentence"])
def test_steps(example):
    states = step_states(transfer_with(example["with"]))
    assert {step: told["state"] for step, told in states.items()} == example["steps"]
    assert {step: told["waits_for"] for step, told in states.items() if told["waits_for"]} == example["waits_for"]
    assert {step: told["blocked_by"] for step, told in states.items() if told["blocked_by"]} == example["blocked_by"]


@pytest.mark.parametrize("example", GATES["examples"], ids=lambda example: example["sentence"])
def test_gates(example):
    transfer = transfer_with({**(GATES[example["from"]] if "from" in example else {}), **example["with"]})
    zone = ZoneInfo(GATES["settings"]["time_zone"])
    settings = SimpleNamespace(dock_fresh_minutes=GATES["settings"]["dock_fresh_minutes"], time_zone=zone)
    line = next((line for line in transfer.lines if line.id == example["line"]), None)
    now = Situation(transfer, datetime.fromisoformat(example["at"]), settings, line, example.get("stop"))
    found = gates_before(example["button"], now)
    assert [gate.__dict__ for gate in found] == example["gates"]


@pytest.mark.parametrize("example", CLOCKS["examples"], ids=lambda example: example["sentence"])
def test_clocks(example):
    told = example["clock"]
    due = tuple((test["day"], date.fromisoformat(test["on"])) for test in told["tests_due"])
    clock = Clock(**{**told, "due_on": told["due_on"] and date.fromisoformat(told["due_on"]), "tests_due": due})
    lacks = lacking(clock, map(sample, example["taken"]), date.fromisoformat(example["today"]), example.get("index_negative", False))
    assert [{"code": lack.code, "on": lack.on and str(lack.on), "day": lack.day} for lack in lacks] == example["lacks"]


def sample(taken: dict) -> Sample:
    return Sample(**{**taken, "at": datetime.fromisoformat(taken["at"]), "on": date.fromisoformat(taken["on"])})


def transfer_with(changes: dict) -> Transfer:
    """The base transfer with dotted paths set, as the store would hold it."""
    body = read("transfer.json")
    for path, value in changes.items():
        *names, last = path.split(".")
        place = body
        for name in names:
            place = place[int(name)] if isinstance(place, list) else place[name]
        value = VALUES[value[1:]] if isinstance(value, str) and value.startswith("@") else value
        place[int(last) if isinstance(place, list) else last] = json.loads(json.dumps(value))
    return stored(body)


def stored(body: dict) -> Transfer:
    as_it_is = ("code", "kind", "priority", "state", "route", "problems", "emergencies")
    transfer = Transfer(
        id="transfer",
        **{name: body[name] for name in as_it_is},
        dock=body["dock"],
        moments={name: told for name, told in body["moments"].items() if told},
        handover={name: told for name, told in body["handover"].items() if told},
        destination_kind=body["destination"]["kind"],
        vehicle_check=stored_check(body["vehicle_check"]),
    )
    transfer.lines = [stored_line(line) for line in body["lines"]]
    transfer.crew = [Assignment(user_id=one["user"], role=one["role"], user=User(id=one["user"], name=one["name"])) for one in body["crew"]]
    return transfer


def stored_check(check: dict | None) -> dict | None:
    return check and {**check, "overrides": {one["item"]: one for one in check["overrides"]}}


def stored_line(line: dict) -> Line:
    room = line["room"] and line["room"]["id"]
    told = {name: line[name] for name in ("id", "state", "verified", "received", "outcome")}
    return Line(**told, room_id=room, person=Person(id=line["person"], name=line["name"]))
