"""an epoch says which backup it began with"""

import sqlalchemy as sa
from alembic import op

revision = "0002_restored_epoch"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("epoch", sa.Column("restored_to", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("epoch", "restored_to")
