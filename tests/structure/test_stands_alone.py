"""The project can be carried to any machine: nothing in it knows where it was made or where packages come from."""

import json
import re

import pytest

from tests.structure.source import ROOT, project_files

WRITTEN = (".py", ".ts", ".tsx", ".mjs", ".css", ".html", ".md", ".toml", ".txt", ".json", ".yml", ".sh", "")
TRACES = {
    "a package registry": r"(pypi|pythonhosted|npmjs|npmmirror|yarnpkg)\.(org|com)",
    "a folder of one machine": r"(?<![\w.:<>-])/(root|home|work|opt|mnt)/\w",
    "a folder beside the project": r"\.\./shared\b",
    "an index option": r"^--(index-url|extra-index-url|find-links|trusted-host)",
}


@pytest.mark.parametrize("trace", TRACES)
def test_no_file_names(trace: str):
    pattern = re.compile(TRACES[trace], re.MULTILINE)
    assert [name for name, text in texts() if pattern.search(text)] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "static/requirements-node.txt"])
def test_python_is_pinned_with_hashes_and_without_addresses(name: str):
    text = (ROOT / name).read_text()
    pins = re.findall(r"^[a-z0-9][\w.-]*==\S+.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pins and all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text


def test_what_runs_and_what_tests_have_the_same_versions():
    runs, tests = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runs <= tests


def test_the_phone_is_pinned_with_hashes_and_without_addresses():
    packages = json.loads((ROOT / "static/package-lock.json").read_text())["packages"]
    fetched = [package for name, package in packages.items() if name]
    assert fetched and all(package.get("integrity") for package in fetched)
    assert not any("resolved" in package for package in fetched)


def texts():
    for file in project_files(*WRITTEN):
        if file.stat().st_size < 1_000_000:
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8", errors="replace")
