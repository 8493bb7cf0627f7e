"""Probes all layers of a network, and those of an untrained one beside it."""

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from keras_hier.files import limits
from keras_hier.files.numpy_rows import Rows
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.log.records.layers_codec import READ
from keras_hier.probing.asking import Asking
from keras_hier.probing.features import Features
from keras_hier.probing.fits.discriminant import check_width
from keras_hier.probing.fits.linear_probe import folds_of
from keras_hier.probing.layer_reader import LayerReader
from keras_hier.probing.layers_record import Asked, best_control, make_record
from keras_hier.probing.probe_report import ProbeReport
from keras_hier.scores.fusion import check_logits

IntArray = npt.NDArray[np.int64]

FOLDS = 5
Control = Features | Sequence[Features] | None


def probe(
    features: Features,
    hierarchy: Hierarchy,
    control: Control = None,
    folds: int = FOLDS,
    seed: int = 0,
    fit: bool = True,
) -> ProbeReport:
    """Tells what each layer knows of the classes and of their groups.

    A linear probe of the classes is fitted to each layer on all folds of the
    samples but one and read on that one; the network should have seen none of
    them in training. What it says of groups is the sum over their classes. Its
    penalty is the one under which held-out samples are likeliest: it is chosen
    by the samples that are read, which flatters it by next to nothing.

    Standard errors are over samples. They say nothing of how far another
    training of the same network would lie: for that, probe several.

    Args:
        features: of the network, at D layers; see `kh.analysis.features`.
        hierarchy: the tree over the C classes.
        control: features of the same samples at the same layers in one or
            more untrained networks; see `kh.analysis.untrained`. Without it
            nobody can tell what was learned.
        folds: how many, at least 2.
        seed: of the folds.
        fit: whether to fit probes. Without, the report has tree alignment
            alone, which takes a second. A layer that cannot be aligned, as
            its features are NaN or all the same, is NaN in it, and a warning
            names it.

    Raises:
        ValueError: a layer whose features are all the same, samples or layers
            that differ between network and control, too few samples,
            classes that the hierarchy lacks, or a layer too wide for 8 GiB.

    Example:
        >>> import keras_hier as kh, numpy as np
        >>> tree = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
        ... )
        >>> rng = np.random.default_rng(0)
        >>> labels = np.arange(400) % 4
        >>> noise = rng.normal(size=(400, 8))
        >>> features = kh.analysis.Features(
        ...     {"first": noise, "last": noise + 3 * np.eye(4, 8)[labels]},
        ...     labels,
        ... )
        >>> report = kh.analysis.probe(features, tree)
        >>> report.record.layers[report.record.right[:, -1].argmax()]
        'last'

    Reference:
        Alain, Bengio: Understanding intermediate layers using linear
        classifier probes, arXiv 1610.01644.
        Hewitt, Liang: Designing and interpreting probes with control tasks,
        arXiv 1909.03368.
    """
    report, warned = probed(features, hierarchy, control, folds, seed, fit)
    for text in warned:
        warnings.warn(text, stacklevel=2)
    return report


