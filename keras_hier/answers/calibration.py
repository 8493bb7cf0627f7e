"""Fits how sure answers must be, from samples whose labels are known."""

from typing import Any, NamedTuple

import numpy as np

from keras_hier.answers import promises
from keras_hier.answers.rules import RULES, Rule, least_thresholds
from keras_hier.answers.score_batches import (
    as_probabilities,
    batches_of,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.cut_tree import require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping, require_grouping
from keras_hier.plausibility import (
    labels_to_root,
    one_based_hint,
    one_based_nodes,
)
from keras_hier.quantities import quantity
from keras_hier.scores.paths import Paths
from keras_hier.scores.temperature import fitted_temperature
from keras_hier.tensors import to_numpy

# One sample of so many fits the temperature, and so many at most.
_ONE_OF = 5
_MOST_FOR_TEMPERATURE = 2000
# Their scores are held at once: 64 MiB, or those of 100 samples.
_HELD = 2**23
_AT_LEAST = 100


class Wanted(NamedTuple):
    """The promise and its options: see `Answers.fit`."""

    accuracy: float
    confidence: float | None = None
    at: Grouping | None = None
    rule: Rule = "information"
    temperature: float | None = None
    from_logits: bool = False


class Fitted(NamedTuple):
    """The chosen thresholds: see the attributes of `Answers`."""

    accuracy: float
    confidence: float | None
    at: Grouping | None
    rule: Rule
    temperature: float
    from_logits: bool
    thresholds: np.ndarray
    samples: np.ndarray


def check(wanted: Wanted, num_classes: int) -> None:
    """Raises an error about promises that nothing keeps."""
    for name in ("accuracy", "confidence"):
        value = getattr(wanted, name)
        if value is None and name == "confidence":
            continue
        if not isinstance(value, float | int) or not 0 < value < 1:
            raise ValueError(
                f"Expected `{name}` above 0 and below 1, such as 0.95, got "
                f"{value!r:.40}. Only saying nothing is always right."
            )
    if wanted.rule not in RULES:
        raise ValueError(
            f"Expected `rule` to be one of {', '.join(map(repr, RULES))}, got "
            f"{wanted.rule!r:.40}."
        )
    heat = wanted.temperature
    if heat is not None and not (0 < heat < np.inf):
        raise ValueError(f"Expected `temperature` above 0, got {heat!r:.40}.")
    if wanted.at is not None:
        require_grouping(wanted.at)
        if wanted.at.num_classes != num_classes:
            raise ValueError(
                f"Expected `at` to group {num_classes} classes, got a grouping "
                f"of {wanted.at.num_classes}."
            )


def node_labels(
    labels: Any, numbering: NodeLabels, count: int | None = None
) -> np.ndarray:
    """Returns labels of nodes, int64 [N]; raises if they are none."""
    values = to_numpy(labels)
    if values.dtype.kind in "OUS":
        values = numbering.labels_of([str(each) for each in values])
    if values.ndim != 1 or values.dtype.kind not in "iu" or values.size == 0:
        raise ValueError(
            "Expected labels of nodes [N], integers or names. Got "
            f"{values.dtype} of shape {values.shape}."
        )
    least, most = int(values.min()), int(values.max())
    if least < 0 or most >= numbering.num_labels:
        raise ValueError(
            f"Expected labels in [0, {numbering.num_labels}), those of "
            f"NodeLabels. Got {least if least < 0 else most}."
            + one_based_hint(least, most, numbering.num_classes)
        )
    if count is not None and len(values) != count:
        raise ValueError(
            f"Expected as many labels as samples, got {len(values)} labels and "
            f"{quantity(count, 'sample')}."
        )
    return values.astype(np.int64)


def calibrate(
    scores: Any, labels: Any, hierarchy: Hierarchy, wanted: Wanted
) -> Fitted:
    """Chooses the thresholds: see `Answers.fit`."""
    require_hierarchy(hierarchy)
    check(wanted, hierarchy.num_classes)
    numbering = NodeLabels(hierarchy)
    true = node_labels(labels, numbering)
    _check_labels(true, hierarchy.num_classes)
    need = promises.samples_needed(wanted.accuracy, wanted.confidence)
    for_heat = np.zeros(len(true), bool)
    heat = wanted.temperature
    if heat is None:
        # At random, as samples may come class by class.
        some = np.random.default_rng(0).permutation(len(true))
        held = max(_HELD // hierarchy.num_classes, _AT_LEAST)
        most = min(held, _MOST_FOR_TEMPERATURE)
        some = some[: min(len(true) // _ONE_OF, most)]
        for_heat[some] = True
    left = len(true) - int(for_heat.sum())
    if left < need:
        raise ValueError(
            f"Expected at least {need} calibration samples for a promise of "
            f"{wanted.accuracy:.6g}, got {left}"
            + (
                f" beside {for_heat.sum()} for the temperature"
                if heat is None
                else ""
            )
            + ". Promise less, or bring more samples."
        )
    if heat is None:
        heat = _temperature(scores, true, numbering, for_heat, wanted)
    best, least = _least(scores, true, hierarchy, wanted, heat)
    best, least = best[~for_heat], least[~for_heat]
    groups = np.zeros(len(best), int)
    size = 1
    if wanted.at is not None:
        groups, size = wanted.at.of_class[best], wanted.at.num_groups
    thresholds = [
        promises.threshold(
            least[groups == g], wanted.accuracy, wanted.confidence
        )
        for g in range(size)
    ]
    return Fitted(
        float(wanted.accuracy),
        None if wanted.confidence is None else float(wanted.confidence),
        wanted.at,
        wanted.rule,
        float(heat),
        bool(wanted.from_logits),
        np.array(thresholds),
        np.bincount(groups, minlength=size),
    )


def _check_labels(true: np.ndarray, num_classes: int) -> None:
    if said := one_based_nodes(labels_to_root(true, num_classes)):
        raise ValueError(said)
    if (true == num_classes).any():
        raise ValueError(
            f"{quantity(int((true == num_classes).sum()), 'label')} are the "
            "root, below which every class is: leave out these samples."
        )


def _temperature(
    scores: Any,
    true: np.ndarray,
    numbering: NodeLabels,
    chosen: np.ndarray,
    wanted: Wanted,
) -> float:
    if not chosen.any():
        return 1.0
    kept, at = [], 0
    for batch in batches_of(scores, numbering.hierarchy.classes):
        kept.append(batch[chosen[at : at + len(batch)]])
        at += len(batch)
    _check_count(at, len(true))
    rank, label = numbering.hierarchy.rank, true[chosen, None]
    start, stop = numbering.start[label], numbering.stop[label]
    below = (start <= rank) & (rank < stop)
    held = np.concatenate(kept)
    as_probabilities(held, wanted.from_logits, 1.0)  # refuses other scores
    return fitted_temperature(held, below, wanted.from_logits)


def _least(
    scores: Any,
    true: np.ndarray,
    hierarchy: Hierarchy,
    wanted: Wanted,
    temperature: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the likeliest class and the least threshold of each sample."""
    paths, numbering = Paths(hierarchy), NodeLabels(hierarchy)
    found, at = [], 0
    for batch in batches_of(scores, hierarchy.classes):
        label = true[at : at + len(batch), None]
        at += len(batch)
        _check_count(at, len(true), is_part=True)
        told = as_probabilities(batch, wanted.from_logits, temperature)
        best, path = paths.upwards(told)
        right = (paths.start[best] <= numbering.start[label]) & (
            numbering.stop[label] <= paths.stop[best]
        )
        bits = paths.bits[best]
        found.append((best, least_thresholds(wanted.rule, path, bits, right)))
    _check_count(at, len(true))
    best, least = (np.concatenate(each) for each in zip(*found, strict=True))
    return best, least


def _check_count(samples: int, labels: int, is_part: bool = False) -> None:
    if samples > labels or (samples < labels and not is_part):
        raise ValueError(
            f"Expected as many labels as samples, got {labels} labels and "
            f"{samples} samples{' or more' if is_part else ''}."
        )
