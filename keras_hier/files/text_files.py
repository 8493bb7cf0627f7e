"""Text and CSV files from users, read within limits."""

import csv
import io
import re
from pathlib import Path

from keras_hier.files import limits
from keras_hier.files.regular_files import open_named, size_of


def read_bytes(path: str | Path, most: int = limits.FILE_BYTES) -> bytes:
    """Reads a file that the user has named, if it is not too large."""
    with open_named(path) as file:
        if (size := size_of(file)) > most:
            raise ValueError(
                f"{path}: expected a file of at most {most:,} bytes, got one "
                f"of {size:,}."
            )
        return file.read()


def read_text(path: str | Path, most: int = limits.FILE_BYTES) -> str:
    """Reads UTF-8, with or without a byte order mark."""
    try:
        return read_bytes(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.object.startswith(b"\x1f\x8b"):
            raise ValueError(
                f"{path}: expected text, got a file packed by gzip. Unpack it."
            ) from None
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path}, line {line}: expected UTF-8, got the byte "
            f"0x{error.object[error.start]:02x}. Save the file as UTF-8."
        ) from None


def read_rows(
    path: str | Path, are_samples: bool = False, same_width: bool = False
) -> list[list[str]]:
    """Reads CSV: the cells, stripped, of every line that is not blank.

    Commas part cells. If the first line has semicolons, or else tabs, and no
    comma, these do, as spreadsheets write them where commas are decimal points.
    Only the last lines of samples may be blank.
    """
    return parse_rows(read_text(path), path, are_samples, same_width)


def parse_rows(
    text: str,
    path: str | Path,
    are_samples: bool = False,
    same_width: bool = False,
) -> list[list[str]]:
    """Does the same for a text, whose source is named in errors."""
    if are_samples:
        # csv.writer leaves these on Windows without newline="".
        text = text.replace("\r\r\n", "\r\n")
    said = _SAID.match(text)  # of Excel, the line is no row
    lines = csv.reader(
        io.StringIO(f"{text}\n{_END}", newline=""),
        delimiter=said[1] if said else _delimiter(text),
    )
    rows, blank, before, after = [], 0, 0, 0
    try:
        if said:
            next(lines)
            after = 1
        for line in lines:
            if line == [_END]:
                break
            before, after = after, lines.line_num
            if line and line[-1].endswith(_END):
                raise ValueError(
                    f"{path}, line {before + 1}: no quotation mark closes one "
                    "that opens there, so that a cell holds the rest of the "
                    "file."
                )
            row = [cell.strip() for cell in line]
            if not any(row):
                blank = blank or lines.line_num
                continue
            if blank and are_samples:
                raise ValueError(
                    f"{path}, line {blank}: it is blank, and samples follow. "
                    "Leave out a sample without a class in all files."
                )
            rows.append(row)
            if same_width and len(row) != len(rows[0]):
                raise ValueError(
                    f"{path}, line {before + 1}: expected {len(rows[0])} "
                    f"cells, as in the first line, got {len(row)}."
                )
    except csv.Error as error:
        raise ValueError(
            f"{path}, line {lines.line_num}: {error}. A quotation mark that "
            "nothing closes?"
        ) from None
    return rows


# A line after the last one, which a quotation mark left open swallows.
_END = "\x1eend\x1e"
_SAID = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


def _delimiter(text: str) -> str:
    first = re.search(r"^.*\S.*$", text, re.MULTILINE)
    bare = re.sub('"[^"]*"', "", first[0]) if first else ""
    return next((mark for mark in ",;\t" if mark in bare), ",")
