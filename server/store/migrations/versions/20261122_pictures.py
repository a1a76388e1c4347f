"""pictures that operations name by their hash"""

import sqlalchemy as sa
from alembic import op

revision = "0006_pictures"
down_revision = "0005_feed_upkeep"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_blob_owner_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("owner_id", "hash", name=op.f("pk_blob")),
    )
    op.create_table(
        "blob_part",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "hash", "start", name=op.f("pk_blob_part")),
    )


def downgrade() -> None:
    op.drop_table("blob_part")
    op.drop_table("blob")
