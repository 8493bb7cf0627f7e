r"""Logs with samples: real pictures and scores, or 50,000 samples for speed.

    python -m benchmarks.logs.sampled_log pictures LOGDIR --data TINY_IMAGENET \
        --scores baseline=A.npz hier=B.npz --weak C.npz
    python -m benchmarks.logs.sampled_log wide PREDICTIONS.npz LOGDIR

`pictures`: the held-out images of benchmarks.study.training, whose `--keep` has
left `labels` [N] and logits `class` [N, C] of some networks. The last epoch of
each run holds its real scores. Earlier ones are derived and say nothing about
any network: at progress t in (0, 1) the logits are

    sqrt(t) ((1 - m) own + m weak + 2 m noise),   m = (1 - t) ** 0.8,

where `weak` are those of a worse network and the noise, of each sample and
class, drifts from one draw to another in the course of training.

`wide`: 50,000 samples of 1,000 classes without pictures. The classes named are
those of benchmarks.logs.derived_log, real in the last epoch; all probabilities
and lower places are drawn. It is for measuring speed.
"""

import argparse
from pathlib import Path

import numpy as np

import keras_hier as kh
from benchmarks.logs.derived_log import Answers, Mixer, load_answers
from benchmarks.study.training.data import Images, hold_out
from keras_hier.data.folders import class_folders, find_images, split_folder

EPOCHS = 40
EVERY = 5
HELD_OUT = 50


def held_out_files(
    data: Path, held_out: int = HELD_OUT
) -> tuple[list[Path], np.ndarray, tuple[str, ...]]:
    """Lists the images that the study holds out, in the order of its scores.

    Returns:
        Files [N], their labels [N], and the classes.
    """
    folder = split_folder(data, "train")
    classes = class_folders(folder)
    files = find_images(folder, classes)
    label_of = {name: label for label, name in enumerate(classes)}
    labels = np.array([label_of[file.partition("/")[0]] for file in files])
    # Places stand for the pixels, which nobody needs here.
    held = hold_out(Images(np.arange(len(files)), labels), held_out, None)[1]
    return [folder / files[i] for i in held.pixels], held.labels, classes


def read_scores(path: Path, labels: np.ndarray) -> np.ndarray:
    """Reads float32 logits [N, C]; they must be of these samples."""
    with np.load(path) as data:
        if not np.array_equal(data["labels"], labels):
            raise SystemExit(f"{path} is not about the held-out images.")
        return data["class"].astype(np.float32)


def write_pictures(
    log_dir: Path,
    files: list[Path],
    labels: np.ndarray,
    hierarchy: kh.Hierarchy,
    scores: dict[str, np.ndarray],
    weak: np.ndarray,
    epochs: int = EPOCHS,
    every: int = EVERY,
) -> None:
    """Writes a run for each set of scores, the samples of every k-th epoch."""
    names = [file.name for file in files]
    for seed, (run, own) in enumerate(scores.items()):
        rng = np.random.default_rng(seed)
        first, last = rng.normal(0, 1, (2, *own.shape))
        with kh.BlocksWriter(log_dir / run, hierarchy) as log:
            for step in range(1, epochs + 1):
                t = step / epochs
                m = (1 - t) ** 0.8
                noise = np.cos(np.pi * t / 2) * first
                noise += np.sin(np.pi * t / 2) * last
                z = t**0.5 * ((1 - m) * own + m * (weak + 2 * noise))
                log.predictions(labels, z, step)
                if step % every == 0 or step == 1:
                    index = log.samples(
                        labels, z, step, ids=names, from_logits=True
                    )
            log.pictures(index, files)


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
    kinds = parser.add_subparsers(dest="kind", required=True)
    pictures = kinds.add_parser("pictures")
    pictures.add_argument("logdir", type=Path)
    pictures.add_argument("--data", type=Path, required=True)
    pictures.add_argument("--scores", nargs="+", metavar="RUN=NPZ")
    pictures.add_argument("--weak", type=Path, required=True, metavar="NPZ")
    wide = kinds.add_parser("wide")
    wide.add_argument("predictions", help="imagenet_val_predictions.npz")
    wide.add_argument("logdir", type=Path)
    args = parser.parse_args()
    hierarchy = kh.Hierarchy.imagenet()
    if args.kind == "wide":
        answers = load_answers(args.predictions, hierarchy)
        write_wide(answers, hierarchy, args.logdir)
        return
    files, labels, classes = held_out_files(args.data)
    named = (text.partition("=") for text in args.scores)
    scores = {run: read_scores(Path(file), labels) for run, _, file in named}
    weak = read_scores(args.weak, labels)
    hierarchy = hierarchy.subset(classes)
    write_pictures(args.logdir, files, labels, hierarchy, scores, weak)


if __name__ == "__main__":
    main()
