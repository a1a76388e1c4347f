"""The tables come from the migrations, on both engines, from empty and from filled."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from server.app import MIGRATIONS
from server.cli import migrate_database
from server.store.change_log import Epoch
from server.store.database import Base, db
from server.store.people import Person

BEFORE_THE_FIRST_CITY = {"0004_phones"}


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


def test_a_server_of_the_version_before_goes_on_beside_each_step(app):
    """Two versions serve one database while a city changes over: what the earlier one reads is there, and what it writes is taken."""
    db.session.remove()
    first, *steps = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
    downgrade(revision=first)
    before = columns()
    for step in steps:
        upgrade(revision=step)
        after = columns()
        tables = {table for table, _name in before}
        asked = {column for column in after.keys() - before.keys() if column[0] in tables and not after[column]}
        asked |= {column for column in before.keys() & after.keys() if before[column] and not after[column]}
        gone = before.keys() - after.keys()
        assert not asked, f"{step}: an earlier server writes rows without {asked}; give a default, or allow none"
        assert not gone or step in BEFORE_THE_FIRST_CITY, f"{step}: an earlier server still reads {gone}; drop it a version later"
        before = after


def columns() -> dict[tuple[str, str], bool]:
    """Every column by its table and name, and whether a row may be written by somebody who does not know of it."""
    found = inspect(db.engine)
    return {
        (table, column["name"]): column["nullable"] or column["default"] is not None
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }
