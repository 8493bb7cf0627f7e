"""The page and its answers as one HTML file."""

import base64
import gzip
import hashlib
import html
import json
import re
import struct
from typing import Any

from tb_plugin.plugin import STATIC

# Nothing is fetched, and no script runs but the page's own.
_POLICY = (
    "default-src 'none'; script-src 'sha256-{digest}'; style-src "
    "'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
)
_FILE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
</head>
<body>
<script type="text/plain" id="blocks-data">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""
# A script may not hold these within a page.
_ENDS = re.compile(r"<(?=/script|!--)", re.IGNORECASE)

# Packed answers, by the question that the page asks.
Answers = dict[str, bytes]


def page(answers: Answers, title: str) -> bytes:
    """Returns the page with its answers, as one HTML file.

    Raises:
        FileNotFoundError: the page is not built.
    """
    script = (STATIC / "file.js").read_text("utf-8")
    # Within strings of JavaScript it means the same.
    script = _ENDS.sub(r"\\x3c", script)
    digest = hashlib.sha256(script.encode()).digest()
    policy = _POLICY.format(digest=base64.b64encode(digest).decode())
    return _FILE.format(
        policy=policy,
        title=html.escape(title),
        data=base64.b64encode(_joined(answers)).decode(),
        script=script,
    ).encode()


def _joined(answers: Answers) -> bytes:
    """Returns the answers one after another, behind where each lies."""
    places, at = {}, 0
    for key, answer in answers.items():
        places[key] = [at, at + len(answer)]
        at += len(answer)
    index = packed(json.dumps(places).encode())
    return b"".join([struct.pack("<I", len(index)), index, *answers.values()])


def key_of(route: str, **query: Any) -> str:
    """Returns a question as `fileSource.ts` writes it."""
    fields = sorted(f"{name}={value}" for name, value in query.items())
    return json.dumps(
        [route, *fields], ensure_ascii=False, separators=(",", ":")
    )


def as_json(value: Any) -> bytes:
    """Returns an answer in JSON, packed."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return packed(text.encode())


def packed(answer: bytes) -> bytes:
    """Returns an answer as it lies in the file."""
    return gzip.compress(answer, 6, mtime=0)
