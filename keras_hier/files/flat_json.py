"""A safe reader for JSON objects of values and lists of values.

Python's `json` takes up to 24 bytes of memory for each byte, and recurses as
deep as the text is nested. Here the form is checked first, which takes no
memory, and only the fields asked for are read.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

# Possessive (`++`): without backtracking the time is proportional to the text.
_SPACE = r"[ \t\r\n]*+"
_STRING = r'"(?:[^"\\]++|(?:\\.)++)*+"'
_SCALAR = rf"(?:{_STRING}|[-+.\w]{{1,64}}+)"
_FLAGS = re.DOTALL | re.ASCII

_OPEN = re.compile(rf"{_SPACE}\{{{_SPACE}", _FLAGS)
_KEY = re.compile(rf"({_STRING}){_SPACE}:{_SPACE}", _FLAGS)
_NEXT = re.compile(rf"{_SPACE}([,}}]){_SPACE}", _FLAGS)
# Far more fields than any version of a format has.
_MAX_KEYS = 64


def loads(text: str, keys: Sequence[str], most: int) -> dict[str, Any]:
    """Reads some keys of a flat object; a list has at most so many values.

    Values are strings, numbers, booleans, nulls, and lists of these.
    """
    opened = _OPEN.match(text)
    if opened is None:
        raise ValueError(f"expected a JSON object {{...}}, got {text[:40]!r}.")
    value = _value(most)
    found: dict[str, Any] = {}
    at = opened.end()
    if text.startswith("}", at) and not text[at + 1 :].strip():
        return found
    for _ in range(_MAX_KEYS):
        key = _KEY.match(text, at)
        span = value.match(text, key.end()) if key else None
        after = _NEXT.match(text, span.end()) if span else None
        if key is None or span is None or after is None:
            raise ValueError(
                "expected a JSON object of values and of lists of at most "
                f"{most:,} values each; at character {at:,} came "
                f"{text[at : at + 40]!r}."
            )
        name = json.loads(key.group(1))
        if name in keys:
            found[name] = json.loads(span.group())
        at = after.end()
        if after.group(1) == "}":
            if at < len(text):
                raise ValueError(
                    f"{len(text) - at} characters follow the end of the JSON."
                )
            return found
    raise ValueError(f"the JSON object has more than {_MAX_KEYS} fields.")


@cache
def _value(most: int) -> re.Pattern[str]:
    more = rf"(?:,{_SPACE}{_SCALAR}{_SPACE}){{0,{most - 1}}}+"
    some = rf"\[{_SPACE}(?:{_SCALAR}{_SPACE}{more})?+\]"
    return re.compile(rf"(?:{_SCALAR}|{some})", _FLAGS)
