"""floors that were walked: what stood behind each door, beside what the register said"""

import sqlalchemy as sa
from alembic import op

revision = "0013_room_counts"
down_revision = "0012_site_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_count",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("building", sa.String(length=30), nullable=False),
        sa.Column("floor", sa.String(length=20), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rooms", "occupied", "registered", "differences")),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_room_count_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_count")),
    )
    op.create_index("ix_room_count_site", "room_count", ["site_id", "counted_at"])


def downgrade() -> None:
    op.drop_table("room_count")
