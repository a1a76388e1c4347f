"""Copies of unsent work that a phone makes to be carried here by hand: anybody may hold one, only this server opens it.

HPKE (RFC 9180: P-256, HKDF-SHA256, AES-256-GCM). The key comes from the server's secret, so it is in the backup and needs no file.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.problems import Refused

MARK = "BIHUAN-COPY-1"
INFO = b"bihuan unsent copy 1"
COPY_BYTES_MAX = 16 * 1024 * 1024
FINGERPRINT_LENGTH = 16
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def copy_key(secret: str) -> str:
    """What phones seal to: the public point, uncompressed, in base64url."""
    point = _private_key(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


def open_copy(file: bytes, secret: str) -> bytes:
    """What a copy holds. The line that counts begins with the mark; words for people may stand around it.

    Refuses: copy.unreadable (no copy, or damaged), copy.of_another_office.
    """
    line = next((line.split() for line in file.decode(errors="replace").splitlines() if line.startswith(f"{MARK} ")), [])
    if len(file) > COPY_BYTES_MAX or len(line) != 3:
        raise Refused("copy.unreadable")
    _mark, fingerprint, sealed = line
    if fingerprint != fingerprint_of(copy_key(secret)):
        raise Refused("copy.of_another_office")
    try:
        return SUITE.decrypt(urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), _private_key(secret), info=INFO)
    except (InvalidTag, ValueError) as fault:
        raise Refused("copy.unreadable") from fault


def fingerprint_of(key: str) -> str:
    """By which a copy says whose it is, before anybody opens it."""
    return hashlib.sha256(key.encode()).hexdigest()[:FINGERPRINT_LENGTH]


@lru_cache(maxsize=8)
def _private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """A number below the order of the curve from 384 bits, so that none is likelier than another (FIPS 186-5, A.2.1)."""
    bits = HKDF(SHA256(), length=48, salt=None, info=INFO).derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(bits) % (P256_ORDER - 1) + 1, ec.SECP256R1())
