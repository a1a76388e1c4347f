"""The key pair of the backups. The public half lies beside the data; whoever has the private half can read everything."""

import os
from pathlib import Path

from pyrage import IdentityError, RecipientError, x25519


class KeyFault(Exception):
    """A key is missing or unreadable; the sentence says what to do."""


def make_keys(data: Path, private: Path) -> str:
    """Write the private key into `private` (readable by its owner alone) and the public one beside the data. Gives the public key.

    Refuses to write over a private key, and to change the public one while it is there: backups would go to a key nobody expects.
    """
    if public_file(data).exists():
        raise KeyFault(f"There is a key already: {public_file(data)}. Move it away first if backups shall go to another one.")
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with os.fdopen(os.open(private, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"# Bihuan's backups open with this key. Public half: {public}\n{identity}\n")
    except FileExistsError as fault:
        raise KeyFault(f"{private} is there already: name another file for the private key.") from fault
    data.mkdir(parents=True, exist_ok=True)
    public_file(data).write_text(public + "\n")
    return public


def public_file(data: Path) -> Path:
    """Where the public half lies, beside the data."""
    return data / "backup.pub"


def recipient(data: Path, chosen: str | None = None) -> x25519.Recipient:
    """To whom backups are encrypted: the chosen public key, else the one beside the data."""
    if chosen is None and not public_file(data).exists():
        raise KeyFault("There is no key to encrypt to. Make a pair once: bihuan backup-key FILE-FOR-THE-PRIVATE-KEY")
    try:
        return x25519.Recipient.from_str((chosen or public_file(data).read_text()).strip())
    except RecipientError as fault:
        raise KeyFault("The public key cannot be read: it begins with age1 and is one line.") from fault


def read_private(file: Path) -> x25519.Identity:
    """The private key in a file; lines that begin with # are words."""
    lines = [line.strip() for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    try:
        [line] = lines
        return x25519.Identity.from_str(line)
    except (ValueError, IdentityError) as fault:
        raise KeyFault(f"{file} holds no private key: it is one line that begins with AGE-SECRET-KEY.") from fault
