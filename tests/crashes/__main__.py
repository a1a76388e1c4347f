"""The commands: `python -m tests.crashes power --times 1000`; full, kills, browsers, normal, or all. Exits 1 when something was lost."""

import sys
import tempfile
import time
from pathlib import Path

import click

from tests.bench.table import RELIABILITY, clear_up_when_stopped, keep_part
from tests.crashes.browsers import kill_browser
from tests.crashes.kills import kill_server
from tests.crashes.power import cut_power, fill_disk

TRIED = {
    "power": lambda folder, times: cut_power(folder, cuts=times),
    "full": lambda folder, times: fill_disk(folder, times=times),
    "kills": lambda folder, times: kill_server(folder, kills=times),
    "browsers": lambda folder, times: kill_browser(folder, kills=times),
}


@click.command()
@click.argument("what", type=click.Choice([*TRIED, "normal", "all"]))
@click.option("--times", default=20, help="How often.")
@click.option("--docs", is_flag=True, help="Put what is printed into docs/reliability.md.")
def main(what: str, times: int, docs: bool) -> None:
    """Take something away at a random moment, and look for what was called saved. The server's own log goes to stderr."""
    clear_up_when_stopped()
    good = True
    for name in [*TRIED, "normal"] if what == "all" else [what]:
        began = time.monotonic()
        told, held = tried(name, times)
        good &= held
        sentence = f"{told}, in {time.monotonic() - began:,.0f} s"
        click.echo(f"{name}: {sentence}")
        if docs:
            keep_part(name, f"{sentence}\n", RELIABILITY)
    sys.exit(0 if good else 1)


def tried(name: str, times: int) -> tuple[str, bool]:
    """What was printed, and whether it is as it must be. `normal` is the control: with synchronous=NORMAL a power cut must lose."""
    with tempfile.TemporaryDirectory(prefix="bihuan-crashes-") as folder:
        if name == "normal":
            told = cut_power(Path(folder), cuts=times, synchronous="NORMAL")
            return f"the control, synchronous=NORMAL: {told}", bool(told.lost)
        told = TRIED[name](Path(folder), times)
        return str(told), told.good


if __name__ == "__main__":
    main()
