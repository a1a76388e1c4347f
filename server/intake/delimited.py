"""Delimited text: which encoding, which delimiter, which cells. Told by content alone."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from charset_normalizer import from_bytes

from server.intake.ledger_words import is_header_word
from server.intake.table import ROWS_MAX, Table
from server.problems import Refused

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS = ",\t;|，；¦^~"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_SAMPLE_LINES = 80
LOST = "\ufffd"
LOST_SHARE = 200
csv.field_size_limit(1 << 20)


def decode(data: bytes) -> str:
    """The text of the bytes. Refuses: file.broken (cut off or no text), file.unknown_kind (binary)."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _nearly(data, encoding) or _refuse_broken()
    if encoding := _wide_without_mark(data):
        return _nearly(data, encoding) or _refuse_broken()
    candidates = [text for encoding in ("utf-8", "gb18030", "big5hkscs", "shift_jis") if (text := _try(data, encoding)) is not None]
    if not candidates:
        nearly = [text for encoding in ("utf-8", "gb18030", "big5hkscs") if (text := _nearly(data, encoding)) and _familiarity(text) > 1]
        candidates = sorted(nearly, key=lambda text: text.count(LOST))[:1] or _by_statistics(data)
    if not candidates or _CONTROL.search(candidates[0][:200_000]):
        raise Refused("file.unknown_kind")
    best = max(candidates, key=_familiarity)  # the first of equals: utf-8, then gb18030
    return _latin(data, best) or best


def read_text(text: str) -> Table:
    """The cells of a delimited text; a record that spans lines counts as one row, blank lines count too."""
    delimiter = _delimiter(text)
    if delimiter is None:
        return Table(sheet=None, rows=[_spaced(line) for line in text.splitlines()])
    rows = _parse(text, delimiter)
    usual = Counter(len(row) for row in rows if row).most_common(1)[0][0] if rows else 1
    if any(cell.count("\n") > 1 and cell.count(delimiter) >= usual - 1 for row in rows for cell in row):
        # A quotation mark that is never closed swallows the lines that follow it.
        rows = _line_by_line(text, delimiter)
    return Table(sheet=None, rows=rows)


def _nearly(data: bytes, encoding: str) -> str | None:
    """The text with at most one sign in two hundred lost: one damaged byte must not send a whole list back.

    Rows that hold a lost sign are told so (`text_damaged`).
    """
    text = data.decode(encoding, errors="replace")
    return text if text.count(LOST) * LOST_SHARE <= len(text) + LOST_SHARE else None


def _refuse_broken() -> str:
    raise Refused("file.broken")


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark shows itself by the zero halves of its delimiters, digits and line ends."""
    sample = data[:20_000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) / 40 or min(even, odd) * 8 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _by_statistics(data: bytes) -> list[str]:
    guess = from_bytes(data[:200_000]).best()
    text = _try(data, guess.encoding) if guess else None
    return [text] if text is not None else []


def _latin(data: bytes, text: str) -> str | None:
    """A list in a western language: what reads as a lone Chinese character inside a word is a letter with an accent."""
    foreign = len(re.findall(r"[^\x00-\x7f]+", text))
    inside = len(re.findall(r"[A-Za-z][^\x00-\x7f]{1,2}(?=[a-z,;\t ])", text))
    if text.isascii() or inside * 2 <= foreign or _try(data, "utf-8") is not None:
        return None
    return _try(data, "cp1252")


def _familiarity(text: str) -> int:
    """How many cells of the first lines are words that headers use."""
    cells = re.split(r"[,\t;|，；\r\n\"]+", text[:4000])
    return sum(1 for cell in cells if 0 < len(cell) < 20 and is_header_word(cell))


def _delimiter(text: str) -> str | None:
    """The delimiter, or None when columns are kept apart by spaces."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:_SAMPLE_LINES]
    scores = {delimiter: _delimiter_score(lines, delimiter) for delimiter in _DELIMITERS}
    best = max(scores, key=scores.__getitem__)
    if scores[best][0] == 0 and max((sum(map(is_header_word, _spaced(line))) for line in lines), default=0) >= 3:
        return None
    return best if scores[best] > (0, 0) else ","


def _spaced(line: str) -> list[str]:
    """Cells of a line whose columns are kept apart by spaces; a date keeps its time, a wide gap is no empty cell."""
    return re.sub(r"(\d[日号]?) (?=(?:[上下]午|[早晚])?\d{1,2}[:点时])", r"\1T", line).split()


def _delimiter_score(lines: list[str], delimiter: str) -> tuple[int, float]:
    """(header words in the best line, share of lines with the usual number of cells × that number)."""
    split = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    words = max((sum(1 for cell in row if is_header_word(cell)) for row in split), default=0)
    widths = Counter(len(row) for row in split)
    usual, times = widths.most_common(1)[0] if widths else (1, 0)
    steadiness = usual * times / max(len(split), 1) if usual > 1 else 0.0
    return (words if words > 1 else 0, steadiness)


def _line_by_line(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in text.splitlines():
        quoting = csv.QUOTE_NONE if line.count('"') % 2 else csv.QUOTE_MINIMAL
        cells = next(csv.reader([line], delimiter=delimiter, quoting=quoting, skipinitialspace=True), [])
        rows.append([cell.strip('"') for cell in cells] if quoting == csv.QUOTE_NONE else cells)
    return rows


def _parse(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > ROWS_MAX * 2:
                raise Refused("file.too_many_rows", limit=f"{ROWS_MAX:,}")
    except csv.Error:  # a field beyond all measure: the same unclosed mark
        return _line_by_line(text, delimiter)
    return rows
