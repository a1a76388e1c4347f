"""What the rules about the code read: the project's own files, and who imports whom."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def project_files(*endings: str) -> list[Path]:
    """Each file that is, or is about to be, under version control; with endings, only those."""
    # The checkout may belong to somebody else (a mounted folder, root in a container); git would refuse to read it.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    files = [ROOT / name for name in sorted(set(names)) if name]
    return [file for file in files if file.is_file() and (not endings or file.suffix in endings)]


def inside(folder: str, *endings: str) -> list[Path]:
    """The project's files below a folder; none, if there is no such folder yet."""
    return [file for file in project_files(*endings) if file.is_relative_to(ROOT / folder)]


def short(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def python_tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def python_imports(file: Path) -> set[str]:
    """The full names of the modules that a Python file imports, relative ones resolved, lazy ones included."""
    found = set()
    for node in ast.walk(python_tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = ".".join([*package_of(file, node.level), *filter(None, [node.module])])
            found |= {f"{base}.{alias.name}" if is_module(base, alias.name) else base for alias in node.names}
    return found


def package_of(file: Path, level: int) -> tuple[str, ...]:
    """The package that a relative import of this level starts from; empty for an absolute one."""
    folders = file.relative_to(ROOT).parent.parts
    return folders[: len(folders) - level + 1] if level else ()


def is_module(base: str, name: str) -> bool:
    place = ROOT.joinpath(*base.split("."), name)
    return place.is_dir() or place.with_suffix(".py").is_file()


VALUE_IMPORT = re.compile(r"""(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s*)?["'](\.[^"']+)["']|import\(\s*["'](\.[^"']+)["']""")


def script_imports(file: Path) -> Iterator[Path]:
    """The project's own modules that a TypeScript file needs when it runs; `import type` leaves no trace."""
    for found in VALUE_IMPORT.finditer(file.read_text(encoding="utf-8")):
        yield (file.parent / (found[1] or found[2])).resolve()
