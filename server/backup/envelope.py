"""Lines into a compressed and encrypted file, and out of it again: streamed, so that a city's rows need no memory."""

import gzip
import os
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyrage import DecryptError, decrypt_io, encrypt_io, x25519

GZIP = 31  # zlib's word for a window of 32 KiB with a gzip header


class Unreadable(Exception):
    """A backup is damaged, cut short, or closed to this key."""


def seal_lines(lines: Iterable[bytes], file: Path, recipients: list[x25519.Recipient]) -> None:
    """Write the lines; when this returns they are on the disk."""
    with open(file, "xb") as out:
        encrypt_io(Pulled(compressed(lines)), out, recipients)
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def opened_lines(file: Path, identity: x25519.Identity) -> Iterator[Iterator[bytes]]:
    """The lines again. Raises Unreadable, at the latest at the end."""
    read_end, write_end = os.pipe()
    faults: list[Exception] = []
    thread = threading.Thread(target=decrypt_into, args=(file, write_end, identity, faults), daemon=True)
    thread.start()
    try:
        with os.fdopen(read_end, "rb") as pipe:
            yield whole_lines(pipe, thread, faults)
    finally:
        thread.join()


def decrypt_into(file: Path, write_end: int, identity: x25519.Identity, faults: list[Exception]) -> None:
    """Decrypt the file into the pipe's end, in a thread of its own; what went wrong is put into `faults`."""
    with os.fdopen(write_end, "wb") as pipe:
        try:
            with open(file, "rb") as sealed:
                decrypt_io(sealed, pipe, [identity])
        except (DecryptError, OSError, ValueError) as fault:
            faults.append(fault)


def whole_lines(pipe, thread: threading.Thread, faults: list[Exception]) -> Iterator[bytes]:
    """The lines as they are unpacked. Raises Unreadable at the first fault, also one of the thread that decrypts."""
    try:
        with gzip.GzipFile(fileobj=pipe) as lines:
            yield from lines
    except (OSError, EOFError, zlib.error) as fault:
        thread.join()
        raise Unreadable(str(faults[0] if faults else fault)) from fault
    thread.join()
    if faults:
        raise Unreadable(str(faults[0]))


def compressed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines as the parts of one gzip stream."""
    packer = zlib.compressobj(level=4, wbits=GZIP)
    for line in lines:
        if part := packer.compress(line):
            yield part
    yield packer.flush()


class Pulled:
    """A file to read from, filled part by part as it is read."""

    def __init__(self, parts: Iterator[bytes]):
        self.parts, self.ready = parts, b""

    def read(self, size: int = -1) -> bytes:
        while not self.ready:
            try:
                self.ready = next(self.parts)
            except StopIteration:
                return b""
        size = len(self.ready) if size < 0 else size
        given, self.ready = self.ready[:size], self.ready[size:]
        return given
