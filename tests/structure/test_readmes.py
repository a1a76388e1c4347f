"""A folder's README says what belongs there, on one screen, and stays true."""

import re
from pathlib import Path

import pytest

from tests.structure.source import ROOT, project_files, short

README_LINES_MAX = 60
# Folders a newcomer meets first. The others may have a README, and then it must be true too.
MUST_HAVE = (
    "server",
    "server/domain",
    "server/store",
    "server/api",
    "server/console",
    "server/intake",
    "sync",
    "static",
    "static/app",
    "templates",
    "tests",
)
READMES = [file for file in project_files(".md") if file.name == "README.md" and file.parent != ROOT]
FILE_NAME = re.compile(r"[\w./-]+\.(?:py|ts|tsx|mjs|css|html|md|json|toml|txt)|[\w./-]+/")


@pytest.mark.parametrize("folder", [folder for folder in MUST_HAVE if any(file.is_relative_to(ROOT / folder) for file in project_files())])
def test_a_folder_that_newcomers_meet_has_a_readme(folder: str):
    assert (ROOT / folder / "README.md").is_file()


@pytest.mark.parametrize("readme", READMES, ids=short)
def test_a_readme_names_everything_in_its_folder(readme: Path):
    told = quoted(readme)
    assert sorted(name for name in children(readme.parent) if not told & {name, f"{name}/", Path(name).stem}) == []


@pytest.mark.parametrize("readme", READMES, ids=short)
def test_a_readme_names_nothing_that_is_not_there(readme: Path):
    places = (readme.parent, ROOT)
    names = {name for name in quoted(readme) if FILE_NAME.fullmatch(name) and not name.startswith("/")}
    assert sorted(name for name in names if not any((place / name).exists() for place in places)) == []


@pytest.mark.parametrize("readme", READMES, ids=short)
def test_a_readme_is_one_screen(readme: Path):
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= README_LINES_MAX


def quoted(readme: Path) -> set[str]:
    """Every word in backticks; a quoted line of several names counts as each of them."""
    text = readme.read_text(encoding="utf-8")
    blocks = re.findall(r"```.*?```", text, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return set(inline) | {word for part in (*inline, *blocks) for word in part.strip("`").split()}


def children(folder: Path) -> set[str]:
    below = (file.relative_to(folder).parts[0] for file in project_files() if file.is_relative_to(folder))
    return {name for name in below if name not in ("README.md", "__init__.py") and not name.startswith(".")}
