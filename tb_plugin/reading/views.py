"""The answers of the HTTP routes, as pure functions of what the store returns.

Nothing here knows about HTTP. NumPy scalars become Python's, NaN becomes None:
TensorBoard's JSON writer would turn them into strings.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from keras_hier.analysis.evidence.agreement import kappa_of_counts
from keras_hier.hierarchy import Grouping, Hierarchy
from keras_hier.hierarchy.tree import cuts
from keras_hier.log.metadata import SPLITS, name_and_split
from keras_hier.log.records.container import CodecError
from keras_hier.scores import Counts
from tb_plugin.reading import seeds
from tb_plugin.reading.answers import Json, numbers
from tb_plugin.reading.epochs import AnyEpoch


def runs(
    outputs: Mapping[str, Sequence[str]],
    samples: Mapping[str, Sequence[str]],
    layers: Mapping[str, Sequence[str]],
    means: Mapping[str, Sequence[str]],
    asked: Sequence[str] = (),
) -> Json:
    """Lists the sub-runs: the name of the run, the split, the outputs.

    Sets of runs follow: those that are offered, and others that are asked for.

    Args:
        outputs: those that have matrices, by run, in the order to list them in.
        samples: those that have samples, by run.
        layers: those below which layers were looked at, by run.
        means: layers of which there are class means, by run.
        asked: what stands for sets of runs; others are left out. A set is
            listed with its runs in order, and by what it was `asked` where
            that is another.
    """
    listed = []
    for run in sorted(outputs):
        name, split = name_and_split(run)
        listed.append(
            {
                "run": run,
                "name": name,
                "split": split,
                "outputs": list(outputs[run]),
                "samples": sorted(samples.get(run, ())),
                "layers": sorted(layers.get(run, ())),
                "means": sorted(means.get(run, ())),
            }
        )
    sets = {each.key: each for each in seeds.offered(outputs)}
    is_offered = set(sets.values())
    # However its runs are ordered there, a set is listed once.
    turned: dict[str, list[str]] = {}
    for key in asked:
        each = seeds.run_set(key)
        if each:
            splits = [split for split in SPLITS if split != each.split]
            others = [each._replace(split=split) for split in splits]
            sets |= {one.key: one for one in (each, *others)}
            if key != each.key:
                turned.setdefault(each.key, []).append(key)
    for key, each in sets.items():
        common = seeds.outputs_of(each, outputs)
        if common:
            listed.append(
                {
                    "run": key,
                    "name": seeds.name_of(each, each in is_offered),
                    "split": each.split,
                    "outputs": common,
                    "samples": [],
                    "layers": [],
                    "means": [],
                    "members": list(each.names),
                    **({"asked": turned[key]} if key in turned else {}),
                }
            )
    return {"runs": listed}


def epochs(
    series: Sequence[AnyEpoch], members: Mapping[str, Sequence[AnyEpoch]]
) -> Json:
    """Lists the epochs of an output; a damaged one says what is wrong.

    Args:
        series: the epochs that are shown.
        members: of each run that they are of, all epochs that it has.
    """
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
        if epoch.runs > 1:
            entry["runs"] = epoch.runs
        entry |= {
            "hierarchy": header.hierarchy,
            "grouping": header.grouping,
            "total": header.total,
            "correct": header.correct,
            "nonzeros": header.nonzeros,
        }
        if header.coarse:
            entry["coarse"] = header.coarse
            entry["coarse_levels"] = header.coarse_levels
            if header.coarse_largest:
                entry["coarse_largest"] = header.coarse_largest
        listed.append(entry)
    found: Json = {"role": role, "layer": layer, "epochs": listed}
    if len(members) > 1:
        shown = {epoch.step for epoch in series}
        found["left_out"] = [
            {"run": run, "steps": [e.step for e in each if e.step not in shown]}
            for run, each in members.items()
        ]
    return found


def hierarchy(
    tree: Hierarchy,
    grouping: Grouping | None,
    classes: Sequence[str] = (),
) -> Json:
    """Describes the tree over the rows of a matrix, and its display levels.

    Args:
        tree: the tree of the classes, or the one collapsed to the grouping.
        grouping: the groups that the tree's labels stand for, if any.
        classes: with a grouping, the ids of the classes in label order.
    """
    members: Json = {}
    if grouping is not None:
        groups: list[list[str]] = [[] for _ in grouping.names]
        for name, group in zip(classes, grouping.of_class, strict=True):
            groups[group].append(name)
        members = {"classes": groups}
    return {
        **json.loads(tree.to_json()),
        "sizes": sizes_of(tree, grouping).tolist(),
        **members,
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


def curve_of_seeds(
    runs: Iterable[Counts], tree: Hierarchy, nodes: Sequence[int] | None
) -> Json:
    """Summarises one epoch of several runs: means, and their spread.

    Args:
        runs: samples of every node of the tree, of each run.
        tree: the tree over the rows of the matrices.
        nodes: nodes of the tree; None leaves them out.

    Returns:
        As `curve`, with the number of `runs`; `samples` and counts are sums
        over them, and `spread` is the standard deviation between runs.
    """
    points = [curve(counts, tree, nodes) for counts in runs]
    accuracy = _spread([point["accuracy"] for point in points])
    entry: Json = {
        "runs": len(points),
        "samples": sum(point["samples"] for point in points),
        "accuracy": accuracy.mean,
        "kappa": _spread([point["kappa"] for point in points]).mean,
        "spread": accuracy.deviation,
    }
    if nodes is not None:
        rates = [
            _spread([[n[name] for n in point["nodes"]] for point in points])
            for name in ("recall", "precision")
        ]
        entry["nodes"] = [
            {
                "recall": rates[0].mean[i],
                "precision": rates[1].mean[i],
                "actual": sum(point["nodes"][i]["actual"] for point in points),
                "predicted": sum(
                    point["nodes"][i]["predicted"] for point in points
                ),
                "spread": {
                    "recall": rates[0].deviation[i],
                    "precision": rates[1].deviation[i],
                },
            }
            for i in range(len(nodes))
        ]
    return entry


class _Spread(NamedTuple):
    """Mean and deviation over runs, [n]; None where any run has no number."""

    mean: list[float | None]
    deviation: list[float | None]


def _spread(runs: Sequence[Sequence[float | None]]) -> _Spread:
    # By hand: `analysis.seeds` would import scipy.stats for it.
    values = np.array(runs, float)
    return _Spread(
        numbers(values.mean(axis=0)), numbers(values.std(axis=0, ddof=1))
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
