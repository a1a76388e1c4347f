"""What a phone may send: the shape of each operation's `args`, one file per noun."""

from sync.payloads import moves

PAYLOADS = {**moves.PAYLOADS}
