"""what has left a scope is found without reading the whole feed; a phone counts how often its records had to be mended"""

import sqlalchemy as sa
from alembic import op

revision = "0005_feed_upkeep"
down_revision = "0004_phones"
branch_labels = None
depends_on = None


def upgrade() -> None:
    gone = sa.text("present IS false")
    op.create_index("ix_scope_entry_gone", "scope_entry", ["seq"], unique=False, sqlite_where=gone, postgresql_where=gone)
    op.add_column("device", sa.Column("repairs", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("device", sa.Column("repaired_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("device", "repaired_at")
    op.drop_column("device", "repairs")
    op.drop_index("ix_scope_entry_gone", table_name="scope_entry")
