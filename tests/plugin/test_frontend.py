"""The built page: what the browser fetches without being asked."""

import gzip
import re

import pytest

from tb_plugin.plugin import STATIC

# Bytes as the network carries them, of all scripts that every visit loads.
# Of the last KiB 295 bytes are what tells epochs that were logged again, other
# trees and chosen samples from those that a figure is of. 210 bytes more set
# the bar of choices as wide as fits, lest its end lie outside the window. 211
# more name no epoch for a group that chance alone takes over the threshold.
BUDGET = 73 * 1024 + 768
# The page fetches the panel with the first matrix; what it fetches in a
# browser, tests/browser/test_loading.py watches.
ALWAYS = ("index.js", "panel.js")
# Of a view, what comes when it is first opened, and is nobody else's.
VIEW_BUDGETS = {"LayersView.js": 12 * 1024}


def imports(name: str) -> set[str]:
    """Returns the files that have to come before one of them runs."""
    script = (STATIC / name).read_text(encoding="utf-8")
    statements = re.findall(r"\b(?:import|from)\s*[\"'`]\./([\w.]+)", script)
    return set(statements)


def with_imports(*first: str) -> set[str]:
    """Returns files, and all that have to come before they run."""
    names: set[str] = set()
    waiting = set(first)
    while waiting:
        name = waiting.pop()
        names.add(name)
        waiting |= imports(name) - names
    return names


def sizes_of(names: set[str]) -> dict[str, int]:
    """Returns how many bytes of each file the network carries."""
    return {
        name: len(gzip.compress((STATIC / name).read_bytes(), 9))
        for name in names
    }


def test_the_first_script_waits_for_no_other() -> None:
    assert imports("index.js") == set()


def test_what_always_comes_keeps_within_its_budget() -> None:
    sizes = sizes_of(with_imports(*ALWAYS))
    assert sum(sizes.values()) <= BUDGET, sizes


@pytest.mark.parametrize("view", VIEW_BUDGETS)
def test_a_view_keeps_within_its_budget_and_comes_late(view: str) -> None:
    late = with_imports(view) - with_imports(*ALWAYS)
    assert view in late
    sizes = sizes_of(late)
    assert sum(sizes.values()) <= VIEW_BUDGETS[view], sizes


def test_whatever_comes_later_is_there() -> None:
    later = set()
    for path in STATIC.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        later |= set(re.findall(r"\bimport\([\"'`]\./([\w.]+)[\"'`]\)", script))
        later |= imports(path.name)
    assert later >= {"panel.js", "comparisonView.js"}
    assert later <= {path.name for path in STATIC.iterdir()}
