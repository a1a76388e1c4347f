"""The quick reader says of every text what the schema says: something odd is put into every place of every example."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import RAISE, Schema, ValidationError, fields

from sync.messages import Body, SyncRequest
from sync.payloads import PAYLOADS
from sync.shapes import reader_of
from tests.histories import histories

EXAMPLES = json.loads((Path(__file__).resolve().parents[1] / "contract/operations.json").read_text(encoding="utf-8"))["valid"]
REQUEST = {
    "protocol": 1, "app": "0.1.0", "device": "0190c000-0000-7000-8000-0000000000d1", "epoch": None, "next_seq": 41, "unsent": 3,
    "page": 500, "cursor": None, "operations": [{"id": "0190c000-0000-7000-8000-0000000000c9", "seq": 38, "body": "{}"}],
}  # fmt: skip
# Each shape with an example of it, in which what may be left out stands too.
SHOWN: list[tuple[Schema, dict]] = [
    (SyncRequest(), REQUEST),
    *((Body(), example["body"]) for example in EXAMPLES[:1]),
    *((PAYLOADS[type], dict.fromkeys(PAYLOADS[type].fields) | args)
      for type, args in ((example["body"]["type"], example["body"]["args"]) for example in EXAMPLES)),
]  # fmt: skip
ODD = [
    None, True, False, 0, 1, -1, 3, 36, 36.5, 36.0, 1e300, float("nan"), float("inf"), 2**70, "", "36.5", "1", "true", "x" * 41, "x" * 600,
    "2022-04-03T12:00:00Z", "2022-04-03T12:00:00", "2022-04-03 12:00+08:00", [], {}, [None], [[]], ["x"], {"": None}, {"a": {"b": 1}},
]  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.datetimes(timezones=st.timezones()).map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("schema, example", SHOWN, ids=lambda shown: type(shown).__name__)
def test_what_is_odd_is_read_alike_wherever_it_stands(schema, example):
    read = reader_of(schema)
    assert said_by(read, example) == said_by(schema.load, example) != "unreadable"
    for place in places(example):
        assert_alike(schema, read, without(example, place))
        for odd in ODD:
            assert_alike(schema, read, put(example, place, odd))


@histories(500)
@given(st.sampled_from(SHOWN), ANYTHING, st.data())
def test_whatever_is_said_is_read_alike(shown, anything, data):
    schema, example = shown
    assert_alike(schema, reader_of(schema), put(example, data.draw(st.sampled_from(list(places(example)))), anything))


def test_a_schema_that_refuses_what_it_does_not_know_has_no_quick_reader():
    with pytest.raises(TypeError):
        reader_of(Schema.from_dict({"line": fields.String()})(unknown=RAISE))


def assert_alike(schema: Schema, read, sent: object) -> None:
    assert said_by(read, sent) == said_by(schema.load, sent), sent


def said_by(read, sent: object) -> str:
    """What a reader makes of this: written out, so that 36 and 36.0, true and 1 are told apart."""
    try:
        return repr(read(sent))
    except ValidationError:
        return "unreadable"


def places(value: object, above: tuple = ()) -> Iterator[tuple]:
    """The way to every value in an example, that of the whole first."""
    yield above
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in inside:
        yield from places(inner, (*above, name))


def put(example: object, place: tuple, value: object) -> object:
    """The example with this value in that place."""
    if not place:
        return value
    changed = deepcopy(example)
    _holder(changed, place)[place[-1]] = value
    return changed


def without(example: object, place: tuple) -> object:
    """The example in which that place is left out."""
    changed = deepcopy(example)
    if place:
        del _holder(changed, place)[place[-1]]
    return changed


def _holder(value: object, place: tuple) -> object:
    for name in place[:-1]:
        value = value[name]
    return value
