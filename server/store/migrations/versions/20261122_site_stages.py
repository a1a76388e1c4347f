"""sites as a pipeline: dated stages, checks, staff on duty, works, an activation order; an area's room target"""

import sqlalchemy as sa
from alembic import op

revision = "0008_site_stages"
down_revision = "0007_planning"
branch_labels = None
depends_on = None

PLANNED, STANDING = sa.text("actual_on IS NULL"), sa.text("ended_at IS NULL")
OF_SITE = {
    "legal_basis": sa.String(length=200),
    "works_since": sa.DateTime(),
    "works_what": sa.String(length=200),
    "recheck_since": sa.DateTime(),
    "activation_ordered_at": sa.DateTime(),
    "activation_ordered_by": sa.String(length=40),
    "activation_rooms": sa.Integer(),
}
OF_AREA = ("population", "rooms_per_10k")


def upgrade() -> None:
    for name, kind in OF_SITE.items():
        op.add_column("site", sa.Column(name, kind, nullable=True))
    for name in OF_AREA:
        op.add_column("area", sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "site_stage",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("owner_name", sa.String(length=40), nullable=True),
        sa.Column("owner_phone", sa.String(length=20), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_stage_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_stage")),
    )
    op.create_index("ix_site_stage_site", "site_stage", ["site_id", "told_at"])
    op.create_index("uq_site_stage_plan", "site_stage", ["site_id", "stage"], unique=True, sqlite_where=PLANNED, postgresql_where=PLANNED)
    op.create_table(
        "site_check",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(length=40), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_check_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_check")),
    )
    op.create_index("ix_site_check_site", "site_check", ["site_id", "told_at"])
    op.create_index(
        "uq_site_check_standing", "site_check", ["site_id", "kind"], unique=True, sqlite_where=STANDING, postgresql_where=STANDING
    )
    op.create_table(
        "site_duty",
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("lead_name", sa.String(length=40), nullable=True),
        sa.Column("lead_phone", sa.String(length=20), nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_duty_site_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("site_id", "day", "shift", "role", name=op.f("pk_site_duty")),
    )


def downgrade() -> None:
    for table in ("site_duty", "site_check", "site_stage"):
        op.drop_table(table)
    for name in OF_AREA:
        op.drop_column("area", name)
    for name in OF_SITE:
        op.drop_column("site", name)
