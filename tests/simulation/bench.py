"""What a run stands on: the compiled phones, a town in a folder in memory, an office and the phones' process."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Postgres
from tests.simulation.database import InPostgres, InSqlite
from tests.simulation.handsets import Handsets, TwoMakes
from tests.simulation.office import Office
from tests.simulation.plan import Step, plan_of, without_events
from tests.simulation.processes import Nursery
from tests.simulation.run import Outcome, Run
from tests.simulation.town import Town

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")
PHONES = ("static", "tests/simulation"), ("static/node_modules",)
SERVER = ("server", "sync", "templates", "static"), ("static/build", "tests")


@dataclass(frozen=True)
class Setup:
    """What the town has: phones of today or, all or each other one (`mixed`), of an earlier commit (P12); a `server` of an earlier
    commit beside that of today, or none; SQLite or PostgreSQL."""

    phones: str | None = None
    mixed: bool = False
    server: str | None = None
    postgres: bool = False

    def words(self) -> list[str]:
        """As the commands are told it."""
        commits = {"--phones": self.phones, "--server": self.server}
        told = [word for name, commit in commits.items() if commit for word in (name, commit)]
        return [*told, *["--mixed"] * self.mixed, *["--postgres"] * self.postgres]

    @property
    def name(self) -> str:
        """What a run with it is called in docs/reliability.md."""
        phones = " with earlier phones" + " among new ones" * self.mixed
        server = " with an earlier server beside today's"
        return "simulation" + phones * bool(self.phones) + server * bool(self.server) + " on PostgreSQL" * self.postgres


class Bench:
    """Set up once for many seeds."""

    def __init__(self, setup: Setup):
        self._setup = setup

    def __enter__(self) -> "Bench":
        with ExitStack() as opened:  # what is open already is closed when the rest cannot be
            self.folder = Path(tempfile.mkdtemp(prefix="simulation", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
            opened.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.handsets = self._handsets(the_node())
            opened.callback(self.handsets.stop)
            database = InPostgres(opened.enter_context(Postgres())) if self._setup.postgres else InSqlite(self.folder)
            town = Town(self.folder / "data", database.url)
            self.office = Office(town, database, self._setup.server and self._nursery(opened))
            opened.callback(self.office.stop)
            quiet = [step for step in without_events(plan_of(0, 100)) if step[0] != "restore"]
            self.office.warm_up(lambda: self.play(0, quiet))
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_fault) -> None:
        self._open.close()

    def _handsets(self, node: str) -> Handsets | TwoMakes:
        if commit := self._setup.phones:
            tree = tree_of(commit, self.folder / "tree", *PHONES)
            earlier = Handsets(compiled(node, self.folder / "then", tree), node, earlier=True)
            if not self._setup.mixed:
                return earlier
        today = Handsets(compiled(node, self.folder / "now", ROOT), node)
        return TwoMakes(today, earlier) if commit else today

    def _nursery(self, opened: ExitStack) -> Nursery:
        nursery = Nursery(tree_of(self._setup.server, self.folder / "server", *SERVER), self.folder)
        opened.callback(nursery.stop)
        return nursery

    def run(self, seed: int, operations: int, unbroken: bool = False) -> Outcome:
        steps = plan_of(seed, operations)
        return self.play(seed, without_events(steps) if unbroken else steps)

    def play(self, seed: int, steps: list[Step]) -> Outcome:
        return Run(self.office, self.handsets, seed).play(steps)


def the_node() -> str:
    """The Node that the front end is built with."""
    spec = importlib.util.spec_from_file_location("front_end_build", ROOT / "static" / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    return (build.system_node() or build.node_from_the_index())[0]


def tree_of(commit: str, folder: Path, parts: tuple[str, ...], todays: tuple[str, ...]) -> Path:
    """These parts of the product as they were at this commit, and those that are `todays`."""
    folder.mkdir()
    packed = subprocess.run(["git", "archive", commit, *parts], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)
    for linked in todays:
        (folder / linked).symlink_to(ROOT / linked)
    return folder


def compiled(node: str, out: Path, tree: Path) -> Path:
    """The phones as one file for Node."""
    subprocess.run([node, "build-tests.mjs", str(out), str(tree / "tests/simulation/handsets.ts")], cwd=tree / "static", check=True)
    return next(out.rglob("handsets.js"))
