"""An operation is one thing in five places: its type on the phone, its shape, its verb, its intent and its example."""

import json
import re

import pytest

from server.domain.operations import OPERATIONS
from server.domain.permissions import PERMISSIONS
from sync.payloads import PAYLOADS
from tests.structure.source import ROOT, inside


def phone_operations() -> list[str]:
    """The names in `interface Arguments` of static/app/operations.ts."""
    text = (ROOT / "static/app/operations.ts").read_text(encoding="utf-8")
    arguments = re.search(r"interface Arguments \{\n(.*?)\n\}", text, re.DOTALL)
    return re.findall(r"^  (\w+): \{", arguments[1], re.MULTILINE)


@pytest.mark.parametrize("operation", phone_operations())
def test_an_operation_of_the_phone_has_a_shape_and_a_verb(operation: str):
    assert operation in PAYLOADS
    assert callable(OPERATIONS[operation].verb)


@pytest.mark.parametrize("operation", phone_operations())
def test_an_operation_of_the_phone_has_an_intent(operation: str):
    assert any(f'"{operation}"' in file.read_text() for file in inside("static/app/intents", ".ts"))


def test_both_languages_read_an_example_of_every_operation():
    examples = json.loads((ROOT / "tests/contract/operations.json").read_text(encoding="utf-8"))["valid"]
    assert {example["body"]["type"] for example in examples} == set(phone_operations())


def test_a_phone_can_send_nothing_that_it_does_not_name():
    assert set(PAYLOADS) == set(phone_operations())


def test_every_operation_needs_a_permission_that_somebody_has():
    needed = {kind.needs for kind in OPERATIONS.values() if kind.needs}
    assert needed <= {permission for table in PERMISSIONS.values() for permission in table}
