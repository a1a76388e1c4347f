"""which operation ended a room's spell"""

import sqlalchemy as sa
from alembic import op

revision = "0017_ended_by"
down_revision = "0016_waste"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room_spell", sa.Column("ended_by", sa.String(length=36), nullable=True))
    # Until now it was the operation that began the next one; only reservations are asked for it.
    op.execute(
        """UPDATE room_spell SET ended_by = (
            SELECT following.operation_id FROM room_spell AS following
            WHERE following.room_id = room_spell.room_id AND following.position = room_spell.position + 1
        ) WHERE state = 'reserved' AND until_at IS NOT NULL"""
    )


def downgrade() -> None:
    op.drop_column("room_spell", "ended_by")
