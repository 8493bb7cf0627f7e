"""The answers of the HTTP routes, as pure functions of what the store returns.

Nothing here knows about HTTP. NumPy scalars become Python's, NaN becomes None:
TensorBoard's JSON writer would turn them into strings.
"""

import json
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from keras_hier.analysis.agreement import kappa_of_counts
from keras_hier.hierarchy import Grouping, Hierarchy, cuts
from keras_hier.log.container import CodecError
from keras_hier.log.metadata import name_and_split
from keras_hier.scores import Counts
from tb_plugin.answers import Json
from tb_plugin.store import Epoch


def runs(
    outputs: Mapping[str, Sequence[str]],
    samples: Mapping[str, Sequence[str]],
) -> Json:
    """Lists the sub-runs: the name of the run, the split, the outputs.

    Args:
        outputs: those that have matrices, by run.
        samples: those that have samples, by run.
    """
    listed = []
    for run in sorted(outputs):
        name, split = name_and_split(run)
        listed.append(
            {
                "run": run,
                "name": name,
                "split": split,
                "outputs": sorted(outputs[run]),
                "samples": sorted(samples.get(run, ())),
            }
        )
    return {"runs": listed}


def epochs(series: Sequence[Epoch]) -> Json:
    """Lists the epochs of an output; a damaged one says what is wrong."""
    role, layer = "class", None
    listed = []
    for epoch in series:
        entry: Json = {"step": epoch.step, "wall_time": epoch.wall_time}
        try:
            header = epoch.header
        except CodecError as error:
            listed.append({**entry, "error": str(error)})
            continue
        role, layer = header.role, header.layer
        entry |= {
            "hierarchy": header.hierarchy,
            "grouping": header.grouping,
            "total": header.total,
            "correct": header.correct,
            "nonzeros": header.nonzeros,
        }
        listed.append(entry)
    return {"role": role, "layer": layer, "epochs": listed}


def hierarchy(tree: Hierarchy, grouping: Grouping | None) -> Json:
    """Describes the tree over the rows of a matrix, and its display levels.

    Args:
        tree: the tree of the classes, or the one collapsed to the grouping.
        grouping: the groups that the tree's labels stand for, if any.
    """
    return {
        **json.loads(tree.to_json()),
        "sizes": sizes_of(tree, grouping).tolist(),
        "levels": [
            {
                "groups": len(level.nodes),
                "name": level.name,
                "nodes": level.nodes.tolist(),
            }
            for level in display_levels(tree)
        ],
    }


def sizes_of(tree: Hierarchy, grouping: Grouping | None) -> np.ndarray:
    """Returns how many classes each row of a matrix holds, int [C]."""
    return (
        np.ones(tree.num_classes, int) if grouping is None else grouping.sizes
    )


# Weak references: the cache of the store decides which trees are kept.
_levels: WeakKeyDictionary[Hierarchy, tuple[cuts.Level, ...]]
_levels = WeakKeyDictionary()


def display_levels(tree: Hierarchy) -> tuple[cuts.Level, ...]:
    """Returns the display levels of a tree, coarse to fine."""
    found = _levels.get(tree)
    if found is None:
        found = _levels[tree] = tuple(cuts.levels(tree))
    return found


def curve(counts: Counts, tree: Hierarchy, nodes: Sequence[int] | None) -> Json:
    """Summarises one epoch: accuracy a level, recall and precision a node.

    Args:
        counts: samples of every node of the tree.
        tree: the tree over the rows of the matrix.
        nodes: nodes of the tree; None leaves them out.
    """
    total = int(counts.actual[0])
    levels = [
        Counts(*(column[level.nodes] for column in counts))
        for level in display_levels(tree)
    ]
    correct = [int(level.true_positives.sum()) for level in levels]
    entry: Json = {
        "samples": total,
        "accuracy": [c / total if total else None for c in correct],
        "kappa": [_number(kappa_of_counts(level)) for level in levels],
    }
    if nodes is not None:
        recall, precision = counts.recall, counts.precision
        entry["nodes"] = [
            {
                "recall": _number(recall[n]),
                "precision": _number(precision[n]),
                "actual": int(counts.actual[n]),
                "predicted": int(counts.predicted[n]),
            }
            for n in nodes
        ]
    return entry


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
