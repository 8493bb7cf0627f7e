r"""Text for a terminal, with control characters escaped.

Names come from logs, folders and files, and anyone may have written those. A
terminal obeys some characters: it moves the cursor, changes colours and titles,
hides text or turns it around. Such a character is printed as its escape,
`\x1b`.
"""

import os
import re
import sys
from typing import TextIO

# Control characters of ASCII and Latin-1; characters that change the direction
# of writing, break a line or cannot be seen; halves of surrogate pairs, which
# cannot be encoded; tags. Joiners stay: scripts and emoji need them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def escaped(text: str) -> str:
    """Returns a text as one line that a terminal prints and does not obey."""
    return _UNSAFE.sub(
        lambda found: found[0].encode("unicode_escape").decode("ascii"), text
    )


def print_line(line: str = "", file: TextIO | None = None) -> None:
    """Prints a line, with control characters and line breaks escaped.

    A reader who has gone, such as `head`, ends nothing: a command may still
    have files to write. By default it goes to `sys.stdout`.
    """
    file = sys.stdout if file is None else file
    if file is None:  # a shell has closed it
        return
    # The encoding of a pipe or a terminal may lack some letters.
    encoding = getattr(file, "encoding", None) or "utf-8"
    data = escaped(line).encode(encoding, "backslashreplace")
    try:
        print(data.decode(encoding), file=file)
    except BrokenPipeError:
        to_nowhere(file)


def to_nowhere(file: TextIO) -> None:
    """Drops whatever is printed to a stream from now on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, file.fileno())
    os.close(nowhere)
