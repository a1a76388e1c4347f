"""How alembic reaches the database: through the application, one transaction for all steps."""

from alembic import context
from flask import current_app

from server.store.database import Base, db


def run() -> None:
    with db.engine.connect().execution_options(writes=True) as connection:
        options = current_app.extensions["migrate"].configure_args
        context.configure(connection=connection, target_metadata=Base.metadata, render_item=render_item, **options)
        with context.begin_transaction():
            context.run_migrations()


def render_item(kind: str, item, _autogen) -> str | bool:
    """Write our own column types as what they are in the database."""
    return "sa.DateTime()" if kind == "type" and type(item).__name__ == "UtcTime" else False


run()
