"""JSON in the database and on the wire, quickly; what is not quite JSON goes the way of Python's own module, which takes it."""

import json

import orjson


def parse(text: str | bytes) -> object:
    """The value in a text. Raises ValueError. Half a character and NaN are let through: who reads decides what becomes of them."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def as_text(value: object) -> str:
    """The text of a value, for a column."""
    return as_bytes(value).decode()


def as_bytes(value: object) -> bytes:
    """The text of a value, for the wire. Half a character becomes a question mark; a moment is refused (TypeError): say it in words."""
    try:
        return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
