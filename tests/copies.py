"""Copies of unsent work, as phones write them."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec

from server.sealed_copies import INFO, MARK, SUITE, copy_key, fingerprint_of
from server.store.database import secret


def sealed(*parts: dict, key: str | None = None, copy: str = "copy-number-one") -> bytes:
    """A file with these parts, `{token, device, operations: [{id, seq, body}]}`, for this office or whose key it is."""
    key = key or copy_key(secret())
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), urlsafe_b64decode(key + "="))
    box = SUITE.encrypt(json.dumps({"copy": copy, "parts": parts}).encode(), point, info=INFO)
    return f"闭环：副本\n\n{MARK} {fingerprint_of(key)} {urlsafe_b64encode(box).decode().rstrip('=')}\n".encode()
