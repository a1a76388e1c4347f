"""Reads a shape as marshmallow does, only sooner: its fields are walked once, and what is plainly right passes without the machinery.

What is not plainly right (left out, null, a number where a text belongs) is asked of the field itself, and the validators are the schema's
own, so both always say the same: tests/sync/test_shapes.py looks for a text about which they differ.
"""

from collections.abc import Callable
from math import isfinite

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing

Read = Callable[[object], object]


def reader_of(schema: Schema) -> Callable[[object], dict]:
    """A function that gives what `schema.load` gives, and raises ValidationError where that does (for the first fault, not for all).

    For a schema that leaves out what it does not know. Hooks and other names on the wire are not looked at: no shape here has them.
    """
    if schema.unknown != EXCLUDE:
        raise TypeError(f"{type(schema).__name__} does not leave out what it does not know")
    parts = [(name, field.deserialize, _reader(field)) for name, field in schema.load_fields.items()]

    def read(given: object) -> dict:
        if type(given) is not dict:
            return schema.load(given)
        return {name: plain(given[name]) if name in given else ask(missing) for name, ask, plain in parts}

    return read


def _reader(field: fields.Field) -> Read:
    """Reads one value of this field."""
    plain_type, take = _plainly(field)
    ask, checks = field.deserialize, field.validators

    def read(value: object) -> object:
        if type(value) is not plain_type:
            return ask(value)
        taken = take(value) if take else value
        for check in checks:
            check(taken)
        return taken

    return read


def _plainly(field: fields.Field) -> tuple[type, Read | None]:
    """As what JSON gives a value of this field that is plainly right, and how it is taken (None: as it is)."""
    kind = type(field)
    if kind in _AS_IT_IS:
        return _AS_IT_IS[kind], None
    if kind is fields.Float:
        return float, _finite
    if kind is fields.List:
        return list, _list_of(_reader(field.inner))
    if kind is fields.Nested:
        return dict, reader_of(field.schema)
    if kind is fields.Dict and field.key_field and field.value_field:
        return dict, _dict_of(_reader(field.key_field), _reader(field.value_field))
    if kind is fields.Dict and not field.key_field and not field.value_field:
        return dict, None
    return _Nothing, None


_AS_IT_IS = {fields.String: str, fields.Integer: int, fields.Boolean: bool}


class _Nothing:
    """What JSON never gives: every value of the field is asked about."""


def _finite(value: float) -> float:
    if isfinite(value):
        return value
    raise ValidationError("not a number")


def _list_of(inner: Read) -> Read:
    return lambda values: [inner(value) for value in values]


def _dict_of(key: Read, value: Read) -> Read:
    return lambda entries: {key(name): value(entry) for name, entry in entries.items()}
