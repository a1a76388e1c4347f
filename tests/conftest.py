"""What every test may ask for: an application on a database of its own, on either engine, at eight in the evening of 3 April 2022."""

import shutil
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import make_url

from server.app import create_app
from server.cli import migrate_database
from server.clock import Clock
from server.settings import Settings, read_settings
from server.store.database import db
from tests.postgres import Postgres
from tests.world import World

EVENING = datetime(2022, 4, 3, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An empty SQLite database with all tables: copied for each test, because migrating takes longer than copying."""
    data = tmp_path_factory.mktemp("migrated")
    app = create_app(read_settings({"DATA": str(data)}), Clock(EVENING))
    migrate_database(app)
    with app.app_context():
        db.engine.dispose()
    return data


@pytest.fixture(scope="session")
def cluster():
    """One throw-away PostgreSQL for all tests."""
    with Postgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_postgres(cluster, tmp_path_factory) -> str:
    """The name of a PostgreSQL database with all tables, to be copied for each test."""
    url = cluster.new_database()
    app = create_app(read_settings({"DATA": str(tmp_path_factory.mktemp("migrated")), "DATABASE_URL": url}), Clock(EVENING))
    migrate_database(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return make_url(url).database


@pytest.fixture
def settings(migrated, tmp_path) -> Settings:
    """Settings for a fresh SQLite database."""
    data = tmp_path / "data"
    shutil.copytree(migrated, data)
    return read_settings({"DATA": str(data)})


@pytest.fixture
def app(settings):
    """The application on SQLite, its clock set."""
    yield from running(settings)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_app(request, tmp_path):
    """The application on SQLite, then the same test on PostgreSQL."""
    if request.param == "sqlite":
        yield from running(request.getfixturevalue("settings"))
        return
    url = request.getfixturevalue("cluster").new_database(like=request.getfixturevalue("migrated_postgres"))
    settings = read_settings({"DATA": str(tmp_path / "data"), "DATABASE_URL": url})
    yield from running(settings)


def running(settings: Settings):
    app = create_app(settings, Clock(EVENING))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app) -> World:
    """A small town on SQLite: an area, a site with rooms, a vehicle, a crew, a receiver, a desk."""
    return World(app)


@pytest.fixture
def each_world(each_app) -> World:
    """The same small town, on each engine."""
    return World(each_app)
