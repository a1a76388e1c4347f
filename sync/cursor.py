"""The cursor: opaque to the phone, signed by the server. What stands in it: PROTOCOL §3."""

from dataclasses import dataclass, field

from itsdangerous import BadData, URLSafeSerializer


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

    def position(self, scope: str) -> int:
        return self.behind.get(scope, max(self.high, self.ahead.get(scope, 0)))


def write_cursor(cursor: Cursor, secret: str) -> str:
    """The cursor as the phone keeps it."""
    return _signer(secret).dumps(
        [cursor.epoch, cursor.user, cursor.high, cursor.behind, cursor.scopes, cursor.ahead, cursor.checked, cursor.floor]
    )


def read_cursor(token: str, secret: str) -> Cursor | None:
    """The cursor in a token, or None when it is not one of ours."""
    try:
        return Cursor(*_signer(secret).loads(token))
    except (BadData, TypeError):
        return None


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="cursor")
