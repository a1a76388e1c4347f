"""an index on the operations that took no effect and that nobody has dealt with"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

WITHOUT_EFFECT = sa.text("verdict IN ('refused', 'held') AND acknowledged_at IS NULL")


def upgrade() -> None:
    where = {"sqlite_where": WITHOUT_EFFECT, "postgresql_where": WITHOUT_EFFECT}
    op.create_index('ix_operation_without_effect', 'operation', ['door', 'received_at'], unique=False, **where)


def downgrade() -> None:
    op.drop_index('ix_operation_without_effect', table_name='operation')
