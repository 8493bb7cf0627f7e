"""A log of 50,000 samples, for speed.

    python -m benchmarks.sampled_log PREDICTIONS.npz LOGDIR

Samples of 1,000 classes without pictures. The classes named are those of
tests.support.derived_log, real in the last epoch; all probabilities and lower
places are drawn.
"""

import argparse
from pathlib import Path

import numpy as np

import keras_hier as kh
from tests.support.derived_log import Answers, Mixer, load_answers

EPOCHS = 40
EVERY = 5


def ranked_answers(
    labels: np.ndarray,
    named: np.ndarray,
    hierarchy: kh.Hierarchy,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Draws the 5 best classes and their probabilities, the first as named."""
    samples, classes = len(labels), hierarchy.num_classes
    order, place = hierarchy.order, np.argsort(hierarchy.order)
    best = np.empty((samples, 5), np.int64)
    best[:, 0] = named
    # Neighbours in the tree, at distances that all differ.
    away = np.argsort(rng.random((samples, 12)), axis=1)[:, :4] + 1
    sign = np.where(rng.random((samples, 1)) < 0.5, -1, 1)
    best[:, 1:] = order[(place[named][:, None] + sign * away) % classes]
    wrong = named != labels
    absent = wrong & ~(best == labels[:, None]).any(axis=1)
    rows = np.flatnonzero(absent & (rng.random(samples) < 0.7))
    best[rows, rng.integers(1, 5, len(rows))] = labels[rows]
    top = rng.beta(np.where(wrong, 3, 6), np.where(wrong, 4, 1.5))
    shares = np.cumprod(rng.uniform(0.15, 0.85, (samples, 4)), axis=1)
    rest = np.minimum(shares * top[:, None], (1 - top[:, None]) / 4)
    return best, np.column_stack([top, -np.sort(-rest, axis=1)])


def write_wide(
    answers: Answers,
    hierarchy: kh.Hierarchy,
    log_dir: Path,
    epochs: int = EPOCHS,
    every: int = EVERY,
) -> None:
    """Writes run `wide`: a matrix an epoch, samples every k-th one."""
    labels = answers.labels
    names = [f"ILSVRC2012_val_{1 + i:08}.JPEG" for i in range(len(labels))]
    mixer = Mixer(answers, hierarchy, seed=0)
    rng = np.random.default_rng(1)
    with kh.BlocksWriter(log_dir / "wide", hierarchy) as log:
        for step in range(1, epochs + 1):
            named = mixer.at(step / epochs)
            log.predictions(labels, named, step)
            if step % every == 0 or step == 1:
                best = ranked_answers(labels, named, hierarchy, rng)
                log.samples(labels, best, step, ids=names)


def main() -> None:
    """Reads the command line and writes the log."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("predictions", help="imagenet_val_predictions.npz")
    parser.add_argument("logdir", type=Path)
    args = parser.parse_args()
    hierarchy = kh.Hierarchy.imagenet()
    write_wide(
        load_answers(args.predictions, hierarchy), hierarchy, args.logdir
    )


if __name__ == "__main__":
    main()
