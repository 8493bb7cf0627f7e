"""A small table of texts, as notebooks draw it."""

import html
from collections.abc import Iterable

from keras_hier.terminal import escaped

_LEFT = 'style="text-align: left"'


def html_table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """Returns a table of two columns as HTML, in which names stay text.

    Example:
        >>> html_table("pets", [("<b>", "2")]).count("&lt;b&gt;")
        1
    """
    body = "".join(
        f"<tr><th {_LEFT}>{_text(head)}</th><td {_LEFT}>{_text(text)}</td></tr>"
        for head, text in rows
    )
    return f"<table><caption {_LEFT}>{_text(title)}</caption>{body}</table>"


def _text(text: str) -> str:
    return html.escape(escaped(text))
