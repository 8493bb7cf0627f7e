"""How fast the Blocks tab is, in headless Chromium over real TensorBoard.

    python -m benchmarks.speed.plugin [PREDICTIONS.npz] [--json]
        [--only 1000|5000|21841|seeds|long]

Over 1,000 classes, 50 epochs and two runs:

- `first_matrix_ms`: from the start of the script to the first matrix drawn,
  median of several fresh pages;
- `scrub_ms`: from a key press to the next epoch drawn, through all epochs and
  back, each as soon as the last one is drawn;
- `hover_ms`: from the pointer over a cell to lines and tooltip painted;
- `select_ms`: from the click on a group to panel and matrix painted;
- `collapse_ms`: from the click on a level to its matrix painted;
- `order_ms`: from the choice of an order of siblings (confusion, label, recall,
  the tree's) to the matrix in it, of single runs;
- `table_ms`: from the click on *all classes* to scatter and table painted, the
  first time with its code; `sort_ms`: from the click on a head of the table;
- `zoom_fps`: frames a second while the wheel zooms in and out;
- `page_mb`: memory of all processes that hold pages, TensorBoard's page around
  included, after all of this: how many there are, Chromium decides;
  `server_mb`: of TensorBoard's processes;
- `script_gzip_bytes`: the script as it travels.

Names that end differently are over other logs:

- `_5000`: 5,000 classes, 500,000 nonzero cells an epoch, 20 epochs;
- `_21841`: as many classes, 562,000 cells, three epochs;
- `_long`: one of ten runs of 300 epochs and two splits; `start_long_s` is the
  time from TensorBoard's start until it serves all of them;
- `_seeds`: ten runs of 50 epochs of 1,000 classes as one;
- `_sets`: these compared with ten others, paired by seed.

A gesture begins with a frame of the display, and what is drawn on the
canvas appears in the next one: `select_ms` and `collapse_ms` hold 16.7 ms of
waiting for it. Each time has its 95th percentile, `_p95_ms`.

The log of 1,000 classes is derived from one real matrix, see derived_log.py;
without the file its answers are drawn. The other is drawn, see wide_log.py.
"""

import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras_hier as kh
from benchmarks.measuring import options, show, summary
from tb_plugin.reading.seeds import RunSet
from tests.support import wide_log
from tests.support.derived_log import (
    Answers,
    draw_answers,
    load_answers,
    write_log,
    write_seeds,
)
from tests.support.page_requests import PageRequests
from tests.support.serving import (
    WINDOW,
    Server,
    chromium,
    memory_of,
    open_blocks,
    renderers,
    tensorboard,
)

PAGES = 5
HOVERS = 60
SELECTIONS = 30
COLLAPSES = 30
ORDERS = 12
TABLES = 20
SORTS = 30
ZOOM_SECONDS = 3
DRAWN = '[data-testid="matrix"][aria-label*="samples"]'
GESTURES = (Path(__file__).parent / "plugin_gestures.js").read_text()

# The span of a mark and the next: what the page itself notes.
FIRST_MATRIX = """() => {
  const at = (name) => performance.getEntriesByName(name)[0]?.startTime;
  return at("blocks:first-matrix") - at("blocks:start");
}"""


class Log(NamedTuple):
    """One log folder to measure over.

    Attributes:
        run: the sub-run to open.
        epochs: how many it has.
        mark: what its measures are called after.
        against: the sub-run that it is compared with, if any.
    """

    run: str
    epochs: int
    mark: str = ""
    against: str = ""


SEEDS = 10


def _set_of(name: str) -> str:
    names = [f"{name}-seed{seed}" for seed in range(1, SEEDS + 1)]
    return RunSet(tuple(names), "validation").key


ONE_SET = Log(_set_of("plain"), 50, "_seeds")
TWO_SETS = Log(_set_of("plain"), 50, "_sets", _set_of("hier"))
THOUSAND = Log("plain/validation", 50)
WIDE = Log("wide/validation", wide_log.EPOCHS, "_5000")
HUGE = Log("wide/validation", 3, "_21841")
LONG = Log("plain-seed1/validation", 300, "_long")


def measure(server: Server, log: Log) -> dict[str, float]:
    """Measures the page of a running TensorBoard over a log."""
    view = {"run": log.run, **({"with": log.against} if log.against else {})}
    link = urllib.parse.quote(urllib.parse.urlencode(view), safe="")
    linked = f"{server.url}#blocks&p.blocks.s={link}"
    first: list[float] = []
    with chromium() as browser:
        for _ in range(PAGES):
            context = browser.new_context(viewport=WINDOW)
            page = context.new_page()
            asked = PageRequests(page)
            frame = open_blocks(page, linked)
            frame.wait_for_selector(DRAWN)
            frame.wait_for_function(f"({FIRST_MATRIX})() > 0")
            first.append(frame.evaluate(FIRST_MATRIX))
            if len(first) < PAGES:
                context.close()
        frame.evaluate(GESTURES)
        # Curves and the epochs around are still coming.
        asked.settle()
        back = ["ArrowLeft"] * (log.epochs - 1)
        forth = ["ArrowRight"] * (log.epochs - 1)
        times = {
            "first_matrix": first,
            "scrub": _do(frame, "scrub", [*back, *forth]),
            "hover": _do(frame, "hover", _matrix_box(frame), HOVERS),
            "select": _do(frame, "select", SELECTIONS),
            "collapse": _do(frame, "collapse", COLLAPSES),
            "table": _do(frame, "table", TABLES),
            "sort": _do(frame, "sort", SORTS),
        }
        # A set of runs has no order of a single epoch.
        if not log.run.startswith("["):
            times["order"] = _do(frame, "order", ORDERS)
        if len(times["scrub"]) < 2 * (log.epochs - 1):
            raise RuntimeError(f"Only {len(times['scrub'])} epochs were drawn.")
        time.sleep(1)
        frames = _do(frame, "zoom", ZOOM_SECONDS)
        page_bytes = sum(memory_of(pid) for pid in renderers(browser))
    found = summary(times, log.mark)
    rate = 1e3 * (len(frames) - 1) / (frames[-1] - frames[0])
    found[f"zoom{log.mark}_fps"] = round(rate, 1)
    found[f"page{log.mark}_mb"] = round(page_bytes / 1e6)
    found[f"server{log.mark}_mb"] = round(server.memory() / 1e6)
    return found


