"""Freezes what is about to be shipped: `python -m tests.contract.freeze` writes a file for each version of an operation that has none.

A frozen file is never written again: its `bodies` are the bytes that phones in the field hold. `shape` is the payload's shape then,
`read_as` what today's server reads in each body; only that may be brought up to date, by hand, when an up-caster says something new.
"""

import json
from pathlib import Path

from marshmallow import Schema, fields, validate

from server.domain.acts import Actor
from sync.operations import read_operation
from sync.payloads import PAYLOADS, version_of

SHIPPED = Path(__file__).resolve().parent / "shipped"
EXAMPLES = Path(__file__).resolve().parent / "operations.json"


def shape_of(schema: Schema) -> dict:
    """Everything about a payload that a phone could notice: fields, kinds, what may be left out, limits and codes."""
    return {name: _field(field) for name, field in schema.load_fields.items()}


def _field(field: fields.Field) -> dict:
    told = {"kind": type(field).__name__, "required": field.required, "null": field.allow_none}
    told["rules"] = [_rule(rule) for rule in field.validators]
    if isinstance(field, fields.List):
        told["of"] = _field(field.inner)
    if isinstance(field, fields.Dict):
        told["of"] = [part and _field(part) for part in (field.key_field, field.value_field)]
    if isinstance(field, fields.Nested):
        told["of"] = shape_of(field.schema)
    return told


def _rule(rule) -> dict:
    known = {validate.Length: ("min", "max"), validate.Range: ("min", "max"), validate.OneOf: ("choices",)}
    return {type(rule).__name__: {name: _plain(getattr(rule, name)) for name in known[type(rule)]}}


def _plain(value):
    return list(value) if isinstance(value, tuple | list) else value


def read(text: str) -> dict:
    """The arguments that today's server reads in a body, as JSON has them."""
    author = Actor(json.loads(text)["author"], "driver", "赵师傅")
    operation = read_operation({"id": "0190c000-0000-7000-8000-0000000000c9", "seq": 1, "body": text}, author, "device")
    assert (operation.fault, operation.held) == (None, None), f"{operation.type}: {operation.fault or operation.held}"
    return json.loads(json.dumps(operation.args, default=str))


def freeze(type: str, body: dict) -> None:
    """Write the file of a version that has none yet."""
    file = SHIPPED / f"{type}.v{version_of(type)}.json"
    if file.exists():
        return
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    shape = ",\n".join(f"  {line(name)}: {line(field)}" for name, field in shape_of(PAYLOADS[type]).items())
    frozen = f'{{\n "shape": {{\n{shape}\n }},\n "bodies": [\n  {line(text)}\n ],\n "read_as": [\n  {line(read(text))}\n ]\n}}\n'
    file.write_text(frozen, encoding="utf-8")
    print(f"frozen: {file.name}")


def line(value) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for example in json.loads(EXAMPLES.read_text(encoding="utf-8"))["valid"]:
        freeze(example["body"]["type"], example["body"])
