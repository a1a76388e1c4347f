"""A table whose filter, sort and page stand in the URL, so that a view can be sent to a colleague; and its export."""

from collections.abc import Callable, Iterable
from io import BytesIO
from math import ceil

from flask import Response, request, send_file
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import Select, func
from werkzeug.datastructures import MultiDict

from server.store.database import db

PER_PAGE = 50
EXPORT_ROWS_MAX = 20_000
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Columns = list[tuple[str, Callable]]


class Listing:
    """One page of a query. `sorts` names the columns by which it may be sorted; `sort=-age` turns the order round.

    `total` is how many rows there are, where that is known already.
    """

    def __init__(
        self,
        query: Select,
        sorts: dict[str, object],
        sort: str,
        per_page: int = PER_PAGE,
        *,
        total: int | None = None,
    ):
        wanted = request.args.get("sort", sort)
        self.sort = wanted if wanted.lstrip("-") in sorts else sort
        self.sorts, self.per_page = sorts, per_page
        self.query = self._sorted(query)
        self.total = count_of(query) if total is None else total
        self.pages = max(ceil(self.total / per_page), 1)
        self.page = min(max(request.args.get("page", 1, type=int), 1), self.pages)
        self.first = (self.page - 1) * per_page
        self.rows = db.session.execute(self.query.limit(per_page).offset(self.first)).all() if self.total else []
        self.last = self.first + len(self.rows)

    def _sorted(self, query: Select) -> Select:
        column = self.sorts[self.sort.lstrip("-")]
        ordered = column.desc().nulls_last() if self.sort.startswith("-") else column.asc().nulls_last()
        table = query.column_descriptions[0]["entity"]
        return query.order_by(ordered, table.id)

    def page_of(self, items: list) -> list:
        """The same page of what was put together by hand from all rows: what no column of the database says."""
        self.total = len(items)
        self.pages = max(ceil(self.total / self.per_page), 1)
        self.page = min(self.page, self.pages)
        self.first = (self.page - 1) * self.per_page
        shown = items[self.first : self.first + self.per_page]
        self.last = self.first + len(shown)
        return shown

    def all_rows(self) -> Iterable:
        """What is seen, over all pages, up to the most that one export carries."""
        return db.session.execute(self.query.limit(EXPORT_ROWS_MAX)).all()

    def sort_address(self, name: str) -> str:
        """Sorted by this column; the other way round when it already is."""
        return address(sort=f"-{name}" if self.sort == name else name, page=None)

    def direction(self, name: str) -> str | None:
        """The value of `aria-sort` for this column's head."""
        if self.sort.lstrip("-") != name:
            return None
        return "descending" if self.sort.startswith("-") else "ascending"


def count_of(query: Select) -> int:
    """How many rows the query would give."""
    return db.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None))


def address(**changes) -> str:
    """This page's address with some of its query changed; None takes a value away."""
    query = MultiDict(request.args)
    query.pop("as", None)
    for name, value in changes.items():
        query.poplist(name)
        if value not in (None, ""):
            query.add(name, str(value))
    from urllib.parse import urlencode

    text = urlencode(list(query.items(multi=True)))
    return f"{request.path}?{text}" if text else request.path


def wants_export() -> bool:
    """Whether this request asks for the rows as a spreadsheet."""
    return request.args.get("as") == "xlsx"


def export(name: str, columns: Columns, rows: Iterable) -> Response:
    """The same rows as a spreadsheet. A text that begins like a formula stays a text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.append([title for title, _show in columns])
    for row in rows:
        sheet.append([_cell(sheet, show(row)) for _title, show in columns])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=SHEET, as_attachment=True, download_name=f"{name}.xlsx")


def _cell(sheet, value) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value if isinstance(value, int | float) else str(value or ""))
    if isinstance(cell.value, str):
        cell.data_type = "s"
    return cell
