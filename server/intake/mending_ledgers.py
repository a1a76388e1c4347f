"""Held rows of ledgers mended in place: the row's own columns are the form, and what is written is read as the ledger's line it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.domain.acts import Actor, Incoming
from server.domain.write_path import Work, in_one_transaction
from server.intake.accepting import places_of
from server.intake.keeping import row_of_ledger
from server.intake.ledgers import LedgerRow, read_ledger
from server.intake.registering import LEDGER_VERBS
from server.intake.table import Table
from server.problems import Refused
from server.store.database import secret
from server.store.imports import ImportFile, ImportRow

TWICE = "duplicate_in_file"  # mended means: this line says it better than the first, and is saved over it
ID_COLUMNS = ("id_sealed", "id_key")


def form_of(row: ImportRow) -> dict[str, Any]:
    """Header → text, as the file has it (of an ID number its tail)."""
    return dict(row.cells)


def mend_ledger_row(row: ImportRow, file: ImportFile, changes: dict[str, str], *, by: Actor, at: datetime) -> None:
    """Read the line again with these texts ({header: text}) in place of what it said, and save what it tells.

    Refuses: row.already_mended, row.still_held (with its reasons), and whatever the ledger's verb refuses.
    """
    read = _read_again(row, file, changes, at)
    still = [reason for reason in read.reasons if reason != TWICE]
    if still:
        raise Refused("row.still_held", reasons="、".join(still), codes=still)
    kept = row_of_ledger(read, row.position, secret())
    if not any("…" in str(text) and header in changes for header, text in row.cells.items()) and row.id_sealed:
        kept |= {name: getattr(row, name) for name in ID_COLUMNS}  # the number was not written anew: the one that came stays
    mended = ImportRow(**kept)
    verb, tell = LEDGER_VERBS[file.kind]
    operation = Incoming(type=verb, author=by, args=tell(read.values, mended, places_of(file)), door="import")
    in_one_transaction(at, lambda work: _save(work, operation, row.id))


def _save(work: Work, operation: Incoming, row_id: str) -> None:
    """The ledger's line and the end of its waiting, together or not at all."""
    row = work.session.get(ImportRow, row_id, populate_existing=True, with_for_update=True)
    if row.state != "waiting":
        raise Refused("row.already_mended")
    verdict = work.judge(operation)
    if not verdict.took_effect:
        raise Refused(verdict.code, **verdict.values)
    row.state, row.waits = "mended", False
    work.finish()


def _read_again(row: ImportRow, file: ImportFile, changes: dict[str, str], at: datetime) -> LedgerRow:
    cells = {**row.cells, **{header: text.strip() for header, text in changes.items()}}
    table = Table(None, [list(cells), [str(text) for text in cells.values()]])
    rows = read_ledger([table], file.kind, near=file.list_day or at.date()).rows
    if not rows:
        raise Refused("row.still_held", reasons="", codes=list(row.reasons))
    return rows[0]
