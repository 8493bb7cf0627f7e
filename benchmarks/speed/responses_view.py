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

import statistics
import tempfile
from pathlib import Path

import numpy as np

import keras_hier as kh
from benchmarks.measuring import do, fresh_pages, options, show
from keras_hier.log.records.means_codec import ClassMeans
from tests.support.layers_log import LAYERS, draw_matrix
from tests.support.serving import tensorboard

PAGES = 5
CHANNELS = 2048
RUN = "responses/validation"
GESTURES = """
  drawn: () => performance.getEntriesByName("blocks:responses").length,
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
    opened, chosen, again, listed = [], [], [], []
    with fresh_pages(url, RUN, "tab-responses", GESTURES) as (_, fresh):
        for number in range(PAGES):
            frame = fresh()
            opened.append(do(frame, "open"))
            # One that nobody has asked for before, and back to the last.
            chosen.append(do(frame, "layer", number))
            again.append(do(frame, "layer", layers - 1))
            listed.append(do(frame, "group"))
            frame.page.context.close()
    return {
        "first_ms": round(opened[0], 1),
        "open_ms": round(statistics.median(opened), 1),
        "layer_ms": round(statistics.median(chosen), 1),
        "again_ms": round(statistics.median(again), 1),
        "group_ms": round(statistics.median(listed), 1),
    }


def main() -> None:
    """Writes the log, serves it, measures, prints."""
    parser = options(__doc__)
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--channels", type=int, default=CHANNELS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder)
        write_log(log / "responses", args.layers, args.channels)
        with tensorboard(log) as server:
            server.wait(RUN, 1)
            show(measure(server.url, args.layers), args.json)


if __name__ == "__main__":
    main()
