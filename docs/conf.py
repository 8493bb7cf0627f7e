"""The documentation site: `make docs` builds it, offline."""

import re
from typing import Any

import keras_hier

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


def setup(app: Any) -> None:
    """Adds what Napoleon, which comes after it, leaves as it is."""
    app.connect("autodoc-process-docstring", fenced, priority=100)
