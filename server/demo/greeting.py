"""What `make run` says once everything is there: where to go, and as whom."""

from server.demo.accounts import ACCOUNTS
from server.settings import Settings


def greeting(settings: Settings, password: str, seconds: float) -> str:
    """Addresses, accounts and the password, to be read on a terminal of 80 columns."""
    address = settings.address
    names = max(len(account.username) for account in ACCOUNTS)
    rows = [f"    {account.username:<{names}}  {account.what}" for account in ACCOUNTS]
    filled = f" Filled in {seconds:.1f} s." if seconds >= 1 else ""
    return "\n".join(
        [
            "",
            "  Bihuan 闭环 · demo: Changchun, 3 April 2022, from 20:00 on a clock that runs on",
            "",
            f"    console  {address}/",
            f"    phone    {address}/app/",
            "",
            f"    password of all accounts  {password}",
            "",
            *rows,
            "",
            f"  Everything is invented. Data: {settings.data} (delete it to begin anew).{filled}",
            "  Ctrl-C stops.",
            "",
        ]
    )
