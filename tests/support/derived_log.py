"""A log of 50 epochs over 1,000 classes, derived from one real matrix.

The last epoch of run `plain` holds the real answers of a network on the ILSVRC
validation set. All else is derived from it by mixing in errors, is only meant
to look like training, and says nothing about any network: earlier epochs, the
training split, the run `hier` and its head. It exists so that the plugin can
be tried and timed at full size.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

import keras_hier as kh
from keras_hier.scores import confusion_matrix
from tests.support.relatives import Relatives

TRAIN_COPIES = 6


class Answers(NamedTuple):
    """A network's answers [N]: the real ones, where they are known."""

    labels: np.ndarray
    predictions: np.ndarray


def load_answers(path: str | Path, hierarchy: kh.Hierarchy) -> Answers:
    """Reads `labels` and `predictions`; `wnids` must be the class order."""
    with np.load(path) as data:
        if tuple(data["wnids"].tolist()) != hierarchy.classes:
            raise ValueError(f"{path}: `wnids` is in another class order.")
        return Answers(
            data["labels"].astype(np.int64),
            data["predictions"].astype(np.int64),
        )


def draw_answers(
    hierarchy: kh.Hierarchy, samples: int = 50_000, seed: int = 1
) -> Answers:
    """Draws answers of which a quarter are wrong, most of those nearby.

    With another seed than `write_log`, which would mend none of these errors:
    it would draw the same numbers again.
    """
    labels = np.arange(samples) % hierarchy.num_classes
    mixer = Mixer(Answers(labels, labels), hierarchy, seed)
    named = mixer.at(0.99, skill=0.75)
    # Classes of one name are mistaken for each other, as by real networks.
    by_name: dict[str, list[int]] = {}
    for label, leaf in enumerate(hierarchy.leaves):
        by_name.setdefault(hierarchy.node_names[leaf], []).append(label)
    for first, *others in by_name.values():
        for other in others:
            confused = np.flatnonzero(labels == first)[::2]
            named[confused] = other
    # And two that the tree puts a world apart, like red wine and its bottle.
    far = int(hierarchy.order[0]), int(hierarchy.order[-1])
    for one, other in (far, far[::-1]):
        named[np.flatnonzero(labels == one)[::5]] = other
    # And a class that the tree misplaces: WordNet's pier is a device, and here
    # mistaken for structures alone.
    pier = hierarchy.names.index("pier")
    structure = hierarchy.node_ids.index("n04341686")
    below = slice(hierarchy.start[structure], hierarchy.stop[structure])
    either = (labels == pier) | (named == pier)
    named[either] = labels[either]
    confused = np.flatnonzero(labels == pier)[::2]
    named[confused] = np.resize(hierarchy.order[below], len(confused))
    return Answers(labels, named)


class Mixer:
    """Replaces a share of the answers by errors, mild ones late in training."""

    def __init__(
        self, answers: Answers, hierarchy: kh.Hierarchy, seed: int
    ) -> None:
        self._answers = answers
        self._hierarchy = hierarchy
        self._rng = np.random.default_rng(seed)
        # A sample that is learned early stays learned: one number a sample.
        self._learned_at = self._rng.random(len(answers.labels))
        self._relatives = Relatives(hierarchy)

    def at(self, progress: float, skill: float = 1.0) -> np.ndarray:
        """Returns predictions [N]; `skill` is the share of the last answers."""
        labels, final = self._answers
        noisy = self._learned_at + self._rng.normal(0, 0.04, len(labels))
        learned = noisy < skill * progress**0.35 if progress < 1 else noisy < 9
        return np.where(learned, final, self._errors(progress))

    def _errors(self, progress: float) -> np.ndarray:
        """Draws classes: anywhere at first, later ever closer relatives."""
        labels, _ = self._answers
        closeness = 0.15 + 4 * progress
        up = self._rng.random(len(labels)) ** closeness
        place = self._relatives.places(labels, up, self._rng)
        return self._hierarchy.order[place]


def mended(answers: Answers, seed: int = 0) -> Answers:
    """Returns answers of which a fifth of the errors are right instead."""
    labels, named = answers
    right = np.random.default_rng(seed).random(len(labels)) < 0.2
    return Answers(labels, np.where(right, labels, named))


def write_log(
    answers: Answers,
    hierarchy: kh.Hierarchy,
    log_dir: str | Path,
    epochs: int = 50,
    seed: int = 0,
) -> None:
    """Writes runs `plain` and `hier` with their splits."""
    grouping = hierarchy.cut(groups=30)
    for run, final in (("plain", answers), ("hier", mended(answers, seed))):
        for split in ("validation", "train"):
            training = split == "train"
            copies = TRAIN_COPIES if training else 1
            many = Answers(*(np.tile(part, copies) for part in final))
            mixer = Mixer(many, hierarchy, seed + training)
            with kh.BlocksWriter(Path(log_dir) / run, hierarchy, split) as log:
                for step in range(1, epochs + 1):
                    # Augmentation and dropout keep training below its end.
                    progress = step / epochs * (0.7 if training else 1)
                    named = mixer.at(progress)
                    log.predictions(many.labels, named, step)
                    if run == "hier" and not training:
                        head = confusion_matrix(
                            grouping.lookup(many.labels),
                            grouping.lookup(mixer.at(0.8 * progress, 0.9)),
                            grouping.num_groups,
                        )
                        log.matrix(
                            head,
                            step,
                            output="conv4_groups30",
                            grouping=grouping,
                            role="head",
                            layer="conv4",
                        )
                    log.flush()


def write_seeds(
    answers: Answers,
    hierarchy: kh.Hierarchy,
    log_dir: str | Path,
    seeds: int,
    epochs: int = 50,
    splits: tuple[str, ...] = ("validation",),
) -> None:
    """Writes runs `plain-seed1`, `hier-seed1` ..., alike but for errors."""
    for name, final in (("plain", answers), ("hier", mended(answers))):
        for seed in range(1, seeds + 1):
            for split in splits:
                mixer = Mixer(final, hierarchy, 10 * seed + len(split))
                folder = Path(log_dir) / f"{name}-seed{seed}"
                with kh.BlocksWriter(folder, hierarchy, split) as log:
                    for step in range(1, epochs + 1):
                        named = mixer.at(0.98 * step / epochs, skill=0.97)
                        log.predictions(final.labels, named, step)
                        log.flush()
