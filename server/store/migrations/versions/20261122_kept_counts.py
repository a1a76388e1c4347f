"""counts of rooms, of stays and of turnovers that the database keeps by itself"""

import sqlalchemy as sa
from alembic import op

from server.store.kept_counts import count_anew, lay_on, take_off

revision = "0020_kept_counts"
down_revision = "0019_stage_before"
branch_labels = None
depends_on = None

BY_TESTS = sa.text("ended_at IS NOT NULL AND released_at IS NOT NULL AND due_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "site_rooms",
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "state", "kind", name=op.f("pk_site_rooms")),
    )
    op.create_table(
        "site_leaving",
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "due_on", name=op.f("pk_site_leaving")),
    )
    op.create_index(op.f("ix_site_leaving_due_on"), "site_leaving", ["due_on"])
    op.create_table(
        "stay_hour",
        sa.Column("hour", sa.DateTime(), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "side", name=op.f("pk_stay_hour")),
    )
    op.create_table(
        "turnover_minutes",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "stage", "minutes", name=op.f("pk_turnover_minutes")),
    )
    # With the id, so that who waits, and who of them has a room held, is told from the index alone.
    op.drop_index("ix_person_waiting", "person")
    op.create_index("ix_person_waiting", "person", ["state", "responsible_area_id", "category", "waits_from", "merged_into", "id"])
    # "No last day" was looked up among all who ever stayed; of those who stay, and of those who left, other indexes tell.
    op.drop_index("ix_stay_due_on", "stay")
    op.create_index("ix_stay_by_tests", "stay", ["ended_at", "site_id", "place"], sqlite_where=BY_TESTS, postgresql_where=BY_TESTS)
    count_anew(op.get_bind())
    lay_on(op.get_bind())


def downgrade() -> None:
    take_off(op.get_bind())
    op.drop_index("ix_stay_by_tests", "stay")
    op.create_index("ix_stay_due_on", "stay", ["due_on"])
    op.drop_index("ix_person_waiting", "person")
    op.create_index("ix_person_waiting", "person", ["state", "responsible_area_id", "category", "waits_from", "merged_into"])
    op.drop_table("turnover_minutes")
    op.drop_table("stay_hour")
    op.drop_index(op.f("ix_site_leaving_due_on"), "site_leaving")
    op.drop_table("site_leaving")
    op.drop_table("site_rooms")
