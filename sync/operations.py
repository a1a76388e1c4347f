"""From the exact text of an operation to an Incoming. What cannot be read is not an error: it is kept, with a verdict."""

import hashlib

from marshmallow import ValidationError

from server.domain.acts import Actor, Incoming
from server.domain.operations import OPERATIONS
from server.store.json_text import parse
from sync.messages import OPERATION_BYTES_MAX, Body
from sync.payloads import PAYLOADS, brought_up, version_of
from sync.shapes import reader_of

_read_body = reader_of(Body())
_read_args = {type: reader_of(payload) for type, payload in PAYLOADS.items()}
READABLE = [(type, version) for type in PAYLOADS for version in range(1, version_of(type) + 1)]


def read_operation(wire: dict, author: Actor, device_id: str) -> Incoming:
    """The operation in a wire entry `{id, seq, body}`. `fault` is set where the text cannot be read or names another author."""
    text = wire["body"]
    known = {
        "id": wire["id"],
        "author": author,
        "door": "phone",
        "device_id": device_id,
        "body": storable(text),
        "hash": hash_of(text),
    }
    try:
        body = _readable(text)
        if body.get("type") == "void":
            return Incoming(type="void", args={}, fault="operation.void", **known)
        body = _read_body(body)
        if waits_for_a_newer_server(body):
            return _of_this_body(body, {}, author, known, held="newer")
        read_args = _read_args.get(body["type"])
        args = read_args(brought_up(body["type"], body["v"], body["args"])) if read_args else {}
    except (ValueError, ValidationError, RecursionError):
        return Incoming(type=_type_in(text), args={}, fault="operation.unreadable", **known)
    return _of_this_body(body, args, author, known)


def waits_for_a_newer_server(body: dict) -> bool:
    """Whether this server does not know the type, or not this version of it. What only desks do is known, and not for phones."""
    type = body["type"]
    return body["v"] > version_of(type) if type in PAYLOADS else type not in OPERATIONS


def _of_this_body(body: dict, args: dict, author: Actor, known: dict, held: str | None = None) -> Incoming:
    return Incoming(
        type=body["type"],
        args=args,
        target=body["target"],
        v=body["v"],
        occurred_at=body["occurred_at"],
        clock_offset_ms=body["clock_offset_ms"],
        after=tuple(body["after"]),
        fault=_fault(body, author),
        held=held,
        **known,
    )


def hash_of(text: str) -> str:
    """The hash of an operation: SHA-256 of its exact text."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def storable(text: str) -> str:
    """The text without what no database takes: NUL, and halves of a character that never belonged to any text."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def _readable(text: str) -> dict:
    """The object in a text. Raises ValueError."""
    if len(text.encode()) > OPERATION_BYTES_MAX:
        raise ValueError("longer than an operation may be")
    body = parse(text)
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return _cleaned(body) if "\\u" in text else body  # only an escape can hide what no database takes


def _cleaned(value):
    """The same with every string in it storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {storable(name): _cleaned(one) for name, one in value.items()}
    return value


def _fault(body: dict, author: Actor) -> str | None:
    if body["author"] != author.id:
        return "operation.not_the_author"
    return "operation.unknown_type" if body["type"] in OPERATIONS and body["type"] not in PAYLOADS else None


def _type_in(text: str) -> str:
    """The type that an unreadable text claims, as far as it can be told."""
    try:
        return storable(str(parse(text)["type"]))[:40]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "unreadable"
