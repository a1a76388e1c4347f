"""What a run stands on: the compiled phones, a town in a folder in memory, an office and the phones' process."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import Postgres
from tests.simulation.database import InPostgres, InSqlite
from tests.simulation.handsets import Handsets
from tests.simulation.office import Office
from tests.simulation.plan import Step, plan_of, without_events
from tests.simulation.run import Outcome, Run
from tests.simulation.town import Town

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")


class Bench:
    """Set up once for many seeds. `phones` is a commit: their code is taken from there, the server's is the one of today (P12)."""

    def __init__(self, phones: str | None = None, postgres: bool = False):
        self._phones, self._cluster = phones, Postgres() if postgres else None
        self._open = ExitStack()

    def __enter__(self) -> "Bench":
        self.folder = Path(tempfile.mkdtemp(prefix="simulation", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        node = the_node()
        tree = tree_of(self._phones, self.folder / "earlier") if self._phones else ROOT
        self.handsets = Handsets(compiled(node, self.folder / "phones", tree), node)
        database = InPostgres(self._open.enter_context(self._cluster)) if self._cluster else InSqlite(self.folder)
        self.office = Office(Town(self.folder / "data", database.url), database)
        quiet = [step for step in without_events(plan_of(0, 100)) if step[0] != "restore"]
        self.office.warm_up(lambda: self.play(0, quiet))
        return self

    def __exit__(self, *_fault) -> None:
        self.office.stop()
        self.handsets.stop()
        self._open.close()
        shutil.rmtree(self.folder, ignore_errors=True)

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


def tree_of(commit: str, folder: Path) -> Path:
    """The phones, and what moves them here, as they were at this commit."""
    folder.mkdir()
    packed = subprocess.run(["git", "archive", commit, "static", "tests/simulation"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)
    (folder / "static/node_modules").symlink_to(ROOT / "static/node_modules")
    return folder


def compiled(node: str, out: Path, tree: Path) -> Path:
    """The phones as one file for Node."""
    subprocess.run([node, "build-tests.mjs", str(out), str(tree / "tests/simulation/handsets.ts")], cwd=tree / "static", check=True)
    return next(out.rglob("handsets.js"))
