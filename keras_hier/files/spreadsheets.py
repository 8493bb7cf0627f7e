"""CSV whose cells a spreadsheet shows as text, and never as formulas.

Names come from logs and folders. A spreadsheet takes a cell that begins with
`=`, `+`, `-` or `@` for a formula, which can start programs and send data away.
Such a text gets an apostrophe first, as OWASP advises. So does text after a
semicolon, a tab or the end of a line, where some spreadsheets begin a new cell.
Numbers stay as they are. The page does the same
(`tb_plugin/frontend/src/export/csv.ts`).

Reference:
    OWASP, "CSV Injection",
    https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Invisible characters that may precede a sign, and the signs, which have wide
# forms in East Asia.
_BEFORE = "[ \u00a0\ufeff\"']*"
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_COMPUTED = (
    f"{_BEFORE}[{_SIGNS}\0\t\r\n]",
    f"[ \u00a0\ufeff\"'\t\r\n]*[{_SIGNS}]",
)
_BEGINS = re.compile(f"^(?={_COMPUTED[0]})|(?<=[;\t\r\n])(?={_COMPUTED[1]})")
_GUARDED = re.compile(f"^'(?={_COMPUTED[0]})|(?<=[;\t\r\n])'(?={_COMPUTED[1]})")


def guarded(text: str) -> str:
    """Returns a text that no spreadsheet takes for a formula."""
    return _BEGINS.sub("'", text)


def unguarded(text: str) -> str:
    """Returns the text that `guarded` was given."""
    return _GUARDED.sub("", text) if "'" in text else text


def text_of_rows(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> str:
    """Returns the CSV of a table with a header.

    Text is guarded. Numbers that are not finite are left empty.
    """
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, columns)
    table.writeheader()
    for row in rows:
        table.writerow({key: _cell(value) for key, value in row.items()})
    return file.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
