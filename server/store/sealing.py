"""ID numbers as they are kept: sealed, compared by a keyed hash, shown by their tail."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet


def seal_id(id_number: str, secret: str) -> dict:
    """The three columns that keep an ID number."""
    return {"id_sealed": seal(id_number, secret), "id_key": id_key(id_number, secret), "id_tail": id_number[-4:]}


def id_key(id_number: str, secret: str) -> str:
    """What two equal ID numbers have in common, without telling the number."""
    return hmac.new(secret.encode(), id_number.upper().encode(), hashlib.sha256).hexdigest()


def seal(text: str, secret: str) -> str:
    """A text that only this server reads."""
    return _box(secret).encrypt(text.encode()).decode()


def unseal(sealed: str, secret: str) -> str:
    """The text again."""
    return _box(secret).decrypt(sealed.encode()).decode()


def seal_bytes(content: bytes, secret: str) -> bytes:
    """A file's content that only this server reads."""
    return _box(secret).encrypt(content)


def unseal_bytes(sealed: bytes, secret: str) -> bytes:
    """The file's content again."""
    return _box(secret).decrypt(sealed)


@lru_cache(maxsize=8)
def _box(secret: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(f"id:{secret}".encode()).digest()))
