"""Messages over a pipe: four bytes of length, then JSON. No sockets, no waiting for anybody else."""

import os

import orjson


class Ended(Exception):
    """The other side is not there any more."""


class Pipe:
    def __init__(self, reads: int, writes: int):
        self.reads, self.writes = reads, writes

    def tell(self, message: object) -> bytes:
        """Send one message; gives its text."""
        data = orjson.dumps(message)
        whole = memoryview(len(data).to_bytes(4, "little") + data)
        try:
            while whole:
                whole = whole[os.write(self.writes, whole) :]
        except BrokenPipeError as fault:
            raise Ended from fault
        return data

    def hear(self) -> object:
        return orjson.loads(self.hear_text())

    def hear_text(self) -> bytes:
        return self._read(int.from_bytes(self._read(4), "little"))

    def close(self) -> None:
        os.close(self.reads)
        os.close(self.writes)

    def wait_for_its_end(self) -> None:
        """Say nothing more, and wait until the other side is not there any more."""
        os.close(self.writes)
        while os.read(self.reads, 65_536):
            pass
        os.close(self.reads)

    def _read(self, count: int) -> bytes:
        parts = []
        while count:
            part = os.read(self.reads, count)
            if not part:
                raise Ended
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
