"""What was ever shipped is read for good (P12): a payload that changes is a new version, with an up-caster and a frozen sample."""

import json

import pytest

from sync.payloads import PAYLOADS, UPCASTS, version_of
from sync.payloads.fields import Payload, codes, count, one_of, temperature, text, text_or_none, yes_or_no
from tests.contract.freeze import SHIPPED, read, shape_of

VERSIONS = [(type, version) for type in PAYLOADS for version in range(1, version_of(type) + 1)]


def frozen(type: str, version: int) -> dict:
    return json.loads((SHIPPED / f"{type}.v{version}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("type", PAYLOADS)
def test_a_payload_that_changes_is_a_new_version_with_an_up_caster(type):
    file = SHIPPED / f"{type}.v{version_of(type)}.json"
    assert file.exists(), f"freeze version {version_of(type)} of {type}: python -m tests.contract.freeze"
    told = f"the payload of {type} changed: write its up-caster in sync/payloads (UPCASTS), then python -m tests.contract.freeze"
    assert shape_of(PAYLOADS[type]) == frozen(type, version_of(type))["shape"], told


def test_there_is_a_sample_of_each_version_and_of_no_other():
    assert {file.name for file in SHIPPED.iterdir()} == {f"{type}.v{version}.json" for type, version in VERSIONS}
    assert set(UPCASTS) <= set(PAYLOADS)


@pytest.mark.parametrize("type, version", VERSIONS)
def test_the_bytes_that_were_shipped_are_read_as_they_were_meant(type, version):
    shipped = frozen(type, version)
    assert shipped["bodies"] and {json.loads(text)["v"] for text in shipped["bodies"]} == {version}
    assert [read(text) for text in shipped["bodies"]] == shipped["read_as"]


def test_a_shape_tells_what_a_phone_could_notice():
    """Limits, codes, what may be left out or null, what lists and parts are made of: none is like another."""
    fields = [text(60), text(61), text_or_none(60), one_of("a"), one_of("a", "b"), count(9), count(10), codes(), yes_or_no(), temperature()]
    shapes = [json.dumps(shape_of(Payload.from_dict({"said": field})())) for field in fields]
    assert len(set(shapes)) == len(fields)
