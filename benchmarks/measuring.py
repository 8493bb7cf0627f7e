"""Options, times, pages and printing that measurements share."""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.page_requests import PageRequests
from tests.support.serving import WINDOW, chromium, open_blocks

# Waiting in the page: for a frame of the display, or until a test holds.
_WAITING = """
globalThis.gestures = {
  frame: () => new Promise((done) => requestAnimationFrame(done)),
  count: (selector) => document.querySelectorAll(selector).length,
  async until(test) {
    for (let i = 0; i < 3000 && !test(); i++) await this.frame();
    if (!test()) throw new Error("it did not come");
    // It is drawn with the next frame.
    await this.frame();
  },
};
"""


def options(doc: str | None) -> argparse.ArgumentParser:
    """Returns a parser with `--json`, which shows the text of a module."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def show(found: dict[str, Any], as_json: bool, indent: int = 0) -> None:
    """Prints figures by name, those of a part below its name."""
    if as_json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        if isinstance(value, dict):
            print(f"{'':{indent}}{name}")
            show(value, False, indent + 2)
            continue
        text = f"{value:,}" if isinstance(value, int | float) else f"{value}"
        print(f"{'':{indent}}{name:30} {text}")


def best_ms(
    call: Callable[[], Any],
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Returns the milliseconds of the fastest of several calls."""
    times = []
    for _ in range(repeats):
        start = clock()
        call()
        times.append(clock() - start)
    return round(1000 * min(times), 2)


def summary(times: dict[str, list[float]], mark: str = "") -> dict[str, float]:
    """Returns medians as `NAME_ms`, 95th percentiles as `NAME_p95_ms`."""
    found: dict[str, float] = {}
    for name, values in times.items():
        tail = sorted(values)[int(0.95 * len(values))]
        found[f"{name}{mark}_ms"] = round(statistics.median(values), 1)
        found[f"{name}{mark}_p95_ms"] = round(tail, 1)
    return found


@contextmanager
def fresh_pages(
    url: str, run: str, tab: str, script: str
) -> Iterator[tuple[Any, Callable[[], Any]]]:
    """Yields Chromium, and a function that opens one more page over a run.

    Its frame has the gestures of a script, once all of the page is there.
    """
    view = f"#blocks&p.blocks.s=run%3D{run.replace('/', '%252F')}"
    with chromium() as browser:

        def opened() -> Any:
            page = browser.new_context(viewport=WINDOW).new_page()
            page.set_default_timeout(60_000)
            asked = PageRequests(page)
            frame = open_blocks(page, url + view)
            frame.wait_for_selector(f"[data-testid={tab}]")
            asked.settle()
            frame.evaluate(_WAITING)
            frame.evaluate(f"Object.assign(gestures, {{{script}}})")
            return frame

        yield browser, opened


def do(frame: Any, gesture: str, *arguments: Any) -> Any:
    """Makes a gesture in the page; returns its milliseconds."""
    code = f"(given) => gestures.{gesture}(...given)"
    return frame.evaluate(code, list(arguments))
