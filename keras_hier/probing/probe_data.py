"""All that reading layers takes, as arrays: behind it nothing sees the tree."""

import dataclasses
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from keras_hier.files import limits
from keras_hier.files.numpy_rows import Rows
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log.records.layers_codec import READ
from keras_hier.probing.alignment.tree_alignment import nearness
from keras_hier.probing.features import Features
from keras_hier.probing.fits.discriminant import check_width
from keras_hier.probing.fits.linear_probe import folds_of
from keras_hier.tensors import FloatArray, IntArray

Control = Features | Sequence[Features] | None


@dataclasses.dataclass(frozen=True)
class ProbeData:
    """The features of a network and of its controls, and their tree.

    Attributes:
        features: of the network, N samples at D layers.
        controls: of untrained networks.
        output: scores of the network's own output, [N, C], or None.
        labels: int64 [N].
        tree: digest of the hierarchy over the C classes.
        levels: its groupings, the classes last.
        nearness: float64 [P, P], of the P classes that have samples; None
            where no alignment with the tree is possible.
        folds: how many each probe is fitted in; 0 where none is fitted.
        seed: of the folds.
    """

    features: Features
    controls: tuple[Features, ...]
    output: Rows | None
    labels: IntArray
    tree: str
    levels: tuple[Grouping, ...]
    nearness: FloatArray | None
    folds: int
    seed: int

    @property
    def num_classes(self) -> int:
        """C."""
        return self.levels[-1].num_groups

    @cached_property
    def present(self) -> IntArray:
        """The classes that have samples, int64 [P]."""
        return np.unique(self.labels)

    @cached_property
    def fold(self) -> IntArray:
        """The fold of each sample, int64 [N]."""
        return folds_of(self.labels, self.folds, self.seed)

    @cached_property
    def half(self) -> IntArray:
        """The half of each sample, 0 or 1, int64 [N]."""
        return folds_of(self.labels, 2, self.seed)

    @cached_property
    def subset(self) -> IntArray:
        """The samples that show what a layer adds to the output, ascending."""
        count, most = len(self.labels), max(READ // self.num_classes, 2)
        if count <= most:
            return np.arange(count)
        drawn = np.random.default_rng(self.seed).permutation(count)
        return np.sort(drawn[:most])


def probe_data(
    features: Features,
    hierarchy: Hierarchy,
    control: Control,
    folds: int,
    seed: int,
    fit: bool,
) -> ProbeData:
    """Checks the arguments of `probe`, and brings them into one order."""
    require_hierarchy(hierarchy)
    labels = features.labels_in(hierarchy)
    if type(folds) is not int or folds < 2 or len(labels) < 2 * folds:
        raise ValueError(
            "Expected at least two folds of at least two samples each, got "
            f"{len(labels)} samples for {folds} folds."
        )
    present = np.unique(labels)
    if len(present) < 2:
        raise ValueError("Expected samples of at least two classes, got one.")
    controls = (control,) if isinstance(control, Features) else control or ()
    for each in controls:
        _check_control(each, features)
        if not np.array_equal(each.labels_in(hierarchy), labels):
            raise _other_samples()
    output = features.output_in(hierarchy)
    levels = hierarchy.levels()
    # Checked at once, not when all probes have been fitted.
    if len(features.layers) * len(levels) > limits.LAYER_CELLS:
        raise ValueError(
            f"{len(features.layers)} layers at the {len(levels)} levels of the "
            f"tree are more than the {limits.LAYER_CELLS:,} readings that a "
            "record holds. Take fewer layers, or a tree with fewer named "
            "levels."
        )
    for layer in features.layers if fit else ():
        check_width(layer, features.rows(layer).shape[1], len(labels), folds)
    return ProbeData(
        features,
        tuple(controls),
        output,
        labels,
        hierarchy.digest,
        levels,
        _nearness(hierarchy, present),
        folds if fit else 0,
        seed,
    )


def _nearness(hierarchy: Hierarchy, present: IntArray) -> FloatArray | None:
    if len(present) < hierarchy.num_classes:
        hierarchy = hierarchy.subset(
            [hierarchy.classes[label] for label in present]
        )
    try:
        return nearness(hierarchy)
    except ValueError:
        return None


def _check_control(control: Features, features: Features) -> None:
    missing = [x for x in features.layers if x not in control.layers]
    if missing:
        raise ValueError(
            f"The control has no layer {missing[0]!r}: make its features at "
            "the same ones, features(untrained(model), data, "
            "layers=found.layers)."
        )
    if None not in (features.ids, control.ids) and control.ids != features.ids:
        raise _other_samples()
    for layer, pool in zip(features.layers, features.pools, strict=True):
        other = control.pools[control.layers.index(layer)]
        if other != pool:
            raise ValueError(
                f"{layer!r} is pooled by {pool!r} and in the control by "
                f"{other!r}: that alone moves it by as much as layers differ."
            )


def _other_samples() -> ValueError:
    return ValueError(
        "The control has other samples, or in another order: make both of one "
        "data set that is not shuffled, with one seed."
    )
