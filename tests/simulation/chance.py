"""Every random number and every moment of the server, from one seed. Applied from outside: the product knows nothing of it."""

import random
import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

import server.access
from server.clock import Clock
from server.domain import acts

START = datetime(2022, 4, 3, 12, 0, tzinfo=UTC)


class SetClock(Clock):
    """The time is what it was set to: it does not run."""

    def __init__(self):
        super().__init__(START)

    def now(self) -> datetime:
        return self._start

    def set_ms(self, ms: int) -> None:
        self._start = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Chance:
    """Stands where the server asks for something random. `begin` starts it anew."""

    def __init__(self, clock: SetClock):
        self._clock, self._random = clock, random.Random(0)
        secrets.token_hex = lambda count=32: self._random.randbytes(count).hex()
        secrets.token_urlsafe = lambda count=32: self._random.randbytes(count).hex()
        secrets.token_bytes = lambda count=32: self._random.randbytes(count)
        acts.uuid7 = self._uuid7
        server.access.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the real one is slow on purpose

    def begin(self, seed: object) -> None:
        self._random.seed(str(seed))
        self._last = 0

    def _uuid7(self) -> str:
        """Like the real ones: by the time, and rising within a millisecond."""
        self._last = max(self._last + 1, milliseconds(self._clock.now()) << 12)
        rest = f"{0x8000 | self._random.getrandbits(14):04x}{self._random.getrandbits(48):012x}"
        text = f"{self._last >> 12:012x}7{self._last & 0xFFF:03x}{rest}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
