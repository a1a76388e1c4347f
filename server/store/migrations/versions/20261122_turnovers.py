"""how long each room was in which state, and what was done between two people in it"""

import sqlalchemy as sa
from alembic import op

revision = "0009_turnovers"
down_revision = "0008_site_stages"
branch_labels = None
depends_on = None

LASTS = sa.text("until_at IS NULL")
UNDER_WAY = sa.text("ended_at IS NULL")
# The stages of a turnover, and where the time is kept at which each began.
STAGES = {
    "vacated_dirty": "vacated_at",
    "disinfecting": "disinfecting_at",
    "contact_time": "contact_at",
    "aerating": "aerating_at",
    "inspecting": "inspecting_at",
    "provisioning": "provisioning_at",
}


def upgrade() -> None:
    op.create_table(
        "room_spell",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("room_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("until_at", sa.DateTime(), nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("operation_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("until_at IS NULL OR until_at >= from_at", name=op.f("ck_room_spell_ends_after_it_began")),
        _points_at("room_spell", "room_id", "room.id"),
        _points_at("room_spell", "site_id", "site.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_spell")),
        sa.UniqueConstraint("room_id", "position", name=op.f("uq_room_spell_room_id_position")),
    )
    op.create_index("ix_room_spell_site_from", "room_spell", ["site_id", "from_at"])
    op.create_index("ix_room_spell_room_from", "room_spell", ["room_id", "from_at"])
    op.create_index("ix_room_spell_open", "room_spell", ["site_id", "state"], sqlite_where=LASTS, postgresql_where=LASTS)
    op.create_table(
        "turnover",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("room_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("stay_id", sa.String(length=36), nullable=True),
        sa.Column("seen_from", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in (*STAGES.values(), "ready_at", "ended_at")),
        sa.Column("ended_how", sa.String(length=20), nullable=True),
        sa.Column("agent", sa.String(length=20), nullable=True),
        sa.Column("strength_mg_l", sa.Integer(), nullable=True),
        sa.Column("contact_minutes", sa.Integer(), nullable=True),
        sa.Column("aired_minutes", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.String(length=36), nullable=True) for name in ("disinfected_by", "contact_by", "inspected_by")),
        sa.Column("provisioned", sa.JSON(), nullable=False),
        _points_at("turnover", "room_id", "room.id"),
        _points_at("turnover", "site_id", "site.id"),
        _points_at("turnover", "stay_id", "stay.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turnover")),
    )
    op.create_index("ix_turnover_room_vacated", "turnover", ["room_id", "vacated_at"])
    op.create_index("ix_turnover_site_ready", "turnover", ["site_id", "ready_at"])
    op.create_index("ix_turnover_under_way", "turnover", ["site_id"], sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)
    op.add_column("room", sa.Column("turnover_id", sa.String(length=36), nullable=True))
    _begin_with_what_is()


def _points_at(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True)


def _begin_with_what_is() -> None:
    """Each room's history begins with the state it is in; one that is between two people is in a turnover. Both take the room's id."""
    op.execute(
        "INSERT INTO room_spell (id, room_id, site_id, position, state, from_at, by_id)"
        " SELECT id, id, site_id, 1, state, since, by_id FROM room"
    )
    for state, began in STAGES.items():
        columns = "vacated_at" if began == "vacated_at" else f"vacated_at, {began}"
        values = "since" if began == "vacated_at" else "last_vacated_at, since"
        op.execute(
            f"INSERT INTO turnover (id, room_id, site_id, seen_from, provisioned, {columns})"
            f" SELECT id, id, site_id, state, '[]', {values} FROM room WHERE state = '{state}'"
        )
    op.execute("UPDATE room SET turnover_id = id WHERE id IN (SELECT id FROM turnover)")


def downgrade() -> None:
    op.drop_column("room", "turnover_id")
    op.drop_table("turnover")
    op.drop_table("room_spell")
