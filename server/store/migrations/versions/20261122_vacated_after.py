"""how long after their release those who left on a day had stayed, kept with the day; changes of clocks by time"""

import sqlalchemy as sa
from alembic import op

revision = "0023_vacated_after"
down_revision = "0022_rooms_by_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site_day", sa.Column("vacated_after", sa.Text(), nullable=True))
    op.create_index("ix_clock_change_at", "clock_change", ["at"])


def downgrade() -> None:
    op.drop_index("ix_clock_change_at", "clock_change")
    op.drop_column("site_day", "vacated_after")
