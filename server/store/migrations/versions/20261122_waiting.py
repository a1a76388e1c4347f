"""what held operations wait for"""

import sqlalchemy as sa
from alembic import op

revision = "0003_waiting"
down_revision = "0002_restored_epoch"
branch_labels = None
depends_on = None

HELD = sa.text("verdict = 'held'")


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("after_id", sa.String(length=36), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("after_id", "operation_id", name=op.f("pk_waiting")),
    )
    op.create_index(op.f("ix_waiting_operation_id"), "waiting", ["operation_id"])
    op.create_index("ix_operation_held", "operation", ["held_until"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    op.drop_index("ix_operation_held", table_name="operation")
    op.drop_table("waiting")
