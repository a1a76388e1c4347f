"""What lets a phone deliver after its person has signed out: a signed text that names the phone and its user, and reads nothing.

One phone and one user always have the same token, and it is kept nowhere here: the lost answer to a sign-in makes none worthless, and
one that was given after the last backup still works after a restore. Whether the phone may use it stands in its row.
"""

import hashlib

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def upload_token(phone_id: str, user_id: str) -> str:
    """The token of this user on this phone (`Device.phone_id`)."""
    return _signer().dumps([phone_id, user_id])


def read_upload_token(token: str) -> tuple[str, str] | None:
    """(phone, user) of a token, or None when it is not one of ours."""
    try:
        phone_id, user_id = _signer().loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return phone_id, user_id


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="upload", signer_kwargs={"digest_method": hashlib.sha256})
