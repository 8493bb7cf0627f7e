"""How fast responses are seen, in headless Chromium over real TensorBoard.

    python -m benchmarks.speed.responses_view [--layers 12] [--channels 2048]

Class means of 1,000 classes are drawn at random, with something in common for
the classes of each group, and cut off below zero as by a ReLU.

- `open_ms`: from the click on the tab to the map of channels drawn, code and
  means fetched on the way; median of several fresh pages. The first one is
  answered by a server that has computed nothing yet: `first_ms`;
- `sentence_ms`: from the same click to the sentence, whose tests the server
  computes, on that first page;
- `layer_ms`: from the choice of another layer to its map drawn;
- `again_ms`: the same where the page has it already;
- `group_ms`: from the choice of a group to its channels, and the columns
  sorted by it;
- `zoom_fps`: maps drawn a second while a wheel turns at every frame;
- `hover_ms`: from a move of the pointer to the frame that tells of the cell.
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
# Frames that a wheel turns for, and moves of the pointer.
STEPS = 90
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
    const slider = "[data-testid=layer-slider]";
    await this.until(() => document.querySelector(slider));
    return this.choose(document.querySelector(slider), at);
  },
  async choose(slider, at) {
    const start = performance.now();
    const before = this.drawn();
    slider.value = at;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await this.until(() => this.drawn() > before);
    return performance.now() - start;
  },
  async sentence(start) {
    await this.until(() => document.querySelector("[data-testid=sentence]"));
    return performance.now() - start;
  },
  async first() {
    const start = performance.now();
    const drawn = await this.open();
    return [drawn, await this.sentence(start)];
  },
  at(type, x, y, more) {
    const cells = document.querySelector("[data-testid=channel-cells]");
    const box = cells.getBoundingClientRect();
    const Kind = type === "wheel" ? WheelEvent : PointerEvent;
    const clientX = box.x + x * box.width;
    const place = { clientX, clientY: box.y + y * box.height };
    cells.dispatchEvent(new Kind(type, { bubbles: true, ...place, ...more }));
  },
  async zoom(steps) {
    const cells = "[data-testid=channel-cells]";
    await this.until(() => document.querySelector(cells));
    const before = this.drawn();
    const start = performance.now();
    for (let k = 0; k < steps; k++) {
      this.at("wheel", 0.5, 0.4, { deltaY: k < steps / 2 ? -40 : 40 });
      await this.frame();
    }
    const seconds = (performance.now() - start) / 1000;
    return (this.drawn() - before) / seconds;
  },
  async hover(steps) {
    const times = [];
    for (let k = 0; k < steps; k++) {
      const start = performance.now();
      this.at("pointermove", (0.5 + k) / steps, (0.5 + k) / steps, {});
      await this.frame();
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[steps >> 1];
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
    turned, hovered = [], []
    with fresh_pages(url, RUN, "tab-responses", GESTURES) as (_, fresh):
        for number in range(PAGES):
            frame = fresh()
            if number:
                opened.append(do(frame, "open"))
            else:
                drawn, sentence = do(frame, "first")
                opened.append(drawn)
            # One that nobody has asked for before, and back to the last.
            chosen.append(do(frame, "layer", number))
            again.append(do(frame, "layer", layers - 1))
            listed.append(do(frame, "group"))
            turned.append(do(frame, "zoom", STEPS))
            hovered.append(do(frame, "hover", STEPS))
            frame.page.context.close()
    return {
        "first_ms": round(opened[0], 1),
        "sentence_ms": round(sentence, 1),
        "open_ms": round(statistics.median(opened), 1),
        "layer_ms": round(statistics.median(chosen), 1),
        "again_ms": round(statistics.median(again), 1),
        "group_ms": round(statistics.median(listed), 1),
        "zoom_fps": round(statistics.median(turned), 1),
        "hover_ms": round(statistics.median(hovered), 1),
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
