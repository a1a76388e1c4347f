"""From the exact text of an operation to an Incoming. What cannot be read is not an error: it is kept, with a verdict."""

import hashlib
import json

from marshmallow import ValidationError

from server.domain.acts import Actor, Incoming
from sync.messages import OPERATION_BYTES_MAX, Body
from sync.payloads import PAYLOADS

_body = Body()


def read_operation(wire: dict, author: Actor, device_id: str) -> Incoming:
    """The operation in a wire entry `{id, seq, body}`. `fault` is set where the text cannot be read or names another author."""
    text = wire["body"]
    known = {
        "id": wire["id"],
        "author": author,
        "door": "phone",
        "device_id": device_id,
        "body": text,
        "hash": hash_of(text),
    }
    try:
        if len(text.encode()) > OPERATION_BYTES_MAX:
            return Incoming(type="unreadable", args={}, fault="operation.unreadable", **known)
        body = _body.load(json.loads(text))
        payload = PAYLOADS.get(body["type"])
        args = payload.load(body["args"]) if payload else body["args"]
        fault = None if body["author"] == author.id else "operation.not_the_author"
    except (ValueError, ValidationError, RecursionError):
        return Incoming(type=_type_in(text), args={}, fault="operation.unreadable", **known)
    if payload is None:
        fault = fault or "operation.unknown_type"
    return Incoming(
        type=body["type"],
        args=args,
        target=body["target"],
        v=body["v"],
        occurred_at=body["occurred_at"],
        clock_offset_ms=body["clock_offset_ms"],
        fault=fault,
        **known,
    )


def hash_of(text: str) -> str:
    """The hash of an operation: SHA-256 of its exact text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _type_in(text: str) -> str:
    """The type that an unreadable text claims, as far as it can be told."""
    try:
        return str(json.loads(text)["type"])[:40]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "unreadable"
