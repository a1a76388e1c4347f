"""numbers that were removed are in no feed any more: each hour every phone found that it lacked them, and began anew"""

import sqlalchemy as sa
from alembic import op

revision = "0024_removed_contacts"
down_revision = "0023_vacated_after"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        sa.text(
            "UPDATE scope_entry SET present = false WHERE type = 'contact' AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = scope_entry.id)"
        )
    )


def downgrade() -> None:
    """They stay removed."""
