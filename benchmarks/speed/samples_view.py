"""How fast the samples are seen, in headless Chromium over real TensorBoard.

    python -m benchmarks.speed.samples_view LOGDIR RUN [--json]

LOGDIR is one that benchmarks/sampled_log.py has written; RUN such as
`plain/validation`.

- `open_ms`: from the click on the tab to the first samples drawn, code, list,
  record and index fetched on the way; median of several fresh pages;
- `pictures_ms`: from the same click to the first 60 pictures decoded;
- `pointed_ms`: likewise, where the pointer came to the tab 0.2 s before the
  click, as a hand does, and what the tab needs was asked for by then;
- `jump_ms`: from a jump in the grid to 60 other pictures decoded;
- `scroll_fps`: frames a second while everything is opened and scrolls by 2,400
  pixels a second; `scroll_p95_ms`: 95th percentile of the times between frames;
  `scroll_cpu_ms`: what the page's main thread computes for a frame, which is
  the same on a busy machine; 60 frames a second leave it 16.7;
- `select_ms`: from another selection to its samples, filtered and sorted;
- `decode_ms`: of a record, in the page.
"""

import itertools
import statistics
import time
from pathlib import Path

from benchmarks.measuring import do, fresh_pages, options, show
from keras_hier.log.run_log import RunLog
from tests.support.serving import memory_of, renderers, tensorboard

PAGES = 5
JUMPS = 12
SELECTIONS = 12
SECONDS = 4
# Seconds from the pointer at the tab to the click.
NEARING = 0.2
GESTURES = """
  cells: (count) =>
    [...document.querySelectorAll('[data-testid=grid] [data-sample]')]
      .slice(0, count),
  shown(count) {
    const cells = this.cells(count);
    const images = cells.map((cell) => cell.querySelector("img"));
    return cells.length > 0 &&
      images.every((image) => image?.complete && image.naturalWidth > 0);
  },
  async open(hasPictures) {
    const start = performance.now();
    document.querySelector('[data-testid=tab-samples]').click();
    await this.until(() => this.cells(1).length);
    const opened = performance.now() - start;
    if (hasPictures) await this.until(() => this.shown(60));
    return [opened, performance.now() - start];
  },
  async scroll(seconds) {
    const grid = document.querySelector("[data-testid=grid]");
    const times = [];
    for (let now = 0; !times.length || now - times[0] < 1e3 * seconds; ) {
      now = await this.frame();
      times.push(now);
      grid.scrollTop = 2.4 * (now - times[0]);
    }
    return times;
  },
  async jump(count) {
    const grid = document.querySelector("[data-testid=grid]");
    const times = [];
    for (let i = 1; i <= count; i++) {
      const start = performance.now();
      grid.scrollTop = (grid.scrollHeight * i) / (count + 1);
      await this.frame();
      await this.until(() => this.shown(60));
      times.push(performance.now() - start);
    }
    return times;
  },
  async select(count) {
    const times = [];
    const box = document.querySelector("[data-testid=rail-map]");
    const { left, top, width } = box.getBoundingClientRect();
    for (let i = 0; i < count; i++) {
      const at = (share) => ({
        clientX: left + width * share, clientY: top + width * share,
        pointerId: 1, bubbles: true,
      });
      const title = document.querySelector("[data-testid=grid-title]");
      const before = title.textContent;
      const start = performance.now();
      box.setPointerCapture = () => {};
      box.dispatchEvent(new PointerEvent("pointerdown", at(0.02 + 0.01 * i)));
      box.dispatchEvent(new PointerEvent("pointerup", at(0.7 + 0.02 * i)));
      await this.until(() => title.textContent !== before);
      times.push(performance.now() - start);
    }
    return times;
  },
"""

ALL_ROWS = """() => {
  const more = () => [...document.querySelectorAll(".more")]
    .find(({ textContent }) => textContent !== "fewer");
  for (let i = 0; i < 5 && more(); i++) more().click();
}"""
DECODED = """() => performance.getEntriesByName("blocks:decode-samples")
  .map(({ duration }) => duration)"""


def measure(url: str, run: str, has_pictures: bool) -> dict[str, float]:
    """Measures the page over one run."""
    times: dict[str, list[float]] = {"open": [], "pictures": [], "pointed": []}
    with fresh_pages(url, run, "tab-samples", GESTURES) as (browser, fresh):
        # In turns, so that a machine that gets busy is so for both.
        for k in range(2 * PAGES):
            frame = fresh()
            if is_pointed := k % 2 == 0:
                frame.get_by_test_id("tab-samples").hover()
                time.sleep(NEARING)
            first, last = do(frame, "open", has_pictures)
            if is_pointed:
                times["pointed"].append(last)
            else:
                times["open"].append(first)
                times["pictures"].append(last)
            if k < 2 * PAGES - 1:
                frame.page.context.close()
        # Right and wrong ones, and all rows of all classes.
        frame.get_by_test_id("which-4").check()
        frame.evaluate(ALL_ROWS)
        time.sleep(1)
        busy = max(renderers(browser), key=memory_of)
        before = _cpu_ms(busy)
        frames = do(frame, "scroll", SECONDS)
        computed = _cpu_ms(busy) - before
        times["jump"] = do(frame, "jump", JUMPS) if has_pictures else []
        times["select"] = do(frame, "select", SELECTIONS)
        times["decode"] = frame.evaluate(DECODED)
    if not has_pictures:
        times = {n: times[n] for n in ("open", "select", "decode")}
    gaps = sorted(b - a for a, b in itertools.pairwise(frames))
    return {
        **{f"{n}_ms": statistics.median(each) for n, each in times.items()},
        "scroll_fps": 1e3 * len(gaps) / (frames[-1] - frames[0]),
        "scroll_p95_ms": gaps[int(0.95 * len(gaps))],
        "scroll_cpu_ms": computed / len(gaps),
    }


def _cpu_ms(process: int) -> float:
    """Returns the milliseconds that the main thread has computed so far."""
    path = Path(f"/proc/{process}/task/{process}/schedstat")
    return int(path.read_text().split()[0]) / 1e6


def main() -> None:
    """Serves the log, measures, prints."""
    parser = options(__doc__)
    parser.add_argument("logdir", type=Path)
    parser.add_argument("run")
    args = parser.parse_args()
    log = RunLog(str(args.logdir / args.run))
    has_pictures = bool(log.pictures(log.samples().index))
    with tensorboard(args.logdir.resolve()) as server:
        server.wait(args.run, 1)
        found = measure(server.url, args.run, has_pictures)
    found = {name: round(value, 1) for name, value in found.items()}
    show(found, args.json)


if __name__ == "__main__":
    main()
