"""The fields that payloads are made of. A text is cut by nobody: one that is too long is unreadable, and the phone is told so."""

from marshmallow import EXCLUDE, Schema, fields, validate

WORDS_MAX = 500
NAME_MAX = 60
ID_MAX = 36


class Payload(Schema):
    """The shape of one operation. What a newer phone says besides is kept in the log's text, and not understood here."""

    class Meta:
        unknown = EXCLUDE


def text(length: int = NAME_MAX, **more) -> fields.String:
    """A text that must be there."""
    return fields.String(required=True, validate=validate.Length(max=length), **more)


def text_or_none(length: int = NAME_MAX) -> fields.String:
    """A text that may be left out."""
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=length))


def id() -> fields.String:
    """The id of a record, which may not be known here."""
    return fields.String(required=True, validate=validate.Length(min=1, max=ID_MAX))


def id_or_none() -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=ID_MAX))


def one_of(*codes: str) -> fields.String:
    """One of these codes."""
    return fields.String(required=True, validate=validate.OneOf(codes))


def one_of_or_none(*codes: str) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.OneOf(codes))


def codes() -> fields.List:
    """Codes of a list that may grow: those this server does not know are kept."""
    return fields.List(text(40), load_default=list, validate=validate.Length(max=40))


def temperature() -> fields.Float:
    """Degrees Celsius of a person."""
    return fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=25, max=46))


def time_or_none() -> fields.AwareDateTime:
    """A moment by the office's clock, ISO 8601 with its zone, that may be left out."""
    return fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


def count(most: int) -> fields.Integer:
    """A whole number from 0 up to so many."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=most))


def count_or_none(most: int) -> fields.Integer:
    return fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(min=0, max=most))


def yes_or_no(**more) -> fields.Boolean:
    """True or false as JSON has them."""
    return fields.Boolean(required=not more, truthy={True}, falsy={False}, **more)


def yes_no_or_none() -> fields.Boolean:
    """Likewise, or null where nobody asked."""
    return yes_or_no(load_default=None, allow_none=True)
