"""Reads one layer of one network: its probe, and how it lies in the tree."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.files.numpy_rows import Rows
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.probing.alignment.tree_alignment import (
    TreeAlignment,
    nearness,
    split_half_reliability,
    tree_alignment,
)
from keras_hier.probing.asking import posterior_of_groups
from keras_hier.probing.features import Features, class_sums
from keras_hier.probing.fits.linear_probe import (
    LinearProbe,
    fit_and_read,
    folds_of,
)
from keras_hier.probing.fits.standardised import CHUNK, ConstantFeaturesError
from keras_hier.probing.strongest_samples import strongest_samples
from keras_hier.scores.confusion_scores import confusion_matrix

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def mean_recall(
    hit: npt.ArrayLike, count: npt.ArrayLike
) -> tuple[float, float]:
    """Returns the mean recall of groups, and its standard error over samples.

    Args:
        hit: counts [G], samples that are right.
        count: counts [G], of so many; groups without samples are left out.
    """
    hit, count = np.asarray(hit), np.asarray(count)
    hit, count = hit[count > 0], count[count > 0]
    recall = hit / count
    mean = float(recall.mean())
    # One sample tells no spread: at most, on the average, it is that of the
    # mean recall.
    spread = np.where(
        count > 1,
        recall * (1 - recall) / np.maximum(count - 1, 1),
        mean * (1 - mean),
    )
    return mean, float(np.sqrt(spread.sum()) / len(count))


class LayerReading(NamedTuple):
    """What was read of one layer of one network.

    Attributes:
        probe: without its scores; None where none was fitted.
        right: bool [L, N], whether it names each sample right at each level.
        recall: float [L], mean over groups.
        recall_se: float [L].
        matrix: counts [C, C].
        alignment: None where the tree or the features cannot be aligned.
        reliability: of the class means, or NaN.
        means: float32 [C, F], the class means, NaN for classes without samples;
            None where they were not asked for, or are not finite.
        strongest: the strongest samples of its channels, where there are means
            and the samples have ids.
    """

    probe: LinearProbe | None
    right: BoolArray
    recall: FloatArray
    recall_se: FloatArray
    matrix: IntArray | None
    alignment: TreeAlignment | None
    reliability: float
    means: npt.NDArray[np.float32] | None
    strongest: StrongestSamples | None


class LayerReader:
    """Reads layers, of the network and of its controls, in the same way.

    Args:
        labels: int64 [N].
        levels: of the tree.
        hierarchy: the tree.
        fold: int64 [N], of each sample.
        fit: whether to fit probes.

    Attributes:
        unaligned: why layers have no alignment, and which.
    """

    def __init__(
        self,
        labels: IntArray,
        levels: Sequence[Grouping],
        hierarchy: Hierarchy,
        fold: IntArray,
        fit: bool,
    ) -> None:
        self._labels, self._levels = labels, levels
        self._hierarchy, self._fold, self._fit = hierarchy, fold, fit
        self._half = folds_of(labels, 2, 0)
        self._present = np.unique(labels)
        self._tree = hierarchy
        if len(self._present) < hierarchy.num_classes:
            self._tree = hierarchy.subset(
                [hierarchy.classes[label] for label in self._present]
            )
        self._aligns = _can_align(self._tree)
        self.unaligned: dict[str, list[str]] = {}

    def layer(
        self,
        features: Features,
        layer: str,
        which: str,
        kept: Path | None = None,
        place: int = 0,
        subset: IntArray | None = None,
        keeps_means: bool = False,
    ) -> LayerReading:
        """Reads a layer, and keeps the scores of some samples in a file."""
        values = features.rows(layer)
        halves = None
        if self._aligns or keeps_means:
            halves = self._halves_of(values)
        alignment, reliability = None, np.nan
        if self._aligns and halves:
            alignment, reliability = self._alignment(
                halves, f"{which}{layer!r}"
            )
        means = self._means_of(halves) if keeps_means and halves else None
        strongest = None
        if means is not None:
            strongest = strongest_samples(
                features, layer, self._labels, self._hierarchy
            )
        if not self._fit:
            nothing = np.empty(0)
            return LayerReading(
                None,
                np.empty((0, 0), bool),
                nothing,
                nothing,
                None,
                alignment,
                reliability,
                means,
                strongest,
            )
        size = self._hierarchy.num_classes
        try:
            found = fit_and_read(values, self._labels, size, self._fold)
        except ConstantFeaturesError as error:
            raise ValueError(
                f"The features of {which}{layer!r} are the same for all "
                "samples. Is batch normalization without statistics? "
                "kh.analysis.untrained adapts it. Of a class token before "
                "attention it is so: name the other layers."
            ) from error
        except ValueError as error:
            raise ValueError(f"{which}{layer!r}: {error}") from error
        if kept is not None and subset is not None:
            kept.mkdir(exist_ok=True)
            np.save(kept / f"{place}.npy", _all_likely(found.scores[subset]))
        right, recall, recall_se = self._levels_of(found.scores)
        named = found.scores.argmax(axis=1)
        matrix = confusion_matrix(self._labels, named, size)
        return LayerReading(
            # All of the scores would be too many to keep.
            LinearProbe(
                found.penalty,
                found.at_edge,
                found.log_loss,
                found.live,
                found.scores[:0],
            ),
            right,
            recall,
            recall_se,
            matrix,
            alignment,
            reliability,
            means,
            strongest,
        )

    def _levels_of(
        self, scores: npt.NDArray[np.float32]
    ) -> tuple[BoolArray, FloatArray, FloatArray]:
        right = np.empty((len(self._levels), len(scores)), bool)
        for start in range(0, len(scores), CHUNK):
            rows = slice(start, start + CHUNK)
            for place, level in enumerate(self._levels):
                group = level.of_class[self._labels[rows]]
                p = posterior_of_groups(scores[rows], level)
                right[place, rows] = p.argmax(axis=1) == group
        recalls, errors = [], []
        for level, hits in zip(self._levels, right, strict=True):
            group = level.of_class[self._labels]
            count = np.bincount(group, minlength=level.num_groups)
            hit = np.bincount(group, hits, level.num_groups)
            recall, error = mean_recall(hit, count)
            recalls.append(recall)
            errors.append(error)
        return right, np.array(recalls), np.array(errors)

    def _halves_of(self, values: Rows) -> "tuple[_Half, _Half]":
        size = self._hierarchy.num_classes
        first, second = (
            _Half(
                class_sums(
                    values,
                    self._labels,
                    size,
                    np.flatnonzero(self._half == half),
                ),
                np.bincount(self._labels[self._half == half], minlength=size)[
                    :, None
                ],
            )
            for half in (0, 1)
        )
        return first, second

    def _means_of(
        self, halves: "tuple[_Half, _Half]"
    ) -> npt.NDArray[np.float32] | None:
        """Returns the means of all classes, unless one is too large."""
        sums = halves[0].sums + halves[1].sums
        count = halves[0].samples + halves[1].samples
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            means: npt.NDArray[np.float32] = (sums / count).astype(np.float32)
        return means if np.isfinite(means[self._present]).all() else None

    def _alignment(
        self, halves: "tuple[_Half, _Half]", name: str
    ) -> tuple[TreeAlignment | None, float]:
        first, second = halves
        count = first.samples + second.samples
        there = self._present
        means = ((first.sums + second.sums) / np.maximum(count, 1))[there]
        try:
            alignment = tree_alignment(means, self._tree)
        except ValueError as error:  # not finite, or the same for all classes
            names = self.unaligned.setdefault(str(error), [])
            if name not in names:  # of several controls
                names.append(name)
            return None, np.nan
        if min(each.samples[there].min() for each in halves) < 1:
            return alignment, np.nan
        try:
            return alignment, split_half_reliability(
                *(
                    (each.sums / np.maximum(each.samples, 1))[there]
                    for each in halves
                )
            )
        except ValueError:
            return alignment, np.nan


class _Half(NamedTuple):
    """Sums of features [C, F] and samples [C, 1] of the classes of a half."""

    sums: FloatArray
    samples: IntArray


def _can_align(present: Hierarchy) -> bool:
    """Tells whether alignment with this tree says anything."""
    try:
        nearness(present)
    except ValueError:
        return False
    return True


def _all_likely(
    scores: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """Returns scores [n, C], classes never seen as likely as the least of them.

    Asked beside the output, what a probe says of a class that it has no sample
    of would else outweigh all that it says of the others.
    """
    never = np.isneginf(scores)
    least = scores.min(axis=1, keepdims=True, where=~never, initial=np.inf)
    return np.where(never, least, scores)
