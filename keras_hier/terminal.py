r"""Where text leaves for a terminal: what it would obey, it is shown instead.

Names come from logs, folders and files, and anyone may have written those. A
terminal obeys some characters: it moves the cursor, changes colours and titles,
hides text or turns it around. Such a character is shown as its escape, `\x1b`.
"""

import re
import sys
from typing import TextIO

# Controls of ASCII and of Latin-1, what turns the direction of writing, breaks
# a line or cannot be seen, halves of surrogate pairs (they cannot be encoded)
# and tags. Joiners stay: scripts and emoji need them.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def shown(text: str) -> str:
    r"""Returns a text as one line that a terminal shows and does not obey.

    Example:
        >>> print(shown("pug\x1b[2J\n"))
        pug\x1b[2J\n
    """
    return _OBEYED.sub(
        lambda found: found[0].encode("unicode_escape").decode("ascii"), text
    )


def say(line: str = "", file: TextIO | None = None) -> None:
    """Prints a line, whatever is in it.

    Args:
        line: one line; a line break in it is shown, not printed.
        file: `sys.stdout` by default.
    """
    file = sys.stdout if file is None else file
    # A pipe, or a terminal of another language, may lack letters.
    encoding = getattr(file, "encoding", None) or "utf-8"
    data = shown(line).encode(encoding, "backslashreplace")
    print(data.decode(encoding), file=file)
