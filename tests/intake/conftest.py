"""The project's own copy of the scenario: 45 daily lists of nine units, and what was put into them."""

import json
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "server" / "demo" / "changchun"


@pytest.fixture(scope="session")
def demo() -> Path:
    return DEMO


@pytest.fixture(scope="session")
def expected() -> dict:
    return json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))["files"]
