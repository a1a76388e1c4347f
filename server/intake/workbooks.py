"""Workbooks (xlsx, xlsm, xls, ods) through python-calamine, after a look at what opening them would cost.

Calamine unfolds a sheet into a full rectangle, so one cell in the last corner of a sheet would take all memory of the
server: the extent is read first, from the XML, without building anything. Macros are never run and formulas never
evaluated: the value that was saved with the cell is read, and a text that begins with "=" is a text.
"""

from __future__ import annotations

import io
import re
import xml.parsers.expat
import zipfile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from server.intake.reading import ROWS_MAX, Table
from server.problems import Refused

UNFOLDED_BYTES_MAX = 600 * 1024 * 1024
UNFOLDED_RATIO_MAX = 300  # a sheet of text rarely packs better than 1:40
CELLS_MAX = 12_000_000

_REFERENCE = re.compile(rb"""\br=["']([A-Z]{0,3})([0-9]{1,9})["']""")


def read_zipped(data: bytes) -> list[Table]:
    """An xlsx, xlsm, xlsb or ods. Refuses: file.broken, file.bomb, file.encrypted, file.unknown_kind,
    file.too_many_rows.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = {entry.filename: entry for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError) as reason:
        raise Refused("file.broken") from reason
    if any(entry.flag_bits & 1 for entry in names.values()):
        raise Refused("file.encrypted")
    unfolded = sum(entry.file_size for entry in names.values())
    if unfolded > UNFOLDED_BYTES_MAX or unfolded > UNFOLDED_RATIO_MAX * max(len(data), 20_000):
        raise Refused("file.bomb")
    _check_extent(archive, names)
    return _read(data)


def read_compound(data: bytes) -> list[Table]:
    """An xls, or an encrypted xlsx, which comes in the same container. Refuses: file.broken, file.encrypted,
    file.unknown_kind.
    """
    if _wide("EncryptedPackage") in data or _wide("EncryptionInfo") in data:
        raise Refused("file.encrypted")
    if _wide("Workbook") not in data and _wide("Book") not in data:
        raise Refused("file.unknown_kind")
    return _read(data)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _read(data: bytes) -> list[Table]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            return [_table(book, sheet) for sheet in sheets]
    except PasswordError as reason:
        raise Refused("file.encrypted") from reason
    except Refused:
        raise
    except BaseException as reason:  # a hostile file can make the reader panic, which is no Exception
        if isinstance(reason, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        if isinstance(reason, CalamineError) and "password" in str(reason).lower():
            raise Refused("file.encrypted") from reason
        raise Refused("file.broken") from reason


def _table(book: CalamineWorkbook, meta) -> Table:
    sheet = book.get_sheet_by_name(meta.name)
    if sheet.total_height > ROWS_MAX * 6 or sheet.total_height * sheet.total_width > CELLS_MAX * 2:
        raise Refused("file.too_many_rows", limit=f"{ROWS_MAX:,}")
    ranges = [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or []]
    return Table(
        sheet=meta.name,
        rows=sheet.to_python(skip_empty_area=False) if sheet.total_height else [],
        hidden=meta.visible != SheetVisibleEnum.Visible,
        merged=ranges,
    )


def _check_extent(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse sheets whose rectangle is far larger than a list can be, before anything unfolds it."""
    sheets = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
    try:
        if "content.xml" in names:
            _check_ods(archive, names)
        elif sheets:
            for name in sheets:
                _check_xlsx_sheet(archive, name)
        elif not any(name.endswith(".bin") and "worksheets" in name for name in names):
            raise Refused("file.unknown_kind")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, xml.parsers.expat.ExpatError) as reason:
        raise Refused("file.broken") from reason
    except Exception as reason:  # zlib errors have no public base class
        if isinstance(reason, Refused):
            raise
        raise Refused("file.broken") from reason


def _check_xlsx_sheet(archive: zipfile.ZipFile, name: str) -> None:
    last_row = last_column = 0
    rest = b""
    with archive.open(name) as stream:
        while chunk := stream.read(1 << 20):
            chunk = rest + chunk
            for letters, number in set(_REFERENCE.findall(chunk)):
                last_row = max(last_row, int(number))
                last_column = max(last_column, _column_number(letters))
            rest = chunk[-32:]
    _refuse_extent(last_row, last_column)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refuse_extent(rows: int, columns: int) -> None:
    if rows * max(columns, 1) > CELLS_MAX:
        raise Refused("file.bomb")


def _check_ods(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo]) -> None:
    """OpenDocument repeats rows and cells by a number: count what it would unfold to."""
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refused("file.encrypted")
    kind = archive.read("mimetype")[:100] if "mimetype" in names else b"spreadsheet"
    if b"spreadsheet" not in kind:
        raise Refused("file.unknown_kind")
    counter = _OdsExtent()
    with archive.open("content.xml") as stream:
        counter.parser.ParseFile(stream)


class _OdsExtent:
    def __init__(self) -> None:
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._refuse_entity
        self._new_table()

    def _new_table(self) -> None:
        self.rows = self.pending_rows = self.widest = self.column = self.filled_column = 0
        self.row_repeat = self.cell_repeat = 1
        self.cell_is_filled = False

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith(":table"):
            self._new_table()
        elif tag.endswith(":table-row"):
            self.row_repeat = _repeated(attributes, "rows")
            self.column = self.filled_column = 0
        elif tag.endswith((":table-cell", ":covered-table-cell")):
            self.cell_repeat = _repeated(attributes, "columns")
            self.cell_is_filled = any(key.endswith(("value-type", ":formula")) for key in attributes)

    def _text(self, text: str) -> None:
        if not text.isspace():
            self.cell_is_filled = True

    def _end(self, tag: str) -> None:
        if tag.endswith((":table-cell", ":covered-table-cell")):
            self.column += self.cell_repeat
            if self.cell_is_filled:
                self.filled_column = self.column
            self.cell_is_filled = False
        elif tag.endswith(":table-row"):
            self.pending_rows += self.row_repeat
            if self.filled_column:
                self.rows, self.pending_rows = self.rows + self.pending_rows, 0
                self.widest = max(self.widest, self.filled_column)
                _refuse_extent(self.rows, self.widest)

    def _refuse_entity(self, *_: object) -> None:
        raise Refused("file.bomb")


def _repeated(attributes: dict[str, str], what: str) -> int:
    for key, value in attributes.items():
        if key.endswith(f"number-{what}-repeated"):
            return max(1, min(int(value), 10**9))
    return 1
