"""the register of infectious waste"""

import sqlalchemy as sa
from alembic import op

revision = "0016_waste"
down_revision = "0015_quick_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waste_pickup",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("stored_since", sa.DateTime(), nullable=True),
        sa.Column("collected_at", sa.DateTime(), nullable=False),
        sa.Column("bags", sa.Integer(), nullable=False),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("handed_by", sa.String(length=60), nullable=False),
        sa.Column("collected_by", sa.String(length=60), nullable=False),
        sa.Column("company", sa.String(length=60), nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_waste_pickup_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waste_pickup")),
    )
    op.create_index("ix_waste_pickup_site", "waste_pickup", ["site_id", "collected_at"])


def downgrade() -> None:
    op.drop_table("waste_pickup")
