"""Reads the layers of one network: their probes, and how they fit the tree."""

import contextlib
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax

from keras_hier.files.numpy_rows import Rows
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.probing.alignment.tree_alignment import (
    TreeAlignment,
    alignment_with,
    split_half_reliability,
)
from keras_hier.probing.features import Features
from keras_hier.probing.fits.linear_probe import LinearProbe, fit_and_read
from keras_hier.probing.fits.standardised import (
    CHUNK,
    ConstantFeaturesError,
    class_sums,
)
from keras_hier.probing.probe_data import ProbeData
from keras_hier.probing.strongest_samples import strongest_samples
from keras_hier.scores.confusion_scores import confusion_matrix
from keras_hier.tensors import BoolArray, FloatArray, IntArray

# Sums of features [C, F] and counts [C, 1] of the samples of one half.
_Half = tuple[FloatArray, IntArray]


class ProbeReading(NamedTuple):
    """The results of the probe of a layer.

    Attributes:
        penalty: of the probe.
        at_edge: whether no penalty beyond it was tried.
        right: bool [L, N], whether it names each sample right at each level.
        recall: float [L], mean over groups.
        recall_se: float [L].
        matrix: counts [C, C].
        scores: float32 [n, C] of the samples in `ProbeData.subset`, on the
            disk; None where they were not kept.
    """

    penalty: float
    at_edge: bool
    right: BoolArray
    recall: FloatArray
    recall_se: FloatArray
    matrix: IntArray
    scores: npt.NDArray[np.float32] | None


class LayerReading(NamedTuple):
    """All that was read of one layer of one network.

    Attributes:
        name: of the layer, for messages.
        probe: None where none was fitted.
        alignment: None where the tree or the features cannot be aligned.
        reliability: of the class means, or NaN.
        unaligned: why the features cannot be aligned with the tree, or "".
        means: float32 [C, F], the class means, NaN for classes without samples;
            None for a control, or where they are not finite.
        strongest: the strongest samples of its channels, where there are means
            and the samples have ids.
    """

    name: str
    probe: ProbeReading | None = None
    alignment: TreeAlignment | None = None
    reliability: float = np.nan
    unaligned: str = ""
    means: npt.NDArray[np.float32] | None = None
    strongest: StrongestSamples | None = None


def read_layers(
    data: ProbeData,
    features: Features,
    folder: Path | None = None,
    untrained: bool = False,
) -> list[LayerReading]:
    """Reads the layers of a network or of a control in the same way."""
    kept = None if folder is None else Path(tempfile.mkdtemp(dir=folder))
    found = []
    for place, layer in enumerate(data.features.layers):
        values = features.rows(layer)
        name = f"the untrained {layer!r}" if untrained else repr(layer)
        reading = LayerReading(name)
        if data.nearness is not None or not untrained:
            halves = _halves(data, values)
            reading = _with_alignment(data, reading, halves)
            means = None if untrained else _class_means(data, halves)
            if means is not None:
                strongest = strongest_samples(data, layer)
                reading = reading._replace(means=means, strongest=strongest)
        if data.folds:
            probe = _fitted(data, values, name)
            scores = None
            if kept is not None:
                np.save(
                    kept / f"{place}.npy",
                    _all_likely(probe.scores[data.subset]),
                )
                scores = np.load(kept / f"{place}.npy", mmap_mode="r")
            reading = reading._replace(probe=_reading(data, probe, scores))
        found.append(reading)
    return found


