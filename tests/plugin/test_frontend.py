"""The built page: what the browser fetches before it can draw."""

import gzip
import re

from tb_plugin.plugin import STATIC

# Bytes of the first script, as the network carries it.
BUDGET = 60 * 1024


def test_the_first_script_keeps_within_its_budget() -> None:
    script = (STATIC / "index.js").read_bytes()
    # No other file has to come before it runs.
    assert not re.search(rb"\bimport\s*[\"'`{*]", script)
    assert len(gzip.compress(script, 9)) <= BUDGET


def test_whatever_comes_later_is_there() -> None:
    script = (STATIC / "index.js").read_text(encoding="utf-8")
    later = set(re.findall(r"\bimport\([\"'`]\./([\w.]+)[\"'`]\)", script))
    assert later
    assert later <= {path.name for path in STATIC.iterdir()}
