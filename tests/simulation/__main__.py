"""The commands: simulate many seeds, look at one, show that each known mistake is caught, and write what came of it all."""

import os
import socket
import sys

if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is chance too
    os.execve(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})

import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click

from tests.bench.table import clear_up_when_stopped
from tests.simulation.bench import Bench, Setup
from tests.simulation.known_mistakes import MISTAKES
from tests.simulation.many import lines_of, simulate_many, stop_by_hand
from tests.simulation.mistakes import SEEDS_MAX, STARTS, catch, fails_by, median_of
from tests.simulation.office import raise_servers
from tests.simulation.plan import plan_of
from tests.simulation.report import keep_mistakes, keep_total
from tests.simulation.shrink import shortest

OPERATIONS = 125  # acts that a plan has; some find nothing to be about, so that a seed judges a hundred


def with_setup(command: Callable) -> Callable:
    """A command that is told what the town has."""

    @click.option("--phones", help="Of this commit: earlier phones at the server of today (P12).")
    @click.option("--mixed", is_flag=True, help="Only each other phone is an earlier one.")
    @click.option("--server", help="Of this commit: an earlier server beside that of today, on one database.")
    @click.option("--postgres", is_flag=True, help="The office has PostgreSQL.")
    @wraps(command)
    def told(phones: str | None, mixed: bool, server: str | None, postgres: bool, **others):
        if mixed and not phones:
            raise click.UsageError("Earlier phones among new ones: say of which commit, with --phones.")
        if server and postgres:
            raise click.UsageError("An earlier server beside that of today works on SQLite here: leave out one of the two.")
        return command(setup=Setup(phones, mixed, server, postgres), **others)

    return told


@click.group()
def main() -> None:
    """Real phones, the real server, and everything that goes wrong, from one seed."""


@main.command()
@click.option("--seeds", default=100, help="How many.")
@click.option("--ops", default=OPERATIONS, help="About how many operations each.")
@click.option("--first", default=1, help="The first of them.")
@click.option("--workers", default=len(os.sched_getaffinity(0)), help="How many at once.")
@click.option("--minutes", default=0, help="Begin no seed after so many; the sentence says how many were run.")
@click.option("--kept", type=click.Path(path_type=Path), help="A file: seeds in it are not run again, those run now are added.")
@with_setup
@click.option("--docs", is_flag=True, help="Keep what it came to in docs/reliability.md.")
def simulate(seeds: int, ops: int, first: int, workers: int, minutes: int, kept: Path | None, setup: Setup, docs: bool) -> None:
    """Run many seeds; exits 1 when one of them fails, with its shortest history. SIGINT and SIGTERM stop it with a true report."""
    total = simulate_many(range(first, first + seeds), ops, workers, setup, minutes, click.echo, kept)
    click.echo(total.reached_words())
    click.echo(total.sentence())
    if docs:
        keep_total(total, ops, setup)
    for name in total.never_reached():
        click.echo(f"Never reached: {name}")
    if total.failed and not total.stopped:
        show(total.failed[0], ops, setup)
    if total.failed or total.never_reached():
        sys.exit(1)


@main.command()
@click.argument("number", type=int)
@click.option("--ops", default=OPERATIONS)
@click.option("--seconds", default=60, help="How long to look for a shorter history.")
@with_setup
def seed(number: int, ops: int, seconds: int, setup: Setup) -> None:
    """Run one seed twice, and tell its story; of one that fails the shortest that could be found."""
    show(number, ops, setup, seconds)


@main.command(hidden=True)
@click.argument("first", type=int)
@click.argument("count", type=int)
@click.argument("stride", type=int)
@click.argument("ops", type=int)
@click.option("--until", multiple=True, help="End with a seed that fails by this invariant, or one of these.")
@click.option("--minutes", default=0)
@click.option("--kept", type=click.Path(path_type=Path))
@with_setup
@click.option("--unbroken", is_flag=True, help="Without what happens at an event of the database, of which each engine has its own.")
def worker(
    first: int,
    count: int,
    stride: int,
    ops: int,
    until: tuple[str, ...],
    minutes: int,
    kept: Path | None,
    setup: Setup,
    unbroken: bool,
) -> None:
    """Some of the seeds, one line of JSON each, for `simulate` and `mistakes`."""
    began, known = time.monotonic(), {line.get("seed") for line in lines_of(kept)}
    with stop_by_hand() as stop, Bench(setup) as bench:
        for number in range(first, first + count, stride):
            if number in known:
                continue
            if stop.asked or (minutes and time.monotonic() - began > minutes * 60):
                return
            outcome = bench.run(number, ops, unbroken)
            click.echo(outcome.line())
            if fails_by(outcome.wrong, until):
                return


@main.command(hidden=True)
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("door", type=int)
def nursery(folder: Path, door: int) -> None:
    """Where servers of an earlier commit come from, on the tree of that commit."""
    raise_servers(folder, socket.socket(fileno=door))


@main.command()
@click.argument("names", nargs=-1)
@click.option("--ops", default=OPERATIONS)
@click.option("--starts", default=5, help="How many times each is looked for.")
@click.option("--docs", is_flag=True, help="Keep what it came to in docs/reliability.md.")
def mistakes(names: tuple[str, ...], ops: int, starts: int, docs: bool) -> None:
    """Make each known mistake in a copy of the product, and count the seeds until it is caught; exits 1 when one is not."""
    clear_up_when_stopped()
    chosen = [mistake for mistake in MISTAKES if not names or mistake.name in names]
    caught, rows = {}, []
    for mistake in chosen:
        caught[mistake] = catch(mistake, STARTS[:starts], ops, click.echo)
        rows.append((mistake.name, mistake.says, median_of(caught[mistake]), max(caught[mistake], key=lambda seeds: seeds or SEEDS_MAX)))
        if docs:
            keep_mistakes(rows, len(MISTAKES), starts)  # one after the other: whoever stops it keeps what is known
    if missed := [mistake.name for mistake, found in caught.items() if None in found]:
        raise click.ClickException(f"not caught within {SEEDS_MAX} seeds: {', '.join(missed)}")


def show(number: int, ops: int, setup: Setup, seconds: int = 60) -> None:
    with Bench(setup) as bench:
        once, again = bench.run(number, ops), bench.run(number, ops)
        click.echo(f"seed {number}: trace {once.trace}, again {'the same' if once.trace == again.trace else again.trace}")
        if once.wrong:
            began = time.monotonic()
            steps, once = shortest(bench, number, plan_of(number, ops), once, seconds)
            click.echo(f"The shortest history found in {time.monotonic() - began:.0f} s has {len(steps)} steps:")
        click.echo("\n".join([*once.story, *(f"WRONG {what}" for what in once.wrong)]))


if __name__ == "__main__":
    main()
