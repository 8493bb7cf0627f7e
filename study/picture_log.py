r"""Logs the held-out images of the study, with real pictures and scores.

    python -m study.picture_log LOGDIR --data TINY_IMAGENET \
        --scores baseline=A.npz hier=B.npz --weak C.npz

`study.training --keep` has left `labels` [N] and logits `class` [N, C] of some
networks. The last epoch of each run holds its real scores. Earlier ones are
derived and say nothing about any network: at progress t in (0, 1) the logits
are

    sqrt(t) ((1 - m) own + m weak + 2 m noise),   m = (1 - t) ** 0.8,

where `weak` are those of a worse network and the noise, of each sample and
class, drifts from one draw to another in the course of training.
"""

import argparse
from pathlib import Path

import numpy as np

import keras_hier as kh
from keras_hier.data.folders import class_folders, find_images, split_folder
from study.training.data import Images, hold_out
from study.training.keep import said_of

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


def read_scores(
    path: Path, labels: np.ndarray, classes: tuple[str, ...]
) -> np.ndarray:
    """Reads float32 logits [N, C]; they must be of these samples."""
    found, said, _ = said_of(path, "class", classes)
    if not np.array_equal(found, labels):
        raise SystemExit(f"{path} is not about the held-out images.")
    return said.astype(np.float32)


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


def main() -> None:
    """Reads the command line and writes the log."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logdir", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scores", nargs="+", metavar="RUN=NPZ")
    parser.add_argument("--weak", type=Path, required=True, metavar="NPZ")
    args = parser.parse_args()
    files, labels, classes = held_out_files(args.data)
    named = (text.partition("=") for text in args.scores)
    scores = {
        run: read_scores(Path(file), labels, classes) for run, _, file in named
    }
    weak = read_scores(args.weak, labels, classes)
    hierarchy = kh.Hierarchy.imagenet().subset(classes)
    write_pictures(args.logdir, files, labels, hierarchy, scores, weak)


if __name__ == "__main__":
    main()
