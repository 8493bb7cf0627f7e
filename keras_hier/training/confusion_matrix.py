"""A confusion matrix kept on the device, inside fit's own passes."""

from collections.abc import Iterable
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from keras_hier import invalid_samples
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.hierarchy.tree.node_table import unique_ids
from keras_hier.invalid_samples import NotANumberError, Tally
from keras_hier.keras_internals import concrete_values, prefer
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.training.known_labels import KnownLabels
from keras_hier.training.label_counts import LabelCounts
from keras_hier.training.label_modes import nodes_hint
from keras_hier.training.root_paths import paths_to, root_paths

MAX_SIZE = 5_000
# Where a tally counts samples that stand in no cell since they are invalid.
_FAULTS = [
    Tally._fields.index(name)
    for name in (
        *("negative", "one_too_high", "too_high"),
        *("not_whole", "wrong_sum", "nan"),
    )
]


@keras.saving.register_keras_serializable(package="keras_hier")
class ConfusionMatrix(keras.metrics.Metric):
    """Counts samples by true and predicted class, while a model trains.

    The matrix is read with `matrix()`. The result, which Keras prints and logs,
    is the mean hierarchical distance@1: the height of the lowest common
    ancestor of the true and the predicted class, averaged over all samples, 0
    for a correct one. Lower is better.

    Pass it as one of the `weighted_metrics`: Keras gives those alone the sample
    weights. A sample of weight 0 is left out, any other counts 1.

    A cell is exact up to 2**24 samples. Replicas of a `MirroredStrategy` are
    summed.

    A sample that cannot be counted is an error: a label outside 0..C-1 or that
    is no whole number, a one-hot or soft label that does not sum to 1; labels
    of nodes that look one-based, as the root comes and class 0 does not. So are
    scores that contradict what the loss expects, where that is known. The error
    is raised at once where steps are not compiled (PyTorch, `run_eagerly`),
    otherwise by `matrix()`, `check()`, and the result that Keras reads at the
    end of an epoch; the results before that are NaN. Scores that are NaN raise
    no error in training: the result is NaN from then on, and there is no
    matrix.

    Args:
        hierarchy: `Hierarchy` of the C classes; None where there is none yet,
            with `classes`. Then all classes are side by side, and a tree can be
            computed from what was logged: `keras-hier tree RUN
            --from-confusions --relog RUN`. One for the whole run, since those
            of single epochs differ more than networks do.
        at: `Grouping` of the classes, for a matrix [G, G]. Distances are then
            those of `hierarchy.collapse(at)`: 1 between any two groups if the
            grouping is no cut of the tree.
        name: of the result in the logs.
        collapse: only with `at`. False if the output has G units and the labels
            are groups, as those of a head, but see `node_labels`; True if it
            has C units and the labels are classes: both are then mapped to
            their groups. Found from the width of the output, which does not
            tell when G equals C.
        dtype: of the result.
        from_logits: whether the loss expects logits, None if unknown.
            `compile_args` sets it, `BlocksCallback` finds it out.
        node_labels: whether labels may be any node of the tree, as with
            `label_mode="nodes"` of `targets` and `compile_args`. A sample
            whose label lies inside no single class (or group) stands in no
            cell and has no distance; `coarse()` says how many did.
        head_labels: with `node_labels` and `at`, True if the output has G units
            and labels are those that `targets` makes for a head, as for
            `NodeCrossentropy`; else they are those of nodes.
        classes: str [C], class ids in label order, in the place of a hierarchy.

    Raises:
        ValueError: neither a hierarchy nor classes, or both; a matrix of more
            than 5,000 rows, which costs 100 MB and as many additions a step;
            predictions of another width; samples that cannot be counted.
        HierarchyError: a grouping that does not fit the hierarchy.

    Example:
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> metric = kh.ConfusionMatrix(hierarchy)
        >>> scores = [[0.2, 0.7, 0.1], [0.1, 0.2, 0.7]]
        >>> float(metric(y_true=[0, 0], y_pred=scores))  # (1 + 2) / 2
        1.5
        >>> metric.matrix()
        array([[0, 1, 1],
               [0, 0, 0],
               [0, 0, 0]])

    Reference:
        Bertinetto et al.: Making better mistakes, arXiv 1912.09393.
    """

    def __init__(
        self,
        hierarchy: Hierarchy | None = None,
        at: Grouping | None = None,
        name: str = "distance",
        collapse: bool | None = None,
        dtype: Any = None,
        from_logits: bool | None = None,
        node_labels: bool = False,
        classes: Iterable[str] | None = None,
        head_labels: bool = False,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        prefer(self, "down")
        if hierarchy is None and classes is not None:
            paths = [(each,) for each in unique_ids(classes)]
            hierarchy = Hierarchy.from_paths(paths)
        elif hierarchy is None or classes is not None:
            raise ValueError(
                "Expected a hierarchy, or classes=, the class ids in label "
                "order, and not both."
            )
        require_hierarchy(hierarchy)
        tree = hierarchy if at is None else hierarchy.collapse(at)
        size = tree.num_classes
        if size > MAX_SIZE:
            raise ValueError(
                f"A confusion matrix of {size:,} x {size:,} is too large to "
                f"keep on the device (limit {MAX_SIZE:,}). Pass at=, a coarser "
                "grouping of the classes, such as hierarchy.cut(groups=1000)."
            )
        if at is None and collapse is not None:
            raise ValueError(
                "`collapse` has a meaning only together with `at`."
            )
        if head_labels and (at is None or collapse or not node_labels):
            raise ValueError(
                "`head_labels` are those of a head over the groups `at`, with "
                "node_labels=True and without collapse=True."
            )
        self.hierarchy = hierarchy
        self.at = at
        self.collapse = collapse
        self.from_logits = from_logits
        self.node_labels = node_labels
        self.head_labels = head_labels
        self._size = size
        self._paths, self._heights = root_paths(tree)
        self._known: KnownLabels | None = None
        self._label_counts: LabelCounts | None = None
        if node_labels:
            self._known = KnownLabels(hierarchy, at)
            self._coarse_nodes = self._known.nodes
            self._coarse_paths = paths_to(
                tree, self._coarse_nodes, self._paths.shape[1]
            )
            # By node: samples with that label; samples whose label and answer
            # meet there.
            self._coarse = self._total("coarse", (2, len(tree.parents)))
            self._label_counts = LabelCounts(self, hierarchy)
        self._matrix = self._total("matrix", (size, size))
        self._samples = self._total("samples", ())
        self._distances = self._total("distances", ())
        self._limit = size  # of integer labels as they come
        self._tally = self._total("tally", (len(Tally._fields),))
        # No maximum over replicas can be taken: the first stands for all.
        self._extremes = self.add_variable(
            (2,),
            "zeros",
            dtype="float32",
            aggregation="only_first_replica",
            name="extremes",
        )

    def _total(self, name: str, shape: tuple[int, ...]) -> Any:
        # float32: TensorFlow adds int32 variables on the host, not on the GPU.
        return self.add_variable(
            shape, "zeros", dtype="float32", aggregation="sum", name=name
        )

    def update_state(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Counts a batch.

        Args:
            y_true: labels [N] or [N, 1], or one-hot or soft [N, C], of which
                the largest entry counts; [N, V] with `node_labels`.
            y_pred: logits or probabilities [N, C].
            sample_weight: [N] or [N, 1].
        """
        y_pred = ops.convert_to_tensor(y_pred)
        grouping = self._to_apply(y_pred.shape)
        if y_pred.shape[0] == 0:  # of nothing there is no largest
            return
        y_true = ops.convert_to_tensor(y_true)
        coarse, of_nodes = None, False
        if self._known is None:
            self._limit = y_pred.shape[-1]
            rows = invalid_samples.inspect(y_true, y_pred)
        else:
            of_nodes = not self.head_labels or grouping is not None
            self._limit = self._known.limit(of_nodes)
            rows = self._known.read(y_true, y_pred, of_nodes)
            coarse = rows.labels >= self._size
        predicted = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        actual = rows.labels
        if grouping is not None:
            if self._known is None:
                actual = ops.take(grouping.of_class, actual)
            predicted = ops.take(grouping.of_class, predicted)
        if sample_weight is None:
            weighted = ops.ones_like(rows.numbers)
        else:
            sample_weight = ops.convert_to_tensor(sample_weight)
            weighted = ops.cast(ops.not_equal(sample_weight, 0), "float32")
            weighted = ops.reshape(weighted, (-1,))
        tally = invalid_samples.tally(rows, self._limit, weighted)
        extremes = invalid_samples.extremes(rows, self._limit, weighted)
        self._raise(tally, extremes)
        if self._label_counts is not None and of_nodes:
            self._label_counts.add(
                rows.given, ops.logical_and(rows.known, weighted > 0)
            )

        usable = ops.logical_and(rows.known, ops.logical_not(rows.nan))
        counted = weighted * ops.cast(usable, "float32")
        if coarse is not None:
            left_out = counted * ops.cast(coarse, "float32")
            self._count_coarse(left_out, actual, predicted)
            counted = counted - left_out
            actual = ops.where(coarse, 0, actual)
        counts = ops.segment_sum(
            counted, actual * self._size + predicted, self._size**2
        )
        self._matrix.assign_add(ops.reshape(counts, self._matrix.shape))
        self._samples.assign_add(ops.sum(counted))
        distances = self._distance(actual, predicted)
        self._distances.assign_add(ops.sum(counted * distances))
        self._tally.assign_add(tally)
        self._extremes.assign(ops.maximum(self._extremes.value, extremes))

    def _count_coarse(self, counted: Any, labels: Any, predicted: Any) -> None:
        """Counts samples that stand in no cell.

        Args:
            counted: float32 [N], 1 for these samples, else 0.
            labels: int32 [N], of the output, from n on for these samples.
            predicted: int32 [N], classes or groups.
        """
        if not len(self._coarse_paths):  # no node has several classes
            return
        last = len(self._coarse_paths) - 1
        rows = ops.clip(labels - self._size, 0, last)
        nodes = ops.take(self._coarse_paths, rows, axis=0)
        others = ops.take(self._paths, predicted, axis=0)
        shared = ops.logical_and(ops.equal(nodes, others), nodes >= 0)
        depth = ops.sum(ops.cast(shared, "int32"), axis=-1, keepdims=True) - 1
        met = ops.take_along_axis(nodes, depth, axis=-1)[:, 0]
        size = self._coarse.shape[1]
        own = ops.take(self._coarse_nodes, rows)
        self._coarse.assign_add(
            ops.stack(
                [
                    ops.segment_sum(counted, own, size),
                    ops.segment_sum(counted, met, size),
                ]
            )
        )

    def _raise(self, tally: Any, extremes: Any) -> Tally | None:
        """Raises an error about the faults, unless a step is being traced."""
        sums = concrete_values(tally)
        if sums is None:
            return None
        found = Tally(*sums.tolist())
        wrong = invalid_samples.error_message(
            found, self._limit, self.from_logits
        )
        if wrong:
            # Read only now, since each read waits for the device.
            values = concrete_values(extremes)
            wrong = invalid_samples.error_message(
                found,
                self._limit,
                self.from_logits,
                () if values is None else values.tolist(),
                self._of_above(),
            )
            raise ValueError(f"{self.name!r}: {wrong}")
        return found

    def _of_above(self) -> str:
        """Returns what is to be said of labels beyond the last class."""
        classes = self.hierarchy.num_classes
        if self.node_labels or self._limit != classes:
            return ""
        return nodes_hint(classes)

    def _to_apply(self, shape: tuple[int | None, ...]) -> Grouping | None:
        """Returns the grouping that predictions of this shape still need."""
        options: list[tuple[int, Grouping | None]] = []
        if not self.collapse:
            options.append((self._size, None))
        if self.at is not None and self.collapse is not False:
            options.append((self.at.num_classes, self.at))
        fitting = [at for width, at in options if tuple(shape[1:]) == (width,)]
        if not fitting:
            expected = " or ".join(f"[N, {width}]" for width, _ in options)
            raise ValueError(
                f"Expected predictions {expected}, one score for each class or "
                f"group, got shape {tuple(shape)}."
                + ("" if self.at else subset_hint(shape, self._size))
            )
        if len(fitting) == 2:
            raise ValueError(
                f"There are as many groups as classes, {self._size}, so the "
                "width of the output does not tell which of them it scores. "
                "Pass collapse=False for groups, True for classes."
            )
        return fitting[0]

    def _distance(self, a: Any, b: Any) -> Any:
        """Returns float32 [N], the height of the lowest common ancestors."""
        nodes = ops.take(self._paths, a, axis=0)
        others = ops.take(self._paths, b, axis=0)
        shared = ops.logical_and(ops.equal(nodes, others), nodes >= 0)
        heights = ops.take(self._heights, a, axis=0)
        return ops.min(ops.where(shared, heights, self._heights.max()), axis=-1)

    def result(self) -> Any:
        """Returns the mean distance, float32 []; NaN with NaN scores.

        Raises:
            ValueError: outside of a compiled step, see `check`.
        """
        self._raise(self._tally.value, self._extremes.value)
        if self._label_counts is not None:
            self._label_counts.check()
        mean = ops.divide_no_nan(self._distances.value, self._samples.value)
        counted = self._samples.value
        if self.node_labels:
            coarse = ops.sum(self._coarse.value[0])
            # Nothing is known of the distance then, least of all that it is 0.
            none = ops.logical_and(ops.equal(counted, 0), coarse > 0)
            mean = ops.where(none, float("nan"), mean)
        # By the faults: sums of so many samples in parts round differently.
        lost = ops.any(ops.take(self._tally.value, _FAULTS) > 0)
        return ops.where(lost, float("nan"), mean)

    def check(self) -> None:
        """Raises an error if samples so far cannot be counted.

        On JAX call `model.jax_state_sync()` first when `fit` is running.

        Raises:
            ValueError: invalid labels or scores, see above.
        """
        self._raise(self._tally.value, self._extremes.value)
        if self._label_counts is not None:
            self._label_counts.check_early()

    def matrix(self) -> np.ndarray:
        """Returns the counts, int64 [C, C] or [G, G], rows true, label order.

        On JAX call `model.jax_state_sync()` first when `fit` is running.

        Raises:
            ValueError: samples that could not be counted, see above.
            NotANumberError: a `ValueError`, where their scores are NaN.
        """
        found = self._raise(self._tally.value, self._extremes.value)
        if found and (wrong := invalid_samples.nan_message(found)):
            raise NotANumberError(f"{self.name!r}: {wrong}")
        counts = ops.convert_to_numpy(self._matrix)
        return np.rint(counts).astype(np.int64)

    def coarse(self) -> CoarseCounts | None:
        """Returns the samples that stand in no cell, since labels are coarse.

        On JAX call `model.jax_state_sync()` first when `fit` is running.

        Returns:
            Counts over the tree of the matrix; None without `node_labels`.
        """
        if not self.node_labels:
            return None
        counts = np.rint(ops.convert_to_numpy(self._coarse)).astype(np.int64)
        tree = self.hierarchy
        return CoarseCounts(
            tree if self.at is None else tree.collapse(self.at), *counts
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {
            **super().get_config(),
            "hierarchy": self.hierarchy.to_json(),
            "at": None if self.at is None else self.at.to_config(),
            "collapse": self.collapse,
            "from_logits": self.from_logits,
            "node_labels": self.node_labels,
            "head_labels": self.head_labels,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the metric that `get_config` described."""
        at = config["at"]
        if "head_labels" not in config:  # the only ones of a head once
            of_head = at is not None and not config.get("collapse")
            nodes = config.get("node_labels", False)
            config = {**config, "head_labels": of_head and nodes}
        return cls(
            **{
                **config,
                "hierarchy": Hierarchy.from_json(config["hierarchy"]),
                "at": None if at is None else Grouping.from_config(at),
            }
        )
