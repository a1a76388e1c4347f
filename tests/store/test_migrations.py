"""The tables come from the migrations, on both engines, from empty and from filled."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from server.cli import migrate_database
from server.store.change_log import Epoch
from server.store.database import Base, db
from server.store.people import Person


def test_the_migrations_make_exactly_the_tables_that_the_code_has(each_app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": Base.metadata})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing_and_keeps_the_history(each_world):
    each_world.person()
    epochs = select(func.count()).select_from(Epoch)
    before = db.session.scalar(epochs)
    db.session.remove()
    migrate_database(each_world.app)
    assert db.session.scalar(epochs) == before == 1
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_every_step_can_be_taken_back_and_taken_again(app, filled):
    if filled:
        from tests.world import World

        World(app).person()
    db.session.remove()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())
