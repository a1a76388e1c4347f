"""An HMAC cut short: what goes up with every request is paid for every time."""

from collections.abc import Callable

from itsdangerous import HMACAlgorithm


class ShortHmac(HMACAlgorithm):
    """HMAC with its first bytes only; a signature is compared in constant time."""

    def __init__(self, digest_method: Callable, length: int):
        super().__init__(digest_method)
        self.length = length

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[: self.length]
