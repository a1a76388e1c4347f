"""Imported files, each of their rows with its verdict, and the saved mappings of each unit."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime


class ImportFile(Base):
    """One file as it came. `state`: judging (invisible), judged (a preview), accepting, done, refused."""

    __tablename__ = "import_file"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(
        String(20)
    )  # list, areas, communities, sites, rooms, room_states, occupants, vehicles, staff, hospitals
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    list_day: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), index=True)
    code: Mapped[str | None] = mapped_column(String(60))  # why it was refused
    mapping: Mapped[dict] = mapped_column(JSON, default=dict)  # header word → field, as a person chose it in the preview
    sheets: Mapped[list] = mapped_column(JSON, default=list)  # how each sheet was understood
    skipped: Mapped[list] = mapped_column(JSON, default=list)  # every filled line that is no data row
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # sealed; kept until it is taken in
    arrived_at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[str | None] = mapped_column(String(36))
    data_rows: Mapped[int] = mapped_column(Integer, default=0)
    accepted: Mapped[int] = mapped_column(Integer, default=0)
    matched: Mapped[int] = mapped_column(Integer, default=0)
    held: Mapped[int] = mapped_column(Integer, default=0)
    done_rows: Mapped[int] = mapped_column(Integer, default=0)  # how far accepting has come


class ImportRow(Base):
    """One data row: its cells as read, the values understood, its verdict, and for a held one what became of it."""

    __tablename__ = "import_row"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("import_file.id"))
    position: Mapped[int] = mapped_column(Integer)
    sheet: Mapped[str | None] = mapped_column(String(60))
    row: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(8))
    reasons: Mapped[list] = mapped_column(JSON, default=list)
    warnings: Mapped[list] = mapped_column(JSON, default=list)
    cells: Mapped[dict] = mapped_column(JSON, default=dict)
    read: Mapped[dict] = mapped_column(JSON, default=dict)
    person_id: Mapped[str | None] = mapped_column(String(36), index=True)
    state: Mapped[str] = mapped_column(String(8))  # judged, done, waiting (held), mended, dropped (a duplicate), closed (by a newer list)
    other_row_id: Mapped[str | None] = mapped_column(String(36))  # the held row it was held beside
    household: Mapped[str | None] = mapped_column(String(160))
    # Of a list's row, what it is recognised by and counted under; the ID number itself is sealed.
    name: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(20))
    address_key: Mapped[str | None] = mapped_column(String(160))
    birth_year: Mapped[int | None] = mapped_column(Integer)
    category: Mapped[str | None] = mapped_column(String(20))
    id_sealed: Mapped[str | None] = mapped_column(String(200))
    id_key: Mapped[str | None] = mapped_column(String(64), index=True)
    waits: Mapped[bool] = mapped_column(Boolean, default=False)  # held, and a person nobody else stands for

    __table_args__ = (
        UniqueConstraint("file_id", "position"),
        Index("ix_import_row_state", "file_id", "state"),
        Index("ix_import_row_waits", "waits", "file_id", sqlite_where=text("waits = 1"), postgresql_where=text("waits")),
        Index(
            "ix_import_row_to_mend",
            "state",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class ColumnMapping(Base):
    """What a unit's header words mean, kept for its next list."""

    __tablename__ = "column_mapping"
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"), primary_key=True)
    header: Mapped[str] = mapped_column(String(80), primary_key=True)
    field: Mapped[str] = mapped_column(String(40))
