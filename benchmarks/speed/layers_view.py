"""How fast the layers are seen, in headless Chromium over real TensorBoard.

    python -m benchmarks.speed.layers_view [--layers 12] [--json]

The log is that of tests/support/layers_log.py: 1,000 classes, 50,000 samples,
at three epochs.

- `open_ms`: from the click on the tab to the columns drawn with all numbers,
  code and record fetched on the way; median of several fresh pages;
- `matrices_ms`: from the same click to the matrices of all layers drawn;
- `level_ms`: from the choice of another level to its matrices drawn.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

import keras_hier as kh
from tests.support.layers_log import LAYERS, STEPS, write_layers
from tests.support.page_requests import PageRequests
from tests.support.serving import WINDOW, chromium, open_blocks, tensorboard

PAGES = 7
RUN = "layers/validation"
GESTURES = """
globalThis.layersBenchmark = {
  frame: () => new Promise((done) => requestAnimationFrame(done)),
  count: (selector) => document.querySelectorAll(selector).length,
  async until(test) {
    for (let i = 0; i < 3000 && !test(); i++) await this.frame();
    if (!test()) throw new Error("it did not come");
    // What is there by now is drawn with the next frame.
    await this.frame();
  },
  async open(layers) {
    const start = performance.now();
    document.querySelector("[data-testid=tab-layers]").click();
    await this.until(() => this.count("[data-testid=layer]") === layers);
    const opened = performance.now() - start;
    const all = "[data-testid=layer] canvas";
    await this.until(() => this.count(all) === 2 * layers);
    return [opened, performance.now() - start];
  },
  async levels() {
    const buttons = [...document.querySelectorAll(".levels button")];
    const times = [];
    for (const button of buttons.slice(0, 4)) {
      const start = performance.now();
      button.click();
      const said = ".gutter .row .chosen";
      const groups = button.textContent.match(/[\\d,]+/)[0];
      await this.until(() =>
        document.querySelector(said).textContent.startsWith(groups + " "));
      times.push(performance.now() - start);
    }
    return times;
  },
};
"""


def measure(url: str, layers: int) -> dict[str, float]:
    """Measures the page over the log."""
    quoted = RUN.replace("/", "%252F")
    opened, drawn = [], []
    with chromium() as browser:
        for _ in range(PAGES):
            page = browser.new_context(viewport=WINDOW).new_page()
            page.set_default_timeout(60_000)
            asked = PageRequests(page)
            frame = open_blocks(page, f"{url}#blocks&p.blocks.s=run%3D{quoted}")
            frame.wait_for_selector("[data-testid=tab-layers]")
            asked.settle()
            frame.evaluate(GESTURES)
            first, last = _do(frame, "open", layers)
            opened.append(first)
            drawn.append(last)
            levels = _do(frame, "levels")
            page.context.close()
    return {
        "open_ms": round(statistics.median(opened), 1),
        "matrices_ms": round(statistics.median(drawn), 1),
        "level_ms": round(statistics.median(levels), 1),
    }


def _do(frame: Any, gesture: str, *arguments: Any) -> list[float]:
    code = f"(given) => layersBenchmark.{gesture}(...given)"
    return list(frame.evaluate(code, list(arguments)))


def main() -> None:
    """Writes the log, serves it, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    names = [f"block{number}" for number in range(1, args.layers + 1)]
    with tempfile.TemporaryDirectory() as folder:
        write_layers(Path(folder) / "layers", kh.Hierarchy.imagenet(), names)
        with tensorboard(Path(folder)) as server:
            server.wait(RUN, STEPS[-1])
            found = measure(server.url, args.layers)
    if args.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:12} {value:,}")


if __name__ == "__main__":
    main()
