"""A phone's devices belong together; an upload token is signed, not kept; a phone that lost its storage is marked."""

import sqlalchemy as sa
from alembic import op

revision = "0004_phones"
down_revision = "0003_waiting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("grown_from", sa.String(length=36), nullable=True))
        device.add_column(sa.Column("emptied_at", sa.DateTime(), nullable=True))
        device.create_index(op.f("ix_device_grown_from"), ["grown_from"], unique=False)
        device.drop_constraint(op.f("uq_device_upload_hash"), type_="unique")
        device.drop_column("upload_hash")


def downgrade() -> None:
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("upload_hash", sa.String(length=64), nullable=True))
        device.create_unique_constraint(op.f("uq_device_upload_hash"), ["upload_hash"])
        device.drop_index(op.f("ix_device_grown_from"))
        device.drop_column("emptied_at")
        device.drop_column("grown_from")
