"""stays with the right clock: pack, tests, health rounds, changes, release"""

import sqlalchemy as sa
from alembic import op

revision = "0010_stays_with_a_clock"
down_revision = "0009_turnovers"
branch_labels = None
depends_on = None

RELEASED_HERE = sa.text("released_at IS NOT NULL AND ended_at IS NULL")
COLUMNS = (
    ("pack", sa.String(16)),
    ("clock_basis", sa.String(16)),
    ("extended_reason", sa.String(200)),
    ("referred_at", sa.DateTime()),
    ("released_at", sa.DateTime()),
    ("release_basis", sa.String(16)),
    ("released_by", sa.String(36)),
    ("release_word", sa.JSON()),
    ("certificate_no", sa.String(40)),
    ("vacate_due_at", sa.DateTime()),
)
# A stay from before has the edition of the day on which it began, and the basis that its clock was set by.
BEGAN_WITH = """
UPDATE stay SET
  pack = CASE WHEN checked_in_at < '2022-03-14 16:00' THEN 'CN-8' WHEN checked_in_at < '2022-06-27 16:00' THEN 'CN-8+2022-03' ELSE 'CN-9' END,
  clock_basis = CASE WHEN kind = 'isolation' THEN 'positive_sample' WHEN clock_from IS NULL THEN 'arrival' ELSE 'last_exposure' END
"""


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("stay", sa.Column(name, kind, nullable=True))
    op.create_index("uq_stay_certificate", "stay", ["certificate_no"], unique=True)
    op.create_index("ix_stay_released", "stay", ["site_id", "released_at"], sqlite_where=RELEASED_HERE, postgresql_where=RELEASED_HERE)
    op.execute(BEGAN_WITH)
    _create_of_stay(
        "stay_test",
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("result", sa.String(10), nullable=False),
        sa.Column("ct", sa.Float(), nullable=True),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
    )
    op.create_index(op.f("ix_stay_test_stay_id"), "stay_test", ["stay_id"])
    _create_of_stay(
        "health_check",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("temperature", sa.Float(), nullable=True),
        sa.Column("symptoms", sa.JSON(), nullable=False),
        sa.Column("medicine_days", sa.Integer(), nullable=True),
        sa.Column("request", sa.String(200), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_health_check_stay_day", "health_check", ["stay_id", "day"])
    _create_of_stay(
        "clock_change",
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("was_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("cause_stay_id", sa.String(36), nullable=True),
        sa.Column("operation_id", sa.String(36), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
    )
    op.create_index(op.f("ix_clock_change_stay_id"), "clock_change", ["stay_id"])
    op.create_table(
        "pack_choice",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("area_id", sa.String(36), nullable=True),
        sa.Column("pack", sa.String(16), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("carried_over", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.String(36), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_pack_choice_area_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_choice")),
    )


def _create_of_stay(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("stay_id", sa.String(36), nullable=False),
        *columns,
        sa.Column("by_id", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f(f"fk_{name}_stay_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    for name in ("pack_choice", "clock_change", "health_check", "stay_test"):
        op.drop_table(name)
    op.drop_index("ix_stay_released", table_name="stay")
    op.drop_index("uq_stay_certificate", table_name="stay")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("stay", name)
