"""what the rooms of a site did on each day, and spells found by the day on which they end"""

import sqlalchemy as sa
from alembic import op

revision = "0012_site_days"
down_revision = "0011_turnovers_by_time"
branch_labels = None
depends_on = None

SECONDS = ("available_seconds", "occupied_seconds", "ready_seconds", "idle_seconds")
COUNTS = ("check_ins", "check_outs", "overstays", "reservations", "expired", "turnovers")


def upgrade() -> None:
    op.create_table(
        "site_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("site_state", sa.String(length=20), nullable=False),
        sa.Column("rooms", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in SECONDS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("turnaround_median", sa.Float(), nullable=True),
        sa.Column("turnaround_ninety", sa.Float(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_day_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("day", "site_id", name=op.f("pk_site_day")),
    )
    op.create_index("ix_room_spell_site_until", "room_spell", ["site_id", "until_at"])


def downgrade() -> None:
    op.drop_index("ix_room_spell_site_until", "room_spell")
    op.drop_table("site_day")