def probed(
    features: Features,
    hierarchy: Hierarchy,
    control: Control,
    folds: int,
    seed: int,
    fit: bool,
) -> tuple[ProbeReport, list[str]]:
    """Does what `probe` does, and returns what that warns of."""
    require_hierarchy(hierarchy)
    labels = features.labels_in(hierarchy)
    if type(folds) is not int or folds < 2 or len(labels) < 2 * folds:
        raise ValueError(
            "Expected at least two folds of at least two samples each, got "
            f"{len(labels)} samples for {folds} folds."
        )
    if len(np.unique(labels)) < 2:
        raise ValueError("Expected samples of at least two classes, got one.")
    controls = _controls(features, labels, hierarchy, control)
    output = features.output_in(hierarchy)
    levels = hierarchy.levels()
    # At once, not when the others have been fitted.
    if len(features.layers) * len(levels) > limits.LAYER_CELLS:
        raise ValueError(
            f"{len(features.layers)} layers at the {len(levels)} levels of the "
            f"tree are more than the {limits.LAYER_CELLS:,} readings that a "
            "record holds. Take fewer layers, or a tree with fewer named "
            "levels."
        )
    if fit:
        for layer in features.layers:
            width = features.rows(layer).shape[1]
            check_width(layer, width, len(labels), folds)
    fold = folds_of(labels, folds, seed)
    read = LayerReader(labels, levels, hierarchy, fold, fit)
    with tempfile.TemporaryDirectory(prefix="keras-hier-") as kept:
        subset = _subset(labels, hierarchy.num_classes, seed)
        asked_of = Path(kept) if output is not None and fit else None
        layers = [
            read.layer(features, layer, "", asked_of, place, subset, True)
            for place, layer in enumerate(features.layers)
        ]
        others = []
        for number, each in enumerate(controls):
            beside = asked_of / str(number) if asked_of else None
            others.append(
                [
                    read.layer(
                        each, layer, "the untrained ", beside, place, subset
                    )
                    for place, layer in enumerate(features.layers)
                ]
            )
        asking = None
        if output is not None and asked_of is not None:
            asking = _ask(
                features, output, labels, asked_of, subset, seed, len(controls)
            )
    warned = [
        f"There is no tree alignment of {', '.join(names)}: {why}"
        for why, names in read.unaligned.items()
    ]
    at_edge = [
        name
        for name, layer in zip(features.layers, layers, strict=True)
        if layer.probe and layer.probe.at_edge
    ]
    if at_edge:
        warned.append(
            f"The penalty of {', '.join(at_edge)} is at the edge of those "
            "tried: another may do better. More samples a class help."
        )
    record = make_record(
        features,
        hierarchy,
        levels,
        layers,
        others,
        asking,
        half=folds_of(labels, 2, seed),
        folds=folds,
        seed=seed,
    )
    best = best_control(others, -1) if others and fit else None
    report = ProbeReport(
        record,
        hierarchy,
        {
            name: layer.matrix
            for name, layer in zip(features.layers, layers, strict=True)
            if layer.matrix is not None
        },
        None
        if best is None
        else (features.layers[best], others[0][best].matrix),
        {
            name: layer.means
            for name, layer in zip(features.layers, layers, strict=True)
            if layer.means is not None
        },
        np.bincount(labels, minlength=hierarchy.num_classes),
        {
            name: layer.strongest
            for name, layer in zip(features.layers, layers, strict=True)
            if layer.strongest is not None
        },
    )
    return report, warned


def _subset(labels: IntArray, num_classes: int, seed: int) -> IntArray:
    """Returns the samples that what a layer adds is read from, ascending."""
    most = max(READ // num_classes, 2)
    if len(labels) <= most:
        return np.arange(len(labels))
    rng = np.random.default_rng(seed)
    return np.sort(rng.permutation(len(labels))[:most])


def _ask(
    features: Features,
    output: Rows,
    labels: IntArray,
    kept: Path,
    subset: IntArray,
    seed: int,
    controls: int,
) -> Asked:
    scores, *untrained = (
        {
            layer: np.load(folder / f"{place}.npy", mmap_mode="r")
            for place, layer in enumerate(features.layers)
        }
        for folder in (kept, *(kept / str(each) for each in range(controls)))
    )
    chosen = np.asarray(output[subset])
    # Logarithms of probabilities may be -inf, where a softmax gave 0.
    if not (chosen < np.inf).all() or np.isneginf(chosen).all(axis=1).any():
        raise ValueError(
            "Expected scores of the output that are numbers, logits or "
            "log-probabilities. Got NaN, inf, or -inf for all classes."
        )
    check_logits("scores of the output that are logits", chosen)
    asking = Asking(chosen, scores, labels[subset], seed, untrained)
    gains = {layer: asking.gain(layer) for layer in features.layers}
    order, in_turn = asking.in_turn(gains)
    return Asked(
        asking.output_right,
        list(gains.values()),
        [features.layers.index(layer) for layer in order],
        in_turn,
    )


def _controls(
    features: Features, labels: IntArray, hierarchy: Hierarchy, given: Control
) -> tuple[Features, ...]:
    if given is None:
        return ()
    controls = (given,) if isinstance(given, Features) else tuple(given)
    for control in controls:
        missing = [x for x in features.layers if x not in control.layers]
        if missing:
            raise ValueError(
                f"The control has no layer {missing[0]!r}: make its features "
                "at the same ones, features(untrained(model), data, "
                "layers=found.layers)."
            )
        same = np.array_equal(control.labels_in(hierarchy), labels)
        if same and None not in (features.ids, control.ids):
            same = control.ids == features.ids
        if not same:
            raise ValueError(
                "The control has other samples, or in another order: make both "
                "of one data set that is not shuffled, with one seed."
            )
        for layer, pool in zip(features.layers, features.pools, strict=True):
            other = control.pools[control.layers.index(layer)]
            if other != pool:
                raise ValueError(
                    f"{layer!r} is pooled by {pool!r} and in the control by "
                    f"{other!r}: that alone moves it by as much as layers "
                    "differ."
                )
    return controls
