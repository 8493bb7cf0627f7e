"""The scores of every epoch of an output, each computed once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from tensorboard import errors
from werkzeug import wrappers

from keras_hier import scores
from keras_hier.analysis.evidence.agreement import kappa_of_counts
from keras_hier.hierarchy import Hierarchy
from keras_hier.scores import Counts
from tb_plugin.reading import parameters
from tb_plugin.reading.answers import Json, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.display_levels import display_levels
from tb_plugin.reading.epochs import AnyEpoch, Epoch, parts_of
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route

CACHE_BYTES = 64 * 2**20
# Errors that make an epoch a gap.
_UNREADABLE = (ValueError, errors.NotFoundError)


class CurveService(Service):
    """Computes accuracy, recall and precision over the epochs."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._counts = Cache(CACHE_BYTES)

    @route
    def curves(self, request: wrappers.Request, scope: Scope) -> Json:
        """Returns the scores of every epoch.

        All are of the cells of the matrix. The scalars
        `hierarchy/<output>/accuracy_groups<G>` also count samples that stand in
        no cell. In a set, scores are means over `runs`, and counts are sums.
        The `spread` is the standard deviation between runs (n - 1), for each
        level, and for recall and precision of each node.

        Query:
            run, output: whose epochs.
            nodes: up to 1,000 nodes of the tree of the last readable epoch,
                such as `1,4`. Optional.

        Returns:
            epochs: by `step`, each with the entries below, or an `error`.
            samples: how many stand in the matrix.
            coarse: how many stand in no cell, if any do.
            accuracy: for each level, coarse to fine, the share of samples whose
                predicted class lies in the group of the true one.
            kappa: the same, corrected for chance. A blind guess has 0.
            nodes: `recall` and `precision` of each node, and the samples that
                are `actual` and `predicted` ones.
            hierarchy, grouping: the tree of an epoch, if it is not that of the
                last one. Its scores are of its own tree, without nodes.

        Example:
            {"epochs": [{"step": 2, "samples": 1000,
              "accuracy": [0.868, 0.727], "kappa": [0.736, 0.727],
              "nodes": [{"recall": 0.992, "precision": 0.795,
                         "actual": 500, "predicted": 624}]}]}
        """
        nodes = None
        if request.args.get("nodes"):
            nodes = parameters.numbers("nodes", request.args["nodes"])
        run, output = parameters.output_of(request)
        series = self._store.epochs(scope, run, output)
        last = self._last_tree(scope, run, output, series)
        if nodes is not None and last is not None:
            size = len(last.parents)
            outside = [n for n in nodes if not 0 <= n < size]
            if outside:
                raise errors.InvalidArgumentError(
                    f"nodes must lie in 0..{size - 1}, got {outside[0]}"
                )
        listed: list[dict[str, Any]] = []
        for epoch in series:
            point: dict[str, Any] = {"step": epoch.step}
            try:
                tree, counts = self._score(scope, run, output, epoch)
                same = tree == last
                if not same:
                    point["hierarchy"] = epoch.header.hierarchy
                    point["grouping"] = epoch.header.grouping
                shown = nodes if same else None
                point |= (
                    curve(next(counts), tree, shown)
                    if epoch.runs == 1
                    else _curve_of_seeds(counts, tree, shown)
                )
                if epoch.header.coarse:
                    point["coarse"] = epoch.header.coarse
            except _UNREADABLE as error:
                point = {"step": epoch.step, "error": str(error)}
            listed.append(point)
        return {"epochs": listed}

    def _last_tree(
        self, scope: Scope, run: str, output: str, series: Sequence[AnyEpoch]
    ) -> Hierarchy | None:
        """Returns the tree of the last readable epoch; None without any."""
        for epoch in reversed(series):
            try:
                tree, counts = self._score(scope, run, output, epoch)
                for _ in counts:
                    pass
            except _UNREADABLE:
                continue
            return tree
        return None

    def _score(
        self, scope: Scope, run: str, output: str, epoch: AnyEpoch
    ) -> tuple[Hierarchy, Iterator[Counts]]:
        """Returns the tree, and each run's counts of its nodes, one by one.

        All epochs, or all runs, at once would take the memory of as many.
        """
        tree = self._store.tree_of(scope, run, epoch.header)
        return tree, (
            self._count(scope, member, output, part, tree)
            for member, part in parts_of(run, epoch)
        )

    def _count(
        self,
        scope: Scope,
        run: str,
        output: str,
        epoch: Epoch,
        tree: Hierarchy,
    ) -> Counts:
        kept = self._counts.get_or_compute(
            epoch_key(scope, run, output, epoch),
            lambda: _small(scores.node_counts(epoch.decode()[1], tree)),
            lambda counts: sum(column.nbytes for column in counts),
        )
        return Counts(*(column.astype(np.int64) for column in kept))


def _small(counts: Counts) -> Counts:
    """Returns counts in the smallest types that hold them.

    Ten runs of 300 epochs of 1,000 classes take 25 MB so, not 100.
    """
    return Counts(
        *(
            column.astype(np.min_scalar_type(int(column.max(initial=0))))
            for column in counts
        )
    )


def curve(counts: Counts, tree: Hierarchy, nodes: Sequence[int] | None) -> Json:
    """Summarises one epoch: accuracy a level, recall and precision a node."""
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


def _curve_of_seeds(
    runs: Iterable[Counts], tree: Hierarchy, nodes: Sequence[int] | None
) -> Json:
    """Summarises one epoch of several runs: means, sums and deviations."""
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
