"""`PUT /api/v1/blobs/<sha256>`: a picture comes up in parts; `GET`: who may see its operation's transfer sees it (PROTOCOL §11)."""

from flask import Blueprint, Response, current_app, jsonify, request

from server.access import allow, staff
from server.domain.blobs import A_HASH, BYTES_MAX, PART_BYTES_MAX, picture, take_part
from server.problems import Refused
from server.store.blobs import content_of
from server.store.database import db, transaction
from server.store.users import Device
from sync.carriers import who_delivers

blobs = Blueprint("blobs", __name__, url_prefix="/api/v1")

HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}


@blobs.put("/blobs/<hash>")
@allow("anyone")  # a session or an upload token, as in a round of sync
def put_blob(hash: str):
    """Take the next part, or, given no bytes, only say how much is there: {sha256, offset, whole}."""
    if request.headers.get("X-Bihuan") != "1" or not A_HASH.match(hash):
        raise Refused("request.forged")
    part = request.stream.read(PART_BYTES_MAX + 1)  # first: while the line is slow, or gone, nothing of the database is held
    who = who_delivers(request.headers.get("X-Device", ""))
    phone = db.session.get(Device, who.phone) if who.phone else None
    if phone is not None and phone.revoked:
        raise Refused("device.revoked")
    size, start = announced("Upload-Length"), announced("Upload-Offset")
    with transaction() as session:
        taken = take_part(session, who.author.id, hash, size=size, start=start, part=part, at=current_app.clock.now())
    if taken.fault:
        raise Refused(taken.fault)
    return jsonify(sha256=hash, offset=taken.offset, whole=taken.whole)


def announced(header: str) -> int:
    """A number of bytes from a header. Refuses: sync.not_this_protocol, blob.too_large."""
    said = request.headers.get(header, "")
    if not said.isascii() or not said.isdigit():
        raise Refused("sync.not_this_protocol")
    if len(said) > 9 or int(said) > BYTES_MAX:
        raise Refused("blob.too_large")
    return int(said)


@blobs.get("/operations/<operation_id>/blobs/<hash>")
@allow("transfers.read")
def show_blob(operation_id: str, hash: str):
    """The picture, to be looked at and not to be kept."""
    blob = picture(db.session, staff(), operation_id, hash)
    ending = blob.kind.removeprefix("image/")
    headers = {**HEADERS, "Content-Disposition": f'inline; filename="{hash[:12]}.{ending}"'}
    return Response(content_of(db.session, blob), mimetype=blob.kind, headers=headers)
