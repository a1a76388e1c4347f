"""out of which stage a site came into one"""

import sqlalchemy as sa
from alembic import op

revision = "0019_stage_before"
down_revision = "0018_time_to_vacate"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site_stage", sa.Column("came_from", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("site_stage", "came_from")
