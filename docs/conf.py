"""The documentation site: `make docs` builds it, offline."""

import inspect
import re
import textwrap
from typing import Any

import keras_hier
from tb_plugin.plugin import find_services
from tb_plugin.routing import routes_of

project = "keras-hier"
author = "the keras-hier authors"
copyright = f"2026, {author}"
version = release = keras_hier.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxarg.ext",
]
exclude_patterns = ["_build", "README.md"]

html_theme = "pydata_sphinx_theme"
html_title = "keras-hier"
html_theme_options = {
    "navbar_align": "left",
    "show_toc_level": 2,
    "navigation_with_keys": False,
}
html_sidebars = {"index": [], "start": [], "glossary": []}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Docstrings write code in single backticks and have a section of sources.
default_role = "code"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Reference", "notes_style")]
autodoc_typehints = "none"
autodoc_member_order = "bysource"


def fenced(app: Any, what: str, name: str, of: Any, options: Any, lines: list):
    """Makes the fenced code of a docstring what reStructuredText knows."""
    text = re.sub(
        r"^( *)```python\n(.*?)\n *```$",
        lambda found: (
            f"{found[1]}.. code-block:: python\n\n"
            + re.sub("(?m)^(?=.)", "    ", found[2])
        ),
        "\n".join(lines),
        flags=re.DOTALL | re.MULTILINE,
    )
    lines[:] = text.split("\n")


def routes(app: Any, name: str, source: list[str]) -> None:
    """Adds what each HTTP route answers, by its docstring, to their page."""
    if name == "reference/http":
        for service in find_services():
            app.env.note_dependency(inspect.getfile(service))
            for route in routes_of(service):
                text = inspect.getdoc(getattr(service, route))
                source[0] += f"\n## `GET {route}`\n\n{markdown(text)}\n"


def markdown(docstring: str) -> str:
    """Makes Markdown of the sections and links of a docstring."""
    text = re.sub(r"\bdocs/([\w/-]+\.md)", r"[\1](../\1)", docstring)
    head, *parts = re.split(r"^(\w+):\n", text, flags=re.MULTILINE)
    for title, lines in zip(parts[::2], parts[1::2], strict=True):
        part = textwrap.dedent(lines).strip()
        if title == "Example":
            head += f"```json\n{part}\n```\n"
        else:
            items = re.sub(
                r"(?m)^(\w[\w, ]*): ",
                lambda found: f"- `{found[1].replace(', ', '`, `')}`: ",
                re.sub(r"(?m)^ +", "  ", part),
            )
            head += f"**{title}**\n\n{items}\n\n"
    return head


def setup(app: Any) -> None:
    """Adds what Napoleon, which comes after it, leaves as it is."""
    app.connect("source-read", routes)
    app.connect("autodoc-process-docstring", fenced, priority=100)
