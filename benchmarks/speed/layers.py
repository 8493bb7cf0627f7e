"""Times probes of layers, features of a network, and memory.

    python -m benchmarks.speed.layers [--samples N] [--classes C] \
        [--features F ...] [--busy PROCESSES] [--json]

Features are drawn: classes with means of their own and noise that correlates.
With `--busy` each probe is timed again beside processes that keep the cores
from it, as a training does.
Ratios and sizes are what counts; seconds are of the machine they are taken on.
"""

import multiprocessing
import os
import platform
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from benchmarks.measuring import options, show
from keras_hier.probing.fits.linear_probe import fit_and_read, folds_of


def draw(
    samples: int, classes: int, features: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draws float16 features [N, F] and labels [N]."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.arange(samples) % classes)
    means = rng.normal(size=(classes, features)).astype(np.float32)
    shared = rng.normal(size=(32, features)).astype(np.float32)
    found = np.empty((samples, features), np.float16)
    for start in range(0, samples, 8192):
        part = labels[start : start + 8192]
        noise = rng.standard_normal((len(part), features), np.float32)
        noise += rng.standard_normal((len(part), 32), np.float32) @ shared / 6
        found[start : start + 8192] = 0.15 * means[part] + noise
    return found, labels


def time_probe(samples: int, classes: int, features: int) -> dict[str, Any]:
    """Times a probe of one layer, and says how much memory it takes."""
    values, labels = draw(samples, classes, features)
    fold = folds_of(labels, 5, 0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    probe = fit_and_read(values, labels, classes, fold)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    right = (probe.scores.argmax(axis=1) == labels).mean()
    return {
        "features": features,
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "MiB_more": round((after - before) / 1024),
        "penalty": probe.penalty,
        "right": round(float(right), 3),
    }


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Lets so many processes compute beside a block."""
    started = [
        multiprocessing.Process(target=_compute, daemon=True)
        for _ in range(processes)
    ]
    for each in started:
        each.start()
    try:
        yield
    finally:
        for each in started:
            each.terminate()
            each.join()


def _compute() -> None:
    while True:
        pass


def time_busy(
    samples: int, classes: int, features: int, processes: int
) -> dict[str, Any]:
    """Times a probe of one layer alone, and beside others that compute."""
    alone = time_probe(samples, classes, features)
    with busy(processes):
        beside = time_probe(samples, classes, features)
    ratio = beside["seconds"] / max(alone["seconds"], 0.01)
    return {
        **alone,
        "seconds_busy": beside["seconds"],
        "busy_to_alone": round(ratio, 1),
    }


def time_features(images: int) -> dict[str, Any]:
    """Times the pass against `predict`, of AlexNet at half width."""
    import keras_hier as kh
    from keras_hier.features.extraction import FeatureReader

    model = kh.AlexNet(101, (56, 56, 3), width=0.5, normalization="batch")
    rng = np.random.default_rng(0)
    x = rng.integers(0, 255, (images, 56, 56, 3), np.uint8)
    y = np.arange(images) % 101
    reader = FeatureReader(model)
    # Compiling is no part of the pass.
    model.predict(x[:256], batch_size=256, verbose=0)
    reader.read((x[:256], y[:256]))
    reader_seconds, predict_seconds = [], []
    for _ in range(4):
        start = time.perf_counter()
        model.predict(x, batch_size=256, verbose=0)
        predict_seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
        reader.read((x, y), per_class=None)
        reader_seconds.append(time.perf_counter() - start)
    return {
        "predict_images_a_second": round(images / min(predict_seconds)),
        "features_images_a_second": round(images / min(reader_seconds)),
        "share": round(min(predict_seconds) / min(reader_seconds), 2),
    }


def main() -> None:
    """Measures and prints."""
    parser = options(__doc__)
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--features", type=int, nargs="+", default=[768, 2048])
    parser.add_argument("--images", type=int, default=5050)
    parser.add_argument("--busy", type=int, default=0, metavar="PROCESSES")
    args = parser.parse_args()
    found = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "probes": [
            time_busy(args.samples, args.classes, features, args.busy)
            if args.busy
            else time_probe(args.samples, args.classes, features)
            for features in args.features
        ],
        "pass": time_features(args.images),
    }
    show(found, args.json)


if __name__ == "__main__":
    main()
