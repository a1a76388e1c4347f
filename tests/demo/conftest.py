"""A demo filled once for all tests that only look at it; a copy for those that let its clock go on."""

import shutil

import pytest

from server.app import create_app
from server.cli import migrate_database
from server.clock import Clock
from server.demo.filling import fill_demo
from server.settings import read_settings
from server.store.database import db
from tests.conftest import EVENING


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """The folder of a filled demo."""
    data = tmp_path_factory.mktemp("demo")
    with running_demo(data):
        fill_demo()
    return data


@pytest.fixture
def demo(filled, tmp_path):
    """A demo at eight in the evening, on a copy of its own."""
    data = tmp_path / "demo"
    shutil.copytree(filled, data)
    with running_demo(data) as app:
        yield app


class running_demo:  # noqa: N801 — reads as a sentence where it is used
    """The demo's application inside a `with`."""

    def __init__(self, data):
        self.app = create_app(read_settings({"DATA": str(data)}, demo=True), Clock(EVENING))
        migrate_database(self.app)

    def __enter__(self):
        self.context = self.app.app_context()
        self.context.push()
        return self.app

    def __exit__(self, *_fault):
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
