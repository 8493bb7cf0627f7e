"""Refuses to analyse large data while the page waits."""

import numpy as np

from keras_hier.files import limits
from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.matrix_codec import MatrixHeader
from keras_hier.log.records.means_codec import MeansHeader
from keras_hier.log.records.sample_codec import SamplesHeader
from tb_plugin.reading.epochs import AnyEpoch


def check_matrix(header: MatrixHeader, tree: Hierarchy) -> None:
    """Raises CodecError if a matrix or its tree is too large to be analysed."""
    groups = len(tree.parents) - tree.num_classes
    levels = int(tree.height[0])
    if (
        header.nonzeros > limits.ANALYSED_CELLS
        or groups > limits.ANALYSED_GROUPS
        or levels > limits.ANALYSED_LEVELS
    ):
        raise CodecError(
            f"The matrix has {header.nonzeros:,} nonzero cells, its tree "
            f"{groups:,} groups in {levels:,} levels: more than the "
            f"{limits.ANALYSED_CELLS:,}, {limits.ANALYSED_GROUPS:,} and "
            f"{limits.ANALYSED_LEVELS:,} that are analysed while the page "
            "waits. `keras-hier quality` and Hierarchy.ordered_by take more."
        )


def check_siblings(tree: Hierarchy) -> None:
    """Raises CodecError if a group is too large for its order to be found."""
    siblings = int(np.bincount(tree.parents[1:], minlength=1).max())
    if siblings > limits.ANALYSED_SIBLINGS:
        raise CodecError(
            f"A group of the tree has {siblings:,} parts; at most "
            f"{limits.ANALYSED_SIBLINGS:,} are ordered while the page waits. "
            "Log a tree with more levels, or order it once with "
            "Hierarchy.ordered_by."
        )


def check_single(epoch: AnyEpoch) -> None:
    """Raises CodecError for the sum of several runs."""
    if epoch.runs > 1:
        raise CodecError(
            f"{epoch.runs} runs over the same samples are not {epoch.runs} "
            "times the samples: this is told of a single run. Choose one of "
            "them."
        )


def check_classes(header: MeansHeader) -> None:
    """Raises CodecError if there are too many pairs of classes to be shown."""
    pairs = header.classes * (header.classes - 1) // 2
    if pairs > limits.ANALYSED_CELLS:
        raise CodecError(
            f"{header.classes:,} classes have {pairs:,} pairs, more than the "
            f"{limits.ANALYSED_CELLS:,} that are correlated while the page "
            "waits. kh.analysis.class_correlation takes more."
        )


def check_samples(header: SamplesHeader) -> None:
    """Raises CodecError if there are too many samples to be analysed."""
    ranked = header.samples * header.top
    if ranked > limits.ANALYSED_RANKED:
        raise CodecError(
            f"{header.samples:,} samples with {header.top} classes each are "
            f"more than the {limits.ANALYSED_RANKED:,} ranked classes that are "
            "analysed while the page waits. `keras-hier quality` takes more."
        )
