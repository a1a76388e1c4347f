"""the room that a person leaves by a transfer: a crew calls people out of rooms, not out of homes"""

import sqlalchemy as sa
from alembic import op

revision = "0014_room_left"
down_revision = "0013_room_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("line", sa.Column("from_room_id", sa.String(36), nullable=True))


def downgrade() -> None:
    op.drop_column("line", "from_room_id")
