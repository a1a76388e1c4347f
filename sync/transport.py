"""What goes over the line: JSON or lines of JSON within limits, gzip both ways, never kept by anything in between (PROTOCOL §1)."""

import gzip
import zlib

from flask import Response, request

from server.problems import Refused
from server.store.json_text import as_bytes, parse
from sync.runs import Run

LINES = "application/x-ndjson"
GZIP_FROM_BYTES = 250  # below this the header costs more than it saves
GZIP_LEVEL = 5
GZIP_WRAPPING = 31  # zlib's word for "a gzip member, the largest window"


def read_request(bytes_max: int) -> object:
    """The request's JSON, or what its lines say. Refuses: sync.too_large (counted as it is after unpacking), sync.not_this_protocol."""
    sent = request.stream.read(bytes_max + 1)
    packing = request.headers.get("Content-Encoding", "identity")
    if packing == "gzip":
        sent = _unpacked(sent, bytes_max)
    elif packing != "identity":
        raise Refused("sync.not_this_protocol")
    if len(sent) > bytes_max:
        raise Refused("sync.too_large")
    try:
        return in_lines(sent) if request.mimetype == LINES else parse(sent)
    except (ValueError, RecursionError) as fault:
        raise Refused("sync.not_this_protocol") from fault


def in_lines(text: bytes) -> dict:
    """The message of the first line; after it stand two lines for each operation: its id, and its exact text. Raises ValueError.

    The operations have the numbers from `first` on. In JSON inside JSON every quotation mark of a text would be two characters.
    """
    head, *lines = text.split(b"\n")
    message = parse(head)
    if not isinstance(message, dict) or type(first := message.get("first")) is not int or len(lines) % 2:
        raise ValueError("not a message and pairs of lines")
    pairs = enumerate(zip(lines[::2], lines[1::2], strict=True), first)
    return {**message, "operations": [{"id": parse(id), "seq": seq, "body": body.decode()} for seq, (id, body) in pairs]}


def write_json(content: dict, run: Run | None = None) -> Response:
    """The answer, packed if the phone takes it so. Of its `changes` those of the run come first, put together and packed before."""
    packs = request.accept_encodings["gzip"]
    if run is None:
        text = as_bytes(content)
        packed = gzip.compress(text, GZIP_LEVEL, mtime=0) if packs and len(text) >= GZIP_FROM_BYTES else None
    else:
        rest = _after(run, content)
        text, packed = run.text + rest, run.gzip(rest) if packs else None
    response = Response(packed or text, mimetype="application/json", headers={"Cache-Control": "no-store"})
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _after(run: Run, content: dict) -> bytes:
    """What stands in the text after the changes of the run."""
    changes = as_bytes(content["changes"])[1:]
    others = as_bytes({name: value for name, value in content.items() if name != "changes"})[1:]
    return (b"," if content["changes"] else b"") + changes + b"," + others


def _unpacked(sent: bytes, bytes_max: int) -> bytes:
    """At most one byte more than allowed, however much a hostile text would swell."""
    unpacking = zlib.decompressobj(GZIP_WRAPPING)
    try:
        text = unpacking.decompress(sent, bytes_max + 1)
    except zlib.error as fault:
        raise Refused("sync.not_this_protocol") from fault
    if len(text) <= bytes_max and not unpacking.eof:
        raise Refused("sync.not_this_protocol")
    return text
