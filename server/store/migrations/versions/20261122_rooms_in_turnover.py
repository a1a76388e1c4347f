"""an index of the rooms between two people, by site: the forecast counts them without sorting them"""

import sqlalchemy as sa
from alembic import op

revision = "0021_rooms_in_turnover"
down_revision = "0020_kept_counts"
branch_labels = None
depends_on = None

BETWEEN = sa.text("state IN ('vacated_dirty', 'disinfecting', 'contact_time', 'aerating', 'inspecting', 'provisioning')")


def upgrade() -> None:
    op.create_index("ix_room_in_turnover", "room", ["site_id", "state", "since"], sqlite_where=BETWEEN, postgresql_where=BETWEEN)


def downgrade() -> None:
    op.drop_index("ix_room_in_turnover", "room")
