"""The built page: what the browser fetches without being asked."""

import gzip
import re

from tb_plugin.plugin import STATIC

# Bytes as the network carries them, of all scripts that every visit loads.
BUDGET = 72 * 1024
# The page fetches the panel with the first matrix; what it fetches in a
# browser, tests/browser/test_loading.py watches.
ALWAYS = ("index.js", "panel.js")


def imports(name: str) -> set[str]:
    """Returns the files that have to come before one of them runs."""
    script = (STATIC / name).read_text(encoding="utf-8")
    statements = re.findall(r"\b(?:import|from)\s*[\"'`]\./([\w.]+)", script)
    return set(statements)


def always() -> set[str]:
    """Returns the files that come whatever the user does."""
    names: set[str] = set()
    waiting = set(ALWAYS)
    while waiting:
        name = waiting.pop()
        names.add(name)
        waiting |= imports(name) - names
    return names


def test_the_first_script_waits_for_no_other() -> None:
    assert imports("index.js") == set()


def test_what_always_comes_keeps_within_its_budget() -> None:
    sizes = {
        name: len(gzip.compress((STATIC / name).read_bytes(), 9))
        for name in always()
    }
    assert sum(sizes.values()) <= BUDGET, sizes


def test_whatever_comes_later_is_there() -> None:
    later = set()
    for path in STATIC.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        later |= set(re.findall(r"\bimport\([\"'`]\./([\w.]+)[\"'`]\)", script))
        later |= imports(path.name)
    assert later >= {"panel.js", "comparisonView.js"}
    assert later <= {path.name for path in STATIC.iterdir()}
