"""What a phone may send: each example of the agreement is read, and fits the verb that it is for."""

import inspect
import json
from pathlib import Path

import pytest

from server.domain.acts import Actor
from server.domain.operations import OPERATIONS
from sync.operations import read_operation
from sync.payloads import PAYLOADS

EXAMPLES = json.loads((Path(__file__).resolve().parents[1] / "contract/operations.json").read_text(encoding="utf-8"))


def read(body: dict):
    author = Actor(body["author"], "driver", "赵师傅")
    return read_operation({"id": "0190c000-0000-7000-8000-0000000000c9", "seq": 1, "body": json.dumps(body)}, author, "device")


def of_type(type: str, **changes) -> dict:
    """The example of a type, with some of its arguments changed."""
    body = next(example["body"] for example in EXAMPLES["valid"] if example["body"]["type"] == type)
    return {**body, "args": {**body["args"], **changes}}


@pytest.mark.parametrize("example", EXAMPLES["valid"], ids=lambda example: example["sentence"])
def test_an_example_of_the_agreement_is_read_and_fits_its_verb(example):
    operation = read(example["body"])
    assert operation.fault is None
    assert set(example["body"]["args"]) <= set(operation.args)
    inspect.signature(OPERATIONS[operation.type].verb).bind(object(), **operation.args)


@pytest.mark.parametrize("example", EXAMPLES["invalid"], ids=lambda example: example["sentence"])
def test_what_cannot_be_read_is_kept_with_the_reason(example):
    operation = read(example["body"])
    assert (operation.held or operation.fault) == (None if example["why"] == "target.unknown" else example["why"])


@pytest.mark.parametrize("type", PAYLOADS)
def test_what_may_be_left_out_may_be_left_out(type):
    body = of_type(type)
    needed = {name for name, field in PAYLOADS[type].fields.items() if field.required}
    operation = read({**body, "args": {name: value for name, value in body["args"].items() if name in needed}})
    assert operation.fault is None
    inspect.signature(OPERATIONS[type].verb).bind(object(), **operation.args)


def test_a_person_who_is_not_there_answers_neither_who_stays_behind_nor_what_of_the_pets():
    assert read(of_type("verify_person", agrees="absent", stays_behind=None, pets=None)).fault is None


@pytest.mark.parametrize("type", PAYLOADS)
def test_what_a_newer_phone_says_besides_loses_nothing(type):
    operation = read(of_type(type, weight_of_the_bags=12))
    assert operation.fault is None
    assert "weight_of_the_bags" in operation.body
    assert "weight_of_the_bags" not in operation.args


@pytest.mark.parametrize(
    "type, wrong",
    [
        ("verify_person", {"identity": ["horoscope"]}),
        ("verify_person", {"address": {"planet": {"was": None, "now": "火星"}}}),
        ("verify_person", {"stays_behind": {"answer": "perhaps"}}),
        ("record_dock_call", {"result": "maybe"}),
        ("check_vehicle", {"items": {"sails": True}}),
        ("check_vehicle", {"ppe": [{"user": "0190c000-0000-7000-8000-0000000000a1", "on_at": "yesterday"}]}),
        ("plan_route", {"minutes": -5}),
        ("board_person", {"temperature": 451}),
        ("record_outcome", {"outcome": "abducted"}),
        ("add_extra_person", {"name": "李" * 61}),
        ("receive_person", {"outcome": "perhaps"}),
        ("sign_handover", {"side": "weather"}),
        ("disinfect_vehicle", {"agent": "holy_water"}),
        ("report_problem", {"reason": "bored"}),
        ("answer_docking", {"rooms": ["0201"]}),
        ("withdraw", {"operation": None}),
    ],
)
def test_a_word_that_is_not_in_the_agreement_is_unreadable_and_kept(type, wrong):
    operation = read(of_type(type, **wrong))
    assert (operation.type, operation.fault) == (type, "operation.unreadable")
    assert json.loads(operation.body)["args"].items() >= wrong.items()
