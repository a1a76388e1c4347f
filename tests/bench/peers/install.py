"""The peers, from the package registries into a folder that may be thrown away (.tools/peers): the product needs none of them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.bench.house import ROOT
from tests.bench.lighthouse import front_end

FOLDER = ROOT / ".tools" / "peers"


class CannotInstall(Exception):
    """A peer is not to be had here; the sentence says why."""


def npm_folder(folder: Path, package: str) -> tuple[str, Path]:
    """(the path of Node, the folder with this package and what it needs). Its install scripts do not run: it brings what it needs built."""
    node, npm = front_end().system_node() or front_end().node_from_the_index()
    if not (folder / "node_modules" / package.rpartition("@")[0]).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        paths = {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}", "NODE_USE_SYSTEM_CA": "1"}
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
        said = subprocess.run([*npm, "install", *options, package], cwd=folder, env=os.environ | paths, capture_output=True, text=True)
        if said.returncode:
            raise CannotInstall(f"npm cannot install {package}: {said.stderr[-300:]}")
    return node, folder / "node_modules"


def python_folder(folder: Path, *packages: str) -> Path:
    """The Python of a virtual environment with these packages."""
    python, done = folder / "bin" / "python", folder / ".installed"
    if not done.exists() or done.read_text() != " ".join(packages):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        uv = ROOT / ".tools" / "bin" / "uv"
        said = subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *packages], capture_output=True, text=True)
        if said.returncode:
            raise CannotInstall(f"pip cannot install {' '.join(packages)}: {said.stderr[-300:]}")
        done.write_text(" ".join(packages))
    return python
