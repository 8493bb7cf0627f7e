"""How fast the Blocks tab is: 1,000 classes, 50 epochs, headless Chromium.

    python benchmarks/plugin.py [PREDICTIONS.npz] [--json]

- `first_matrix_ms`: from the start of the script to the first matrix drawn,
  median of several fresh pages;
- `scrub_ms`, `scrub_p95_ms`: from a key press to the next epoch drawn, through
  all epochs and back, each as soon as the last one is drawn;
- `zoom_fps`: frames a second while the wheel zooms in and out;
- `script_gzip_bytes`: the script as it travels.

The log is derived from one real matrix, see derived_log.py; without the file
its answers are drawn.
"""

import argparse
import json
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from derived_log import draw_answers, load_answers, write_log
from serving import WINDOW, chromium, open_blocks, tensorboard

import keras_hier as kh

EPOCHS = 50
PAGES = 5
ZOOM_SECONDS = 3
RUN = "plain/validation"
DRAWN = '[data-testid="matrix"][aria-label*="samples"]'

# The span of a mark and the next: what the page itself notes.
FIRST_MATRIX = """() => {
  const at = (name) => performance.getEntriesByName(name)[0]?.startTime;
  return at("blocks:first-matrix") - at("blocks:start");
}"""

SCRUB = """async ([keys]) => {
  const times = [];
  for (const key of keys) {
    const since = performance.getEntriesByName("blocks:matrix").length;
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true }));
    for (let tries = 0; tries < 300; tries++) {
      const drawn = performance.getEntriesByName("blocks:matrix");
      if (drawn.length > since) {
        times.push(drawn.at(-1).duration);
        break;
      }
      await new Promise((next) => setTimeout(next, 2));
    }
  }
  return times;
}"""

ZOOM = """async ([seconds]) => {
  const map = document.querySelector('[data-testid="map"]');
  const box = map.getBoundingClientRect();
  const frames = [];
  const start = performance.now();
  await new Promise((finish) => {
    const frame = (now) => {
      frames.push(now);
      const elapsed = performance.now() - start;
      if (elapsed > seconds * 1000) return finish();
      const isIn = Math.floor(elapsed / 750) % 2 === 0;
      map.dispatchEvent(new WheelEvent("wheel", {
        bubbles: true, cancelable: true, deltaY: isIn ? -30 : 30,
        clientX: box.left + box.width * 0.6, clientY: box.top + 300,
      }));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return frames;
}"""


def measure(url: str) -> dict[str, float]:
    """Measures the page of a running TensorBoard.

    Args:
        url: of TensorBoard over the derived log.
    """
    linked = f"{url}#blocks&p.blocks.s=run%3D{RUN.replace('/', '%252F')}"
    first = []
    with chromium() as browser:
        for _ in range(PAGES):
            context = browser.new_context(viewport=WINDOW)
            frame = open_blocks(context.new_page(), linked)
            frame.wait_for_selector(DRAWN)
            frame.wait_for_function(f"({FIRST_MATRIX})() > 0")
            first.append(frame.evaluate(FIRST_MATRIX))
            if len(first) < PAGES:
                context.close()
        keys = ["ArrowLeft"] * (EPOCHS - 1) + ["ArrowRight"] * (EPOCHS - 1)
        scrub = sorted(frame.evaluate(SCRUB, [keys]))
        if len(scrub) < len(keys):
            raise RuntimeError(
                f"Only {len(scrub)} of {len(keys)} epochs were drawn."
            )
        time.sleep(1)
        frames = frame.evaluate(ZOOM, [ZOOM_SECONDS])
    return {
        "first_matrix_ms": round(statistics.median(first), 1),
        "scrub_ms": round(statistics.median(scrub), 1),
        "scrub_p95_ms": round(scrub[int(0.95 * len(scrub))], 1),
        "zoom_fps": round(
            1e3 * (len(frames) - 1) / (frames[-1] - frames[0]), 1
        ),
        "script_gzip_bytes": _script_bytes(url),
    }


def _script_bytes(url: str) -> int:
    request = urllib.request.Request(
        f"{url}data/plugin/blocks/index.js", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as reply:
        return len(reply.read())


def main() -> None:
    """Writes the log, serves it, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("predictions", nargs="?")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    hierarchy = kh.Hierarchy.imagenet()
    if args.predictions:
        answers = load_answers(args.predictions, hierarchy)
    else:
        answers = draw_answers(hierarchy)
    with tempfile.TemporaryDirectory() as folder:
        write_log(answers, hierarchy, folder, EPOCHS)
        with tensorboard(Path(folder)) as server:
            server.wait(RUN, EPOCHS)
            found: dict[str, Any] = measure(server.url)
    if args.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:18} {value:,}")


if __name__ == "__main__":
    main()
