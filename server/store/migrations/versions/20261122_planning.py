"""what the desk sets for the forecast, and the in and out of stays by time"""

import sqlalchemy as sa
from alembic import op

revision = "0007_planning"
down_revision = "0006_pictures"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "plan_setting",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_setting")),
    )
    op.create_index("ix_stay_came", "stay", ["checked_in_at", "site_id"])
    op.create_index("ix_stay_left", "stay", ["ended_at", "site_id"])
    op.create_index("ix_stay_leaving", "stay", ["due_on", "site_id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_stay_leaving", "stay")
    op.drop_index("ix_stay_left", "stay")
    op.drop_index("ix_stay_came", "stay")
    op.drop_table("plan_setting")
