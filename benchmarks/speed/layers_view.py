"""How fast the layers are seen, in headless Chromium over real TensorBoard.

    python -m benchmarks.speed.layers_view [--layers 12] [--json]

The log is that of tests/support/layers_log.py: 1,000 classes, 50,000 samples,
at three epochs.

- `open_ms`: from the click on the tab to the columns drawn with all numbers,
  code and record fetched on the way; median of several fresh pages;
- `matrices_ms`: from the same click to the matrices of all layers drawn;
- `level_ms`: from the choice of another level to its matrices drawn.
"""

import statistics
import tempfile
from pathlib import Path

import keras_hier as kh
from benchmarks.measuring import do, fresh_pages, options, show
from tests.support.layers_log import LAYERS, STEPS, write_layers
from tests.support.serving import tensorboard

PAGES = 7
RUN = "layers/validation"
GESTURES = """
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
"""


def measure(url: str, layers: int) -> dict[str, float]:
    """Measures the page over the log."""
    opened, drawn = [], []
    with fresh_pages(url, RUN, "tab-layers", GESTURES) as (_, fresh):
        for _ in range(PAGES):
            frame = fresh()
            first, last = do(frame, "open", layers)
            opened.append(first)
            drawn.append(last)
            levels = do(frame, "levels")
            frame.page.context.close()
    return {
        "open_ms": round(statistics.median(opened), 1),
        "matrices_ms": round(statistics.median(drawn), 1),
        "level_ms": round(statistics.median(levels), 1),
    }


def main() -> None:
    """Writes the log, serves it, measures, prints."""
    parser = options(__doc__)
    parser.add_argument("--layers", type=int, default=LAYERS)
    args = parser.parse_args()
    names = [f"block{number}" for number in range(1, args.layers + 1)]
    with tempfile.TemporaryDirectory() as folder:
        write_layers(Path(folder) / "layers", kh.Hierarchy.imagenet(), names)
        with tensorboard(Path(folder)) as server:
            server.wait(RUN, STEPS[-1])
            found = measure(server.url, args.layers)
    show(found, args.json)


if __name__ == "__main__":
    main()
