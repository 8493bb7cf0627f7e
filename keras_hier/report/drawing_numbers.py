"""Numbers of the drawing that the page has as well.

`drawing.json` holds them, and `palette.json` the colours: the page's build
(`tb_plugin/frontend/src/ui/drawing.ts`, `colours.ts`) takes them from the same
files. Lengths are in pixels of the page.
"""

import json
from importlib import resources
from typing import Any


def read_shared(name: str) -> dict[str, Any]:
    """Returns what a JSON file of this package holds."""
    file = resources.files(__package__) / name
    return dict(json.loads(file.read_text(encoding="utf-8")))


DRAWING = read_shared("drawing.json")
