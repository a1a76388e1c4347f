"""A disk that can lose power: SQLite writes to it through a VFS of its own, and what was not synced may be gone, torn, or there.

After a cut each write since the last sync of its file is, by chance, kept, dropped, or kept for some of its 512-byte sectors only;
so a later write may be there and an earlier one not, as on a real disk that orders them anew.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512


class PowerIsOut(apsw.IOError):
    """The machine stands still; whoever asked gets no answer any more."""


class DiskIsFull(apsw.FullError):
    """No room for one byte more."""


@dataclass
class Platter:
    """What surely lies on the disk of one file, and what was written since."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, bytes), or (size, None) for a cut to this size

    def sync(self) -> None:
        for offset, data in self.pending:
            put(self.durable, offset, data)
        self.pending = []

    def after_a_cut(self, chance: random.Random) -> bytes:
        left = bytearray(self.durable)
        for offset, data in self.pending:
            fate = chance.random()
            if data is None or fate < 0.4:
                if fate < 0.7:
                    put(left, offset, data)
            elif fate < 0.7:
                for start in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        put(left, offset + start, data[start : start + SECTOR])
        return bytes(left)


def put(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """The VFS `power`: files as they are for the machine, and beside them what a cut would leave."""

    def __init__(self):
        self.platters: dict[str, Platter] = {}
        self.events = 0
        self.events_left: int | None = None
        self.dead = self.full = False
        super().__init__("power", "")

    def plug_in(self, database: Path, events: int | None) -> None:
        """All that lies there now is durable. The power goes after so many writes and syncs; None: never."""
        self.platters = {}
        for file in (database, Path(f"{database}-wal")):
            if file.exists():
                self.platters[str(file)] = Platter(bytearray(file.read_bytes()))
        self.events, self.events_left = 0, events
        self.dead = self.full = False

    def cut(self, chance: random.Random) -> None:
        """Leave on the real disk what the cut left. Whoever used these files has closed them."""
        for name, platter in self.platters.items():
            Path(name).write_bytes(platter.after_a_cut(chance))
            Path(name.removesuffix("-wal") + "-shm").unlink(missing_ok=True)

    def happens(self) -> None:
        """One more event on the disk; the last one that the power allows never comes."""
        self.events += 1
        if self.events_left is not None:
            self.events_left -= 1
            self.dead = self.dead or self.events_left <= 0
        if self.dead:
            raise PowerIsOut("the power is out")

    def xOpen(self, name, flags):
        return Opened(self, name, flags)

    def xDelete(self, name, sync_dir):
        if self.dead:
            raise PowerIsOut("the power is out")
        super().xDelete(name, sync_dir)
        self.platters.pop(name, None)


class Opened(apsw.VFSFile):
    """One open file of the disk. Temporary files have no platter: nobody looks for them after a cut."""

    def __init__(self, disk: Disk, name, flags):
        self.disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        kept = path and flags[0] & (apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_WAL)
        self.platter = disk.platters.setdefault(path, Platter()) if kept else None
        super().__init__("", name, flags)

    def xWrite(self, data, offset):
        self._note(offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size):
        self._note(size, None)
        super().xTruncate(size)

    def xSync(self, flags):
        if self.platter is not None:
            self.disk.happens()
            self.platter.sync()
        super().xSync(flags)

    def _note(self, offset: int, data: bytes | None) -> None:
        if self.platter is not None:
            self.disk.happens()
            if self.disk.full and data is not None:
                raise DiskIsFull("the disk is full")
            self.platter.pending.append((offset, data))
