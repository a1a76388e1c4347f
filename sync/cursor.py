"""The cursor: opaque to the phone, signed by the server. What stands in it: PROTOCOL §3.

It goes up and down with every exchange, so it is short: its user is signed with it and does not stand in it, a scope of that user is one
letter, and of the epoch as much stands in it as tells it from any other.
"""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1

from itsdangerous import BadData, Signer

from server.short_hmac import ShortHmac

EPOCH_LETTERS = 12
SIGNATURE_BYTES = 12  # 96 bits, as HMACs have long been cut for the line (RFC 2404)
LETTERS = {"driver": "d", "author": "a", "ref": "r"}


@dataclass
class Cursor:
    """Where a phone stands: it has seen every change up to `high`, but in the scopes of `behind` only up to their position."""

    epoch: str
    user: str
    high: int
    behind: dict[str, int] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)
    ahead: dict[str, int] = field(default_factory=dict)  # scopes that were drained from the beginning up to here, beyond `high`
    checked: int = 0  # when the phone was last told what it should hold; s since 1970
    floor: int = 0  # the feed's floor when it last stood above it, or began anew: below this its positions are no loss
    shape: int = 0  # that of the bodies which the phone holds, the oldest of them (sync/records, SHAPE)

    def position(self, scope: str) -> int:
        return self.behind.get(scope, max(self.high, self.ahead.get(scope, 0)))

    def furthest(self) -> int:
        """The newest stamp that the phone may hold something of: in the middle of a round one scope is further than `high`."""
        return max((self.high, *self.behind.values(), *self.ahead.values()))

    def is_of_epoch(self, epoch: str) -> bool:
        return self.epoch[:EPOCH_LETTERS] == epoch[:EPOCH_LETTERS]


def write_cursor(cursor: Cursor, secret: str) -> str:
    """The cursor as the phone keeps it."""
    names = {f"{kind}:{cursor.user}" if kind != "ref" else kind: letter for kind, letter in LETTERS.items()}

    def told(positions: dict[str, int]) -> str:
        return ",".join(f"{names.get(scope, scope)}={position}" for scope, position in positions.items())

    scopes = ",".join(names.get(scope, scope) for scope in cursor.scopes)
    parts = (cursor.user, f"{cursor.epoch[:EPOCH_LETTERS]}{cursor.shape or ''}", cursor.high, cursor.checked, cursor.floor, scopes)
    signed = _signer(secret).sign(" ".join(map(str, (*parts, told(cursor.behind), told(cursor.ahead)))))
    return signed.decode().removeprefix(f"{cursor.user} ")


def read_cursor(token: str, user: str, secret: str) -> Cursor | None:
    """The cursor in a token, or None when it is not one that we gave to this user."""
    try:
        text = _signer(secret).unsign(f"{user} {token}".encode()).decode()
    except (BadData, UnicodeError):
        return None
    _user, epoch, high, checked, floor, scopes, behind, ahead = text.split(" ")
    names = {letter: f"{kind}:{user}" if kind != "ref" else kind for kind, letter in LETTERS.items()}

    def read(told: str) -> dict[str, int]:
        pairs = (pair.split("=") for pair in told.split(",") if pair)
        return {names.get(scope, scope): int(position) for scope, position in pairs}

    known = [names.get(scope, scope) for scope in scopes.split(",") if scope]
    epoch, shape = epoch[:EPOCH_LETTERS], int(epoch[EPOCH_LETTERS:] or 0)  # together: a server that knows no shapes looks at the letters
    return Cursor(epoch, user, int(high), read(behind), known, read(ahead), int(checked), int(floor), shape)


@cache
def _signer(secret: str) -> Signer:
    return Signer(secret, salt="cursor 3", algorithm=ShortHmac(sha1, SIGNATURE_BYTES))
