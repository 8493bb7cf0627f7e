"""How long many clients wait for orders, over the real TensorBoard.

    python -m benchmarks.speed.clients [--clients 50] [--json]

Over 1,000 classes and 20 epochs of four sub-runs, whose answers are drawn:

- `kept_ms`: an order that has been asked for before, while every fifth client
  asks for orders of other epochs;
- `new_ms`: those other orders;
- `same_ms`: all clients ask for one new order at the same moment;
- `quality_ms`, `curves_ms`: the like for these routes, asked once before.

Each is a median, with its 95th percentile as `_p95_ms`.
"""

import itertools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keras_hier as kh
from benchmarks.measuring import options, show, summary
from tests.support.derived_log import draw_answers, write_log
from tests.support.serving import Server, tensorboard

EPOCHS = 20
RUN = "plain/validation"
OTHERS = ("plain/train", "hier/validation", "hier/train")
KEPT = (1, 2, 3)

Request = tuple[str, dict[str, str | int]]


def ask(server: Server, request: Request) -> float:
    """Returns how long one answer takes, in milliseconds."""
    route, parameters = request
    start = time.perf_counter()
    server.get(route, **parameters)
    return 1e3 * (time.perf_counter() - start)


def together(clients: list[Callable[[], None]]) -> None:
    """Runs all clients at the same time, until each has ended."""
    threads = [threading.Thread(target=client) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def of_epoch(route: str, run: str, step: int) -> Request:
    """Returns a request about an epoch."""
    return route, {"run": run, "output": "class", "step": step}


def all_at_once(server: Server, request: Request, clients: int) -> list[float]:
    """Returns the times of one request that all clients make together."""
    times: list[float] = []
    together([lambda: times.append(ask(server, request))] * clients)
    return times


def kept_beside_new(
    server: Server, kept: list[Request], new: Iterator[Request], clients: int
) -> tuple[list[float], list[float]]:
    """Returns the times of what was asked before, and of what was not."""
    times: tuple[list[float], list[float]] = ([], [])
    lock, done = threading.Lock(), threading.Event()

    def ask_kept() -> None:
        for request in itertools.cycle(kept):
            times[0].append(ask(server, request))
            if done.is_set():
                return

    def ask_new() -> None:
        while True:
            with lock:
                request = next(new, None)
            if request is None:
                done.set()
                return
            times[1].append(ask(server, request))

    together([ask_new if i % 5 == 0 else ask_kept for i in range(clients)])
    return times


def measure(server: Server, clients: int) -> dict[str, float]:
    """Returns the measures, by name."""
    steps = range(1, EPOCHS + 1)
    kept = [of_epoch("order", RUN, step) for step in KEPT]
    for request in kept:
        ask(server, request)
    new = [of_epoch("order", run, step) for run in OTHERS for step in steps]
    times = dict(
        zip(
            ("kept", "new"),
            kept_beside_new(server, kept, iter(new), clients),
            strict=True,
        )
    )
    last = of_epoch("order", RUN, EPOCHS)
    times["same"] = all_at_once(server, last, clients)
    for name, request in (
        ("quality", of_epoch("quality", RUN, EPOCHS)),
        ("curves", of_epoch("curves", RUN, EPOCHS)),
    ):
        ask(server, request)
        times[name] = all_at_once(server, request, clients)
    return summary(times)


def main() -> None:
    """Writes the log, serves it, measures, prints."""
    parser = options(__doc__)
    parser.add_argument("--clients", type=int, default=50)
    args = parser.parse_args()
    hierarchy = kh.Hierarchy.imagenet()
    with tempfile.TemporaryDirectory() as folder:
        write_log(draw_answers(hierarchy), hierarchy, folder, EPOCHS)
        with tensorboard(Path(folder)) as server:
            for run in (RUN, *OTHERS):
                server.wait(run, EPOCHS)
            found = measure(server, args.clients)
    show(found, args.json)


if __name__ == "__main__":
    main()
