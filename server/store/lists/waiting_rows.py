"""Rows of imported files that wait for a person at a desk."""

from sqlalchemy import Select, func, select

from server.store.database import db
from server.store.imports import ImportFile, ImportRow
from server.store.lists.within import Within


def waiting(within: Within) -> Select:
    """(ImportRow, ImportFile) held and not dealt with."""
    query = select(ImportRow, ImportFile).join(ImportFile, ImportFile.id == ImportRow.file_id)
    return query.where(ImportRow.verdict == "held", ImportRow.state == "waiting", within.area_rows(ImportFile.area_id))


WAITING_SORTS = {"arrived": ImportFile.arrived_at, "row": ImportRow.row, "file": ImportFile.name}


def count_waiting(within: Within) -> int:
    query = select(func.count(ImportRow.id)).join(ImportFile, ImportFile.id == ImportRow.file_id)
    query = query.where(ImportRow.verdict == "held", ImportRow.state == "waiting", within.area_rows(ImportFile.area_id))
    return db.session.scalar(query)
