"""Opens one workbook in a process of its own, with limits: run as a script, bytes on stdin, one JSON answer on stdout.

A damaged or hostile workbook can make the reader ask for all memory of the machine, and the system then ends whichever
process it likes. Here it can only end this one. The answer is JSON, so that nothing but cells comes back.
"""

import contextlib
import io
import json
import sys

MEMORY_BYTES_MAX = 1_500 * 1024 * 1024
CPU_SECONDS_MAX = 60
EMPTY = ("", None)


def main() -> None:
    """Read a workbook from standard input, answer in JSON: `sheets`, or the code of a refusal in `refused`."""
    limit()
    data = sys.stdin.buffer.read()
    try:
        answer = {"sheets": sheets(data)}
    except MemoryError:
        answer = {"refused": "file.bomb"}
    except BaseException as reason:  # noqa: BLE001 - the reader's panics are no Exceptions
        answer = {"refused": "file.encrypted" if "assword" in f"{type(reason).__name__} {reason}" else "file.broken"}
    json.dump(answer, sys.stdout, default=tagged, ensure_ascii=True)


def limit() -> None:
    """Where the system has no such limits, the size of what unfolds was still looked at before."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def sheets(data: bytes) -> list[dict]:
    """The worksheets in their order, each with its name, its rows and its merged cells."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        {"name": meta.name, "hidden": meta.visible != SheetVisibleEnum.Visible, **cells(book.get_sheet_by_name(meta.name))}
        for meta in book.sheets_metadata
        if meta.typ == SheetTypeEnum.WorkSheet
    ]


def cells(sheet) -> dict:
    """Rows from row 1 on, however many blank ones come first; blank cells and rows at the end are left out."""
    rows = [trimmed(row) for row in sheet.to_python(skip_empty_area=False)] if sheet.total_height else []
    while rows and not rows[-1]:
        rows.pop()
    return {"rows": rows, "merged": [[*start, *end] for start, end in sheet.merged_cell_ranges or []]}


def trimmed(row: list) -> list:
    """A row without the blank cells at its end."""
    end = len(row)
    while end and row[end - 1] in EMPTY:
        end -= 1
    return row[:end]


def tagged(cell: object) -> list:
    """Dates, times and durations as [kind, text or seconds]."""
    if hasattr(cell, "total_seconds"):
        return ["timedelta", cell.total_seconds()]
    return [type(cell).__name__, cell.isoformat()]


if __name__ == "__main__":
    main()
