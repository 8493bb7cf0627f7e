"""A log of what the layers of a network know, all of it drawn.

Nothing in it is about any network. The matrices of the probes are drawn first,
ever closer to the truth from one layer to the next. The record counts right
answers from them and makes up the rest. It exists so that the view of layers
can be tried and timed.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

import keras_hier as kh
from keras_hier.hierarchy.tree.cuts import levels as levels_of
from keras_hier.log.records.layers_codec import LayersRecord
from tests.support.layers import layers_record
from tests.support.relatives import Relatives

LAYERS = 12
PER_CLASS = 50
STEPS = (10, 20, 40)
CONTROLS = 3
# How much of what can be known an untrained layer knows, from the input on.
UNTRAINED = (0.06, 0.12, 0.11, 0.1, 0.09, 0.08, 0.07)


class Scores(NamedTuple):
    """Shares that are right at each of L levels, and their s.e., [L] each."""

    right: np.ndarray
    right_se: np.ndarray
    recall: np.ndarray
    recall_se: np.ndarray


def draw_matrix(
    hierarchy: kh.Hierarchy, known: float, per_class: int, seed: int
) -> sparse.csr_array:
    """Draws the answers of a probe, counts [C, C], a share of them right."""
    rng = np.random.default_rng(seed)
    classes = hierarchy.num_classes
    place = np.repeat(np.arange(classes), per_class)
    # Up to the root from a sample of which nothing is known.
    up = rng.random(len(place)) ** (0.05 + 0.9 * known)
    named = Relatives(hierarchy).places(place, up, rng)
    named = np.where(rng.random(len(place)) < known, place, named)
    order = hierarchy.order
    return sparse.csr_array(
        sparse.coo_array(
            (np.ones(len(place), np.int64), (order[place], order[named])),
            (classes, classes),
        )
    )


def scores_of(hierarchy: kh.Hierarchy, matrix: sparse.csr_array) -> Scores:
    """Counts right answers at the levels that the screen offers."""
    found = []
    total = matrix.sum()
    for level in levels_of(hierarchy):
        groups = hierarchy.cut(nodes=level.nodes.tolist())
        counts = groups.aggregate(matrix)
        own = np.asarray(counts.sum(axis=1)).ravel()
        inside = counts.diagonal()
        right, recall = inside.sum() / total, inside / own
        found.append(
            (
                right,
                np.sqrt(right * (1 - right) / total),
                recall.mean(),
                np.sqrt((recall * (1 - recall) / own).sum()) / len(own),
            )
        )
    return Scores(*np.array(found).T)


def write_layers(
    folder: Path,
    hierarchy: kh.Hierarchy,
    names: Sequence[str],
    steps: Sequence[int] = STEPS,
    per_class: int = PER_CLASS,
    controls: int = CONTROLS,
) -> LayersRecord:
    """Logs an output, its probes and records of layers; returns the last."""
    depth = len(names)
    untrained = np.interp(
        np.linspace(0, 1, depth), np.linspace(0, 1, len(UNTRAINED)), UNTRAINED
    )
    if not controls:
        untrained = untrained[:0]
    blank = [
        draw_matrix(hierarchy, known, per_class, 1000 + at)
        for at, known in enumerate(untrained)
    ]
    with kh.BlocksWriter(folder, hierarchy) as log:
        for number, step in enumerate(steps, 1):
            progress = number / len(steps)
            known = 0.12 + 0.5 * progress * np.linspace(0, 1, depth) ** 0.7
            matrices = [
                draw_matrix(hierarchy, each, per_class, 100 * number + at)
                for at, each in enumerate(known)
            ]
            log.matrix(matrices[-1], step)
            for name, matrix in zip(names, matrices, strict=True):
                output = f"{name.replace('/', '_')}_linear"
                log.matrix(matrix, step, output, role="probe", layer=name)
            if blank:
                best = int(np.argmax(untrained))
                log.matrix(
                    blank[best],
                    step,
                    "untrained_linear",
                    role="probe",
                    layer=names[best],
                )
            record = _record(hierarchy, names, matrices, blank, known, controls)
            log.layers(record, step)
    return record


def _record(
    hierarchy: kh.Hierarchy,
    names: Sequence[str],
    matrices: Sequence[sparse.csr_array],
    blank: Sequence[sparse.csr_array],
    known: np.ndarray,
    controls: int,
) -> LayersRecord:
    depth = len(names)
    scores = [scores_of(hierarchy, matrix) for matrix in matrices]
    there = [scores_of(hierarchy, matrix) for matrix in blank]
    right, right_se, recall, recall_se = map(
        np.array, zip(*scores, strict=True)
    )
    levels = levels_of(hierarchy)
    drawn = layers_record(hierarchy.digest, depth, len(levels), controls)
    # Nothing is over a control that is not there.
    none = 0 if there else np.nan
    control = np.array([each.right for each in there] or drawn.control_right)
    return dataclasses.replace(
        drawn,
        samples=int(matrices[0].sum()),
        per_class=np.nan,
        groups=tuple(len(level.nodes) for level in levels),
        layers=tuple(names),
        shapes=tuple(
            f"{max(28 >> at, 1)} x {max(28 >> at, 1)} x {32 << min(at, 4)}"
            for at in range(depth)
        ),
        features=tuple(288 << min(at, 4) for at in range(depth)),
        penalty=np.geomspace(1e-4, 10, depth),
        at_edge=(True,) + (False,) * (depth - 1),
        right=right,
        right_se=right_se,
        recall=recall,
        recall_se=recall_se,
        over=right - control.max(0, initial=0) + none,
        over_se=np.sqrt(2) * right_se + none,
        over_spread=np.full(len(levels), 0.001 + none),
        behind=right[:, -1] - right[:, -1].max(),
        behind_se=right_se[:, -1],
        alignment=0.1 + 0.5 * known,
        alignment_se=np.full(depth, 0.02),
        **_adds(depth, none),
        output_right=float(right[-1, -1]),
        control_layers=tuple(names) if there else (),
        control_right=control,
        control_recall=np.array(
            [each.recall for each in there] or drawn.control_recall
        ),
    )


def _adds(depth: int, none: float) -> dict[str, Any]:
    """Returns gains of layers, of which untrained ones have a third."""
    adds = -0.03 * np.linspace(1, 0, depth) ** 2
    learned = 2 / 3 * adds + none
    small = np.full(depth, 0.004)
    asked = list(range(min(2, depth)))
    return {
        "adds_loss": 2 * adds,
        "adds_loss_se": small,
        "adds_loss_over": 2 * learned,
        "adds_loss_over_se": small,
        "adds_loss_spread": small / 4,
        "adds_error": adds,
        "adds_error_se": small,
        "adds_error_over": learned,
        "adds_error_over_se": small,
        "adds_error_spread": small / 4,
        "asked": tuple(asked),
        "asked_error": adds[asked],
        "asked_error_se": small[asked],
        "asked_over": learned[asked],
        "asked_over_se": small[asked],
    }


def alignment_only(record: LayersRecord) -> LayersRecord:
    """Returns a record as a training logs it without probes."""
    probes = (
        "penalty right right_se recall recall_se over over_se behind behind_se "
        "adds_loss adds_loss_se adds_error adds_error_se adds_loss_over "
        "adds_loss_over_se adds_loss_spread adds_error_over "
        "adds_error_over_se adds_error_spread"
    )
    blank = {
        name: np.full_like(getattr(record, name), np.nan)
        for name in probes.split()
    }
    none = np.zeros(0)
    return dataclasses.replace(
        record,
        **blank,
        folds=0,
        asked=(),
        asked_error=none,
        asked_error_se=none,
        asked_over=none,
        asked_over_se=none,
    )
