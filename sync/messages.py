"""The shapes of a request and of an answer (PROTOCOL §1)."""

from marshmallow import EXCLUDE, Schema, fields, validate

from server.domain.blobs import BYTES_MAX, PART_BYTES_MAX

PROTOCOL = 1
OPERATIONS_MAX = 100
REQUEST_BYTES_MAX = 256 * 1024
OPERATION_BYTES_MAX = 32 * 1024
PAGE, PAGE_MAX = 500, 1000  # entries, where the phone names no number; and the most that it may ask for

LIMITS = {
    "operations": OPERATIONS_MAX,
    "request_bytes": REQUEST_BYTES_MAX,
    "operation_bytes": OPERATION_BYTES_MAX,
    "blob_bytes": BYTES_MAX,
    "blob_part_bytes": PART_BYTES_MAX,
}

UNSENT_MAX = 1_000_000
SEQ_MAX = 2**31 - 1
AFTER_MAX = 200  # as many as a list that is signed may have lines

AN_ID = validate.Regexp(r"[0-9A-Za-z_-]{8,36}\Z")


class WireOperation(Schema):
    """One operation on the wire: its number on the device, and its exact text."""

    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True, validate=AN_ID)
    seq = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=SEQ_MAX))
    body = fields.String(required=True)


class SyncRequest(Schema):
    """What a phone sends."""

    class Meta:
        unknown = EXCLUDE

    protocol = fields.Integer(required=True, strict=True)
    app = fields.String(load_default="", validate=validate.Length(max=20))
    device = fields.String(required=True, validate=AN_ID)
    unsent = fields.Integer(load_default=0, validate=validate.Range(min=0, max=UNSENT_MAX))
    operations = fields.List(fields.Nested(WireOperation), load_default=list, validate=validate.Length(max=OPERATIONS_MAX))
    cursor = fields.String(load_default=None, allow_none=True)
    have = fields.Dict(
        keys=fields.String(validate=AN_ID),
        values=fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=OPERATIONS_MAX),
    )
    brief = fields.Boolean(load_default=False)
    turn = fields.Integer(load_default=None, allow_none=True)
    repaired = fields.List(fields.String(validate=validate.Length(max=20)), load_default=list, validate=validate.Length(max=20))
    page = fields.Integer(load_default=lambda: PAGE, validate=validate.Range(min=1, max=PAGE_MAX))


class Body(Schema):
    """What stands inside an operation's text, besides `args` (payloads/)."""

    class Meta:
        unknown = EXCLUDE

    type = fields.String(required=True, validate=validate.Length(max=40))
    v = fields.Integer(load_default=1, validate=validate.Range(min=1, max=999))
    author = fields.String(required=True)
    target = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=36))
    base_rev = fields.Integer(load_default=None, allow_none=True)
    args = fields.Dict(load_default=dict)
    after = fields.List(fields.String(validate=AN_ID), load_default=list, validate=validate.Length(max=AFTER_MAX))
    blobs = fields.List(fields.String(), load_default=list)
    occurred_at = fields.AwareDateTime(required=True, format="iso")
    clock_offset_ms = fields.Integer(load_default=None, allow_none=True)
    app = fields.String(load_default=None, allow_none=True)


def result(verdict) -> dict:
    """One verdict as the phone reads it: a Verdict, or a kept row of the log."""
    conflict = verdict.conflict if hasattr(verdict, "conflict") else verdict.conflict_id
    return {
        "id": verdict.id,
        "verdict": verdict.verdict,
        "code": verdict.code,
        "stamp": verdict.stamp,
        "conflict": conflict,
    }


UNSAID = ("reset", "digests", "retry_after_ms")  # when they are null


def in_brief(answer: dict) -> dict:
    """The answer without what the phone knows (the limits stand in the agreement) and without what says nothing."""
    return {name: value for name, value in answer.items() if name != "limits" and not (value is None and name in UNSAID)}


def briefly(results: list[dict], numbers: dict[str, int]) -> tuple[list[dict], list[list[int]]]:
    """(what must be said in full, `[first, last, stamp]` of numbers in a row that were simply applied). `numbers`: of each operation id."""
    others, applied = [], []
    for one in results:
        number = numbers[one["id"]]
        if one["verdict"] != "applied" or one["code"] or one["conflict"]:
            others.append(one)
        elif applied and applied[-1][1:] == [number - 1, one["stamp"]]:
            applied[-1][1] = number
        else:
            applied.append([number, number, one["stamp"]])
    return others, applied
