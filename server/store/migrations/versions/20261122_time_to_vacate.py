"""an index of those who are released and still there, by the time by which they are to leave"""

import sqlalchemy as sa
from alembic import op

revision = "0018_time_to_vacate"
down_revision = "0017_ended_by"
branch_labels = None
depends_on = None

RELEASED_HERE = sa.text("released_at IS NOT NULL AND ended_at IS NULL")


def upgrade() -> None:
    columns = ["vacate_due_at", "released_at"]
    op.create_index("ix_stay_vacate", "stay", columns, sqlite_where=RELEASED_HERE, postgresql_where=RELEASED_HERE)


def downgrade() -> None:
    op.drop_index("ix_stay_vacate", "stay")
