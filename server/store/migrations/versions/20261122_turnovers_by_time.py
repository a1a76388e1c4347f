"""turnovers by the time at which they ended, for the forecast"""

from alembic import op

revision = "0011_turnovers_by_time"
down_revision = "0010_stays_with_a_clock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_turnover_ready", "turnover", ["ready_at"])


def downgrade() -> None:
    op.drop_index("ix_turnover_ready", "turnover")
