"""Tables in an HTML page: many systems "export to Excel" by writing one and calling it .xls."""

from __future__ import annotations

from html.parser import HTMLParser

from server.intake.table import Table
from server.problems import Refused

_COLUMNS_MAX = 400


def looks_like_page(text: str) -> bool:
    """Whether the text is a page rather than delimited text."""
    start = text[:3000].lstrip().lower()
    return start.startswith(("<!doctype", "<html", "<table", "<head", "<meta", "<style", "<?xml", "<body", "<div"))


def read_page(text: str) -> list[Table]:
    """Each table of the page. Refuses: file.unknown_kind when it holds none."""
    reader = _PageTables()
    reader.feed(text)
    reader.close()
    tables = [Table(sheet=None, rows=rows) for rows in reader.tables if rows]
    if not tables:
        raise Refused("file.unknown_kind")
    return tables


class _PageTables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None
        self.span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self._finish_cell()
            self.cell = []
            span = dict(attrs).get("colspan") or "1"
            self.span = min(int(span), _COLUMNS_MAX) if span.isdecimal() else 1
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._finish_cell()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def _finish_cell(self) -> None:
        if self.cell is None:
            return
        if not self.tables[-1]:
            self.tables[-1].append([])
        self.tables[-1][-1] += ["".join(self.cell).strip()] + [""] * (self.span - 1)
        self.cell = None
