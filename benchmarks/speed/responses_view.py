"""How fast responses are seen, in headless Chromium over real TensorBoard.

    python -m benchmarks.speed.responses_view [--layers 12] [--channels 2048]

Class means of 1,000 classes are drawn at random, with something in common for
the classes of each group, and cut off below zero as by a ReLU.

- `open_ms`: from the click on the tab to the correlations drawn, code, means
  and pairs fetched on the way; median of several fresh pages. The first one is
  answered by a server that has computed nothing yet: `first_ms`;
- `layer_ms`: from the choice of another layer to its correlations drawn, which
  the server computes;
- `again_ms`: the same where the page has it already;
- `group_ms`: from the choice of a group to its channels.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import keras_hier as kh
from keras_hier.log.records.means_codec import ClassMeans
from tests.support.layers_log import LAYERS, draw_matrix
from tests.support.page_requests import PageRequests
from tests.support.serving import WINDOW, chromium, open_blocks, tensorboard

PAGES = 5
CHANNELS = 2048
RUN = "responses/validation"
GESTURES = """
globalThis.responsesBenchmark = {
  drawn: () => performance.getEntriesByName("blocks:responses").length,
  frame: () => new Promise((done) => requestAnimationFrame(done)),
  async until(test) {
    for (let i = 0; i < 3000 && !test(); i++) await this.frame();
    if (!test()) throw new Error("it did not come");
    await this.frame();
  },
  async open() {
    const start = performance.now();
    document.querySelector("[data-testid=tab-responses]").click();
    await this.until(() => this.drawn());
    return performance.now() - start;
  },
  async layer(at) {
    const start = performance.now();
    const before = this.drawn();
    const slider = document.querySelector("[data-testid=layer-slider]");
    slider.value = at;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await this.until(() => this.drawn() > before);
    return performance.now() - start;
  },
  async group() {
    const start = performance.now();
    const node = document.querySelector("[data-testid=tree-actual] .node");
    node.dispatchEvent(
      new KeyboardEvent("keydown", { key: " ", bubbles: true }));
    const list = "[data-testid=channel-evidence]";
    await this.until(() => document.querySelector(list));
    return performance.now() - start;
  },
};
"""


def write_log(folder: Path, layers: int, features: int) -> None:
    """Logs a matrix and the class means of some layers."""
    tree = kh.Hierarchy.imagenet()
    rng = np.random.default_rng(0)
    counts = np.full(tree.num_classes, 50)
    with kh.BlocksWriter(folder, tree) as log:
        log.matrix(draw_matrix(tree, 0.5, 50, 0), 1)
        for place in range(layers):
            means = rng.normal(size=(tree.num_classes, features))
            for level in tree.levels()[:-1]:
                shared = rng.normal(size=(level.num_groups, features))
                means += place / layers * shared[level.of_class]
            log.means(
                ClassMeans(
                    f"block{place + 1:02}",
                    place,
                    "",
                    "",
                    tree.digest,
                    counts,
                    np.maximum(means, 0).astype(np.float32),
                ),
                1,
            )


def measure(url: str, layers: int) -> dict[str, float]:
    """Measures the page over the log."""
    quoted = RUN.replace("/", "%252F")
    opened, chosen, again, listed = [], [], [], []
    with chromium() as browser:
        for number in range(PAGES):
            page = browser.new_context(viewport=WINDOW).new_page()
            page.set_default_timeout(60_000)
            asked = PageRequests(page)
            frame = open_blocks(page, f"{url}#blocks&p.blocks.s=run%3D{quoted}")
            frame.wait_for_selector("[data-testid=tab-responses]")
            asked.settle()
            frame.evaluate(GESTURES)
            opened.append(_do(frame, "open"))
            # One that nobody has asked for before, and back to the last.
            chosen.append(_do(frame, "layer", number))
            again.append(_do(frame, "layer", layers - 1))
            listed.append(_do(frame, "group"))
            page.context.close()
    return {
        "first_ms": round(opened[0], 1),
        "open_ms": round(statistics.median(opened), 1),
        "layer_ms": round(statistics.median(chosen), 1),
        "again_ms": round(statistics.median(again), 1),
        "group_ms": round(statistics.median(listed), 1),
    }


def _do(frame: Any, gesture: str, *arguments: Any) -> float:
    code = f"(given) => responsesBenchmark.{gesture}(...given)"
    return float(frame.evaluate(code, list(arguments)))


def main() -> None:
    """Writes the log, serves it, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--channels", type=int, default=CHANNELS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder)
        write_log(log / "responses", args.layers, args.channels)
        with tensorboard(log) as server:
            server.wait(RUN, 1)
            print(json.dumps(measure(server.url, args.layers), indent=2))


if __name__ == "__main__":
    main()
