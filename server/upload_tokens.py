"""What lets a phone deliver after its person has signed out: a signed text that names the phone and its user, and reads nothing.

One phone and one user always have the same token, and it is kept nowhere here: the lost answer to a sign-in makes none worthless, and
one that was given after the last backup still works after a restore. Whether the phone may use it stands in its row.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from server.short_hmac import ShortHmac

ID_BYTES, MARK_BYTES = 16, 16
LETTERS = (2 * ID_BYTES + MARK_BYTES) * 4 // 3
MARKS = ShortHmac(sha256, MARK_BYTES)


def upload_token(phone_id: str, user_id: str) -> str:
    """The token of this user on this phone (`Device.phone_id`): both ids and their mark. A phone whose id is no UUID has a longer one."""
    try:
        named = _packed(phone_id) + _packed(user_id)
    except ValueError:
        return _signer().dumps([phone_id, user_id])
    return urlsafe_b64encode(named + MARKS.get_signature(*_signed(named))).decode()


def read_upload_token(token: str) -> tuple[str, str] | None:
    """(phone, user) of a token, or None when it is not one of ours. The longer form is also that of earlier versions, and good for ever."""
    try:
        if len(token) != LETTERS:
            phone_id, user_id = _signer().loads(token)
            return phone_id, user_id
        packed = urlsafe_b64decode(token)
    except (BadData, NotBase64, TypeError, ValueError):
        return None
    named, mark = packed[:-MARK_BYTES], packed[-MARK_BYTES:]
    if not MARKS.verify_signature(*_signed(named), mark):
        return None
    return str(UUID(bytes=named[:ID_BYTES])), str(UUID(bytes=named[ID_BYTES:]))


def _packed(id: str) -> bytes:
    """The bytes of an id. Raises ValueError when it is not written as UUIDs are."""
    if str(UUID(id)) != id:
        raise ValueError(id)
    return UUID(id).bytes


def _signed(named: bytes) -> tuple[bytes, bytes]:
    """(key, text) of a mark: who does not know the secret makes none."""
    return current_app.config["SECRET_KEY"].encode(), b"upload 2 " + named


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="upload", signer_kwargs={"digest_method": sha256})
