"""rooms of a state by time and id, as lists show them: those of one ledger have one moment together, and were sorted at each page"""

import sqlalchemy as sa
from alembic import op

revision = "0022_rooms_by_time"
down_revision = "0021_rooms_in_turnover"
branch_labels = None
depends_on = None

BETWEEN = sa.text("state IN ('vacated_dirty', 'disinfecting', 'contact_time', 'aerating', 'inspecting', 'provisioning')")
# Said as what it is not: said as what it is, SQLite looks for each state in another index, and sorts what it finds.
NOTHING_ELSE = sa.text(
    "state NOT IN ('ready', 'reserved', 'occupied', 'blocked', 'hold', 'staff_use', 'awaiting_acceptance', 'building_up')"
)


def upgrade() -> None:
    op.drop_index("ix_room_state_since", "room")
    op.create_index("ix_room_state_since", "room", ["state", "since", "id"])
    op.drop_index("ix_room_in_turnover", "room")
    op.create_index("ix_room_in_turnover", "room", ["site_id", "state", "since"], sqlite_where=NOTHING_ELSE, postgresql_where=NOTHING_ELSE)


def downgrade() -> None:
    op.drop_index("ix_room_in_turnover", "room")
    op.create_index("ix_room_in_turnover", "room", ["site_id", "state", "since"], sqlite_where=BETWEEN, postgresql_where=BETWEEN)
    op.drop_index("ix_room_state_since", "room")
    op.create_index("ix_room_state_since", "room", ["state", "since", "site_id"])
