"""Probes all layers of a network, and those of untrained ones beside it."""

import tempfile
import warnings
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.probing.asking import ask
from keras_hier.probing.features import Features
from keras_hier.probing.layer_reader import LayerReading, read_layers
from keras_hier.probing.layers_record import make_record
from keras_hier.probing.probe_data import Control, probe_data
from keras_hier.probing.probe_report import ProbeReport

FOLDS = 5


def probe(
    features: Features,
    hierarchy: Hierarchy,
    control: Control = None,
    folds: int = FOLDS,
    seed: int = 0,
    fit: bool = True,
) -> ProbeReport:
    """Tells what each layer knows of the classes and of their groups.

    Each layer gets a linear probe of the classes. It is fitted to all folds of
    the samples but one, and read on that one. The network should not have seen
    the samples in training. A group's probability is the sum over its classes.
    The penalty is the one under which held-out samples are likeliest; choosing
    it on the samples that are read flatters the probe very little.

    Standard errors are over samples, not over trainings: probe several networks
    to see how far these differ.

    Args:
        features: of the network, at D layers; see `kh.analysis.features`.
        hierarchy: the tree over the C classes.
        control: features of the same samples at the same layers in one or more
            untrained networks; see `kh.analysis.untrained`. Without a control
            the report cannot tell what was learned.
        folds: how many, at least 2.
        seed: of the folds.
        fit: whether to fit probes. Otherwise the report holds tree alignment
            only, which takes a second. A layer whose features are NaN or all
            the same has no alignment, and a warning names it.

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
    """Returns the report of `probe`, and the texts of its warnings."""
    data = probe_data(features, hierarchy, control, folds, seed, fit)
    output = data.output if fit else None
    with tempfile.TemporaryDirectory(prefix="keras-hier-") as kept:
        folder = None if output is None else Path(kept)
        layers = read_layers(data, features, folder)
        controls = [
            read_layers(data, each, folder, untrained=True)
            for each in data.controls
        ]
        asked = None
        if output is not None:
            asked = ask(data, output, layers, controls)
    record = make_record(data, layers, controls, asked)
    control_matrix = None
    if controls and fit:
        best = int(record.control_right[:, -1].argmax())
        if probe := controls[0][best].probe:
            control_matrix = features.layers[best], probe.matrix
    named = dict(zip(features.layers, layers, strict=True))
    report = ProbeReport(
        record,
        hierarchy,
        {name: x.probe.matrix for name, x in named.items() if x.probe},
        control_matrix,
        {name: x.means for name, x in named.items() if x.means is not None},
        np.bincount(data.labels, minlength=data.num_classes),
        {
            name: x.strongest
            for name, x in named.items()
            if x.strongest is not None
        },
    )
    readings = [*layers, *chain.from_iterable(controls)]
    return report, _warnings(record, readings)


def _warnings(
    record: LayersRecord, readings: Iterable[LayerReading]
) -> list[str]:
    unaligned: dict[str, dict[str, None]] = {}
    for each in readings:
        if each.unaligned:  # several controls name a layer once
            unaligned.setdefault(each.unaligned, {})[each.name] = None
    found = [
        f"There is no tree alignment of {', '.join(names)}: {why}"
        for why, names in unaligned.items()
    ]
    at_edge = [
        layer
        for layer, is_there in zip(record.layers, record.at_edge, strict=True)
        if is_there
    ]
    if at_edge:
        found.append(
            f"The penalty of {', '.join(at_edge)} is at the edge of those "
            "tried: another may do better. More samples a class help."
        )
    return found
