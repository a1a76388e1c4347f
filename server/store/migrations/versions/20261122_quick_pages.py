"""indexes for pages that tell of a whole province: what is open among much that is over"""

import sqlalchemy as sa
from alembic import op

revision = "0015_quick_pages"
down_revision = "0014_room_left"
branch_labels = None
depends_on = None

STAYING, LEFT, GOING = sa.text("ended_at IS NULL"), sa.text("ended_at IS NOT NULL"), sa.text("ended_at IS NULL")


def upgrade() -> None:
    # Of those who left only those: else SQLite looks for who stays in the index of who left, where nothing says until when.
    op.drop_index("ix_stay_left", "stay")
    op.create_index("ix_stay_left", "stay", ["ended_at", "site_id", "ended_how"], sqlite_where=LEFT, postgresql_where=LEFT)
    op.drop_index("ix_stay_came", "stay")
    op.create_index("ix_stay_came", "stay", ["checked_in_at", "site_id", "ended_how"])
    op.drop_index("ix_stay_leaving", "stay")
    op.create_index("ix_stay_leaving", "stay", ["due_on", "site_id", "place"], sqlite_where=STAYING, postgresql_where=STAYING)
    op.create_index("ix_stay_site_came", "stay", ["site_id", "checked_in_at"])
    op.create_index("ix_transfer_open", "transfer", ["area_id"], sqlite_where=GOING, postgresql_where=GOING)
    op.drop_index("ix_person_found", "person")
    op.create_index("ix_person_found", "person", ["waits_from", "category", "responsible_area_id", "merged_into"])
    op.create_index("ix_room_state_since", "room", ["state", "since", "site_id"])
    # The words of a condition that SQLAlchemy writes for SQLite: it takes a partial index only where both say the same.
    columns = ["person_id", "transfer_id", "room_id", "state"]
    op.create_index("ix_line_open", "line", columns, sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open"))


def downgrade() -> None:
    op.drop_index("ix_line_open", "line")
    op.drop_index("ix_room_state_since", "room")
    op.drop_index("ix_person_found", "person")
    op.create_index("ix_person_found", "person", ["waits_from", "category", "responsible_area_id"])
    op.drop_index("ix_transfer_open", "transfer")
    op.drop_index("ix_stay_site_came", "stay")
    op.drop_index("ix_stay_leaving", "stay")
    op.create_index("ix_stay_leaving", "stay", ["due_on", "site_id"], sqlite_where=STAYING, postgresql_where=STAYING)
    op.drop_index("ix_stay_came", "stay")
    op.create_index("ix_stay_came", "stay", ["checked_in_at", "site_id"])
    op.drop_index("ix_stay_left", "stay")
    op.create_index("ix_stay_left", "stay", ["ended_at", "site_id"])