def _do(frame: Any, gesture: str, *arguments: Any) -> list[float]:
    """Returns the times of one kind of gesture, in milliseconds."""
    code = f"(given) => blocksBenchmark.{gesture}(...given)"
    return list(frame.evaluate(code, list(arguments)))


def _matrix_box(frame: Any) -> list[float]:
    """Returns left, top, size of the matrix within the map."""
    return list(
        frame.evaluate(
            """() => {
              const map = document.querySelector('[data-testid="map"]')
                .getBoundingClientRect();
              const cursor = document.querySelector('[data-testid="cursor"]')
                .getBoundingClientRect();
              return [cursor.left - map.left, cursor.top - map.top,
                cursor.width];
            }"""
        )
    )


def _script_bytes(url: str) -> int:
    request = urllib.request.Request(
        f"{url}data/plugin/blocks/index.js", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as reply:
        return len(reply.read())


def measure_thousand(predictions: str | None) -> dict[str, float]:
    """Measures over 1,000 classes, and how large the script is."""
    hierarchy = kh.Hierarchy.imagenet()
    answers = _answers(predictions, hierarchy)
    with tempfile.TemporaryDirectory() as folder:
        write_log(answers, hierarchy, folder, THOUSAND.epochs)
        with tensorboard(Path(folder)) as server:
            server.wait(THOUSAND.run, THOUSAND.epochs)
            found = measure(server, THOUSAND)
            return {**found, "script_gzip_bytes": _script_bytes(server.url)}


def measure_seeds(predictions: str | None) -> dict[str, float]:
    """Measures over ten seeds as one, and against ten others."""
    hierarchy = kh.Hierarchy.imagenet()
    answers = _answers(predictions, hierarchy)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_seeds(answers, hierarchy, folder, SEEDS, ONE_SET.epochs)
        for log in (ONE_SET, TWO_SETS):
            # Each over a server that has read nothing of it yet.
            with tensorboard(Path(folder)) as server:
                for name in ("plain", "hier"):
                    for seed in range(1, SEEDS + 1):
                        run = f"{name}-seed{seed}/validation"
                        server.wait(run, log.epochs)
                found |= measure(server, log)
    return found


def _answers(predictions: str | None, hierarchy: kh.Hierarchy) -> Answers:
    if predictions:
        return load_answers(predictions, hierarchy)
    return draw_answers(hierarchy)


def measure_long(predictions: str | None) -> dict[str, float]:
    """Measures over ten runs of 300 epochs and two splits."""
    hierarchy = kh.Hierarchy.imagenet()
    answers = _answers(predictions, hierarchy)
    splits = ("validation", "train")
    with tempfile.TemporaryDirectory() as folder:
        write_seeds(answers, hierarchy, folder, 5, LONG.epochs, splits)
        start = time.perf_counter()
        with tensorboard(Path(folder)) as server:
            for name in ("plain", "hier"):
                for seed in range(1, 6):
                    for split in splits:
                        run = f"{name}-seed{seed}/{split}"
                        server.wait(run, LONG.epochs)
            started = time.perf_counter() - start
            return {"start_long_s": round(started, 1), **measure(server, LONG)}


def measure_wide(log: Log, classes: int, nonzeros: int) -> dict[str, float]:
    """Measures over a drawn log of many classes."""
    with tempfile.TemporaryDirectory() as folder:
        wide_log.write_log(folder, classes, nonzeros, log.epochs)
        with tensorboard(Path(folder)) as server:
            server.wait(log.run, log.epochs)
            return measure(server, log)


MEASURES: dict[str, Callable[[str | None], dict[str, float]]] = {
    "1000": measure_thousand,
    "5000": lambda _: measure_wide(WIDE, wide_log.CLASSES, wide_log.NONZEROS),
    "21841": lambda _: measure_wide(HUGE, 21_841, 562_000),
    "seeds": measure_seeds,
    "long": measure_long,
}


def main() -> None:
    """Writes the logs, serves them, measures, prints."""
    parser = options(__doc__)
    parser.add_argument("predictions", nargs="?")
    parser.add_argument("--only", choices=MEASURES)
    args = parser.parse_args()
    found: dict[str, float] = {}
    for name, measured in MEASURES.items():
        if args.only in (None, name):
            found |= measured(args.predictions)
    show(found, args.json)


if __name__ == "__main__":
    main()
