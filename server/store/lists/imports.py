"""Imported files and their rows, and the held ones that wait for a person at a desk."""

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.imports import ImportFile, ImportRow
from server.store.lists.within import Within
from server.store.users import User


def files(within: Within, *, state: str | None = None, kind: str | None = None) -> Select:
    """(ImportFile, Area, User) of what has been judged."""
    query = (
        select(ImportFile, Area, User)
        .join(Area, Area.id == ImportFile.area_id, isouter=True)
        .join(User, User.id == ImportFile.by_id, isouter=True)
        .where(ImportFile.state != "judging", within.area_rows(ImportFile.area_id))
    )
    for column, wanted in ((ImportFile.state, state), (ImportFile.kind, kind)):
        if wanted:
            query = query.where(column == wanted)
    return query


FILE_SORTS = {"arrived": ImportFile.arrived_at, "name": ImportFile.name, "day": ImportFile.list_day, "held": ImportFile.held}


def rows(file_id: str, *, verdict: str | None = None) -> Select:
    """(ImportRow) of one file."""
    query = select(ImportRow).where(ImportRow.file_id == file_id)
    return query.where(ImportRow.verdict == verdict) if verdict else query


ROW_SORTS = {"row": ImportRow.position, "verdict": ImportRow.verdict, "name": ImportRow.name}


def waiting(within: Within, *, area: str | None = None, search: str | None = None) -> Select:
    """(ImportRow, ImportFile, Area) held and not dealt with."""
    query = (
        select(ImportRow, ImportFile, Area)
        .join(ImportFile, ImportFile.id == ImportRow.file_id)
        .join(Area, Area.id == ImportFile.area_id, isouter=True)
        .where(ImportRow.state == "waiting", within.area_rows(ImportFile.area_id))
    )
    if area:
        query = query.where(ImportFile.area_id == area)
    if search:
        query = query.where(or_(ImportRow.name.contains(search, autoescape=True), ImportRow.phone.endswith(search)))
    return query


WAITING_SORTS = {"arrived": ImportFile.arrived_at, "row": ImportRow.position, "name": ImportRow.name, "file": ImportFile.name}


def count_waiting(session: Session, within: Within) -> int:
    """How many held rows wait to be mended, within what the reader reaches."""
    query = select(func.count(ImportRow.id)).join(ImportFile, ImportFile.id == ImportRow.file_id)
    return session.scalar(query.where(ImportRow.state == "waiting", within.area_rows(ImportFile.area_id)))


def one_row(session: Session, within: Within, id: str):
    """(ImportRow, ImportFile, Area) or None."""
    return session.execute(
        select(ImportRow, ImportFile, Area)
        .join(ImportFile, ImportFile.id == ImportRow.file_id)
        .join(Area, Area.id == ImportFile.area_id, isouter=True)
        .where(ImportRow.id == id, ImportRow.verdict == "held", within.area_rows(ImportFile.area_id))
    ).first()
