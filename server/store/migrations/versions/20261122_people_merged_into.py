"""Find merged people by an index, and waiting rows by one that SQLite takes: it compares a condition by its words."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.create_index('ix_person_merged_into', 'person', ['merged_into'], unique=False, sqlite_where=MERGED, postgresql_where=MERGED)
    op.drop_index('ix_import_row_waits', table_name='import_row')
    where = {"sqlite_where": sa.text("waits = 1"), "postgresql_where": sa.text("waits")}
    op.create_index('ix_import_row_waits', 'import_row', ['waits', 'file_id'], unique=False, **where)


def downgrade() -> None:
    op.drop_index('ix_import_row_waits', table_name='import_row')
    where = {"sqlite_where": sa.text("waits"), "postgresql_where": sa.text("waits")}
    op.create_index('ix_import_row_waits', 'import_row', ['waits', 'file_id'], unique=False, **where)
    op.drop_index('ix_person_merged_into', table_name='person')