def _fitted(data: ProbeData, values: Rows, name: str) -> LinearProbe:
    try:
        return fit_and_read(values, data.labels, data.num_classes, data.fold)
    except ConstantFeaturesError as error:
        raise ValueError(
            f"The features of {name} are the same for all samples. Is batch "
            "normalization without statistics? kh.analysis.untrained adapts "
            "it. Of a class token before attention it is so: name the other "
            "layers."
        ) from error
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _reading(
    data: ProbeData,
    probe: LinearProbe,
    scores: npt.NDArray[np.float32] | None,
) -> ProbeReading:
    right = np.empty((len(data.levels), len(data.labels)), bool)
    for start in range(0, len(data.labels), CHUNK):
        rows = slice(start, start + CHUNK)
        for place, level in enumerate(data.levels):
            group = level.of_class[data.labels[rows]]
            p = _posterior_of_groups(probe.scores[rows], level)
            right[place, rows] = p.argmax(axis=1) == group
    recalls = []
    for level, hits in zip(data.levels, right, strict=True):
        group = level.of_class[data.labels]
        count = np.bincount(group, minlength=level.num_groups)
        hit = np.bincount(group, hits, level.num_groups)
        recalls.append(mean_recall(hit, count))
    recall, recall_se = np.transpose(recalls)
    named = probe.scores.argmax(axis=1)
    return ProbeReading(
        probe.penalty,
        probe.at_edge,
        right,
        recall,
        recall_se,
        confusion_matrix(data.labels, named, data.num_classes),
        scores,
    )


def mean_recall(
    hit: npt.ArrayLike, count: npt.ArrayLike
) -> tuple[float, float]:
    """Returns the mean recall of groups [G] and its standard error."""
    hit, count = np.asarray(hit), np.asarray(count)
    hit, count = hit[count > 0], count[count > 0]
    recall = hit / count
    mean = float(recall.mean())
    # One sample tells no spread; on average it is at most that of the mean.
    spread = np.where(
        count > 1,
        recall * (1 - recall) / np.maximum(count - 1, 1),
        mean * (1 - mean),
    )
    return mean, float(np.sqrt(spread.sum()) / len(count))


def _posterior_of_groups(
    scores: npt.NDArray[np.floating], grouping: Grouping
) -> FloatArray:
    """Returns the probabilities of groups [N, G]: those of classes, summed."""
    p = np.exp(log_softmax(np.asarray(scores, np.float64), axis=1))
    order = np.argsort(grouping.of_class, kind="stable")
    first = np.searchsorted(
        grouping.of_class[order], np.arange(grouping.num_groups)
    )
    summed: FloatArray = np.add.reduceat(p[:, order], first, axis=1)
    return summed


def _halves(data: ProbeData, values: Rows) -> list[_Half]:
    found = []
    for half in (0, 1):
        rows = np.flatnonzero(data.half == half)
        sums = class_sums(values, data.labels, data.num_classes, rows)
        count = np.bincount(data.labels[rows], minlength=data.num_classes)
        found.append((sums, count[:, None]))
    return found


def _class_means(
    data: ProbeData, halves: list[_Half]
) -> npt.NDArray[np.float32] | None:
    """Returns the means of all classes, unless one is too large."""
    (first, count), (second, more) = halves
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        means = ((first + second) / (count + more)).astype(np.float32)
    return means if np.isfinite(means[data.present]).all() else None


def _with_alignment(
    data: ProbeData, reading: LayerReading, halves: list[_Half]
) -> LayerReading:
    if data.nearness is None:
        return reading
    (first, count), (second, more) = (
        (sums[data.present], count[data.present]) for sums, count in halves
    )
    try:
        alignment = alignment_with(
            (first + second) / (count + more), data.nearness
        )
    except ValueError as error:  # not finite, or the same for all classes
        return reading._replace(unaligned=str(error))
    reliability = np.nan
    if min(count.min(), more.min()) > 0:
        with contextlib.suppress(ValueError):  # of a half that is constant
            reliability = split_half_reliability(first / count, second / more)
    return reading._replace(alignment=alignment, reliability=reliability)


def _all_likely(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns scores [n, C], classes never seen as likely as the least one.

    An infinite score would outweigh everything else once combined.
    """
    never = np.isneginf(scores)
    least = scores.min(axis=1, keepdims=True, where=~never, initial=np.inf)
    return np.where(never, least, scores)
