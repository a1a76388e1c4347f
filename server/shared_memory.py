"""Memory that the workers of one server share: it is there before they are forked (serving.py).

It holds nothing that could not be read again from the database: what is not found, or was overwritten, is made anew.
"""

import mmap
from hashlib import blake2b
from struct import Struct
from zlib import crc32

HOLES, HOLE_BYTES = 4096, 32 * 1024  # a page of it takes no memory until it is written
LABEL = Struct("<16sII")  # what lies here (its name, hashed), how many bytes, and their check


class Pigeonholes:
    """Texts by name. Each name has one hole; whoever puts something there takes what lay in it out.

    Processes write at the same time and wait for nobody: what one finds half written by another does not fit its check, and is nothing.
    """

    def __init__(self, holes: int = HOLES, hole_bytes: int = HOLE_BYTES):
        self._holes, self._hole_bytes = holes, hole_bytes
        self._memory = mmap.mmap(-1, holes * hole_bytes)

    def put(self, name: bytes, content: bytes) -> None:
        """Lay this here. What is too large for a hole is not kept."""
        if LABEL.size + len(content) > self._hole_bytes:
            return
        label, place = self._find(name)
        self._memory[place : place + LABEL.size + len(content)] = LABEL.pack(label, len(content), crc32(content)) + content

    def look(self, name: bytes) -> bytes | None:
        """What was laid here last under this name, whole, or None."""
        label, place = self._find(name)
        lies, size, check = LABEL.unpack_from(self._memory, place)
        if lies != label or LABEL.size + size > self._hole_bytes:
            return None
        content = self._memory[place + LABEL.size : place + LABEL.size + size]
        return content if crc32(content) == check else None

    def _find(self, name: bytes) -> tuple[bytes, int]:
        label = blake2b(name, digest_size=16).digest()
        return label, int.from_bytes(label[:4], "little") % self._holes * self._hole_bytes


pigeonholes = Pigeonholes()
