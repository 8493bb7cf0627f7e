"""Text files that people and other programs wrote."""

import csv
import io
import re
from pathlib import Path


def read_text(path: str | Path) -> str:
    """Reads UTF-8, with or without the byte order mark that editors put first.

    Raises:
        ValueError: another encoding.
        OSError: no such file, or an unreadable one.
    """
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path}, line {line}: expected UTF-8, got the byte "
            f"0x{error.object[error.start]:02x}. Save the file as UTF-8."
        ) from None


def read_rows(path: str | Path) -> list[list[str]]:
    """Reads CSV: the cells, stripped, of every line that is not blank.

    Cells are parted by commas; by semicolons, or else tabs, where the first
    line has these and no comma, as spreadsheets write them where commas are
    decimal points.

    Raises:
        ValueError: another encoding, or no CSV.
        OSError: no such file, or an unreadable one.
    """
    text = read_text(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_mark(text))
    try:
        rows = [[cell.strip() for cell in line] for line in lines]
    except csv.Error as error:
        raise ValueError(
            f"{path}, line {lines.line_num}: {error}. A quotation mark that "
            "nothing closes?"
        ) from None
    return [row for row in rows if any(row)]


def _mark(text: str) -> str:
    first = re.search(r"^.*\S.*$", text, re.MULTILINE)
    bare = re.sub('"[^"]*"', "", first[0]) if first else ""
    return next((mark for mark in ",;\t" if mark in bare), ",")
