"""A confusion matrix kept on the device, inside fit's own passes."""

import functools
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier import invalid_samples
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.hierarchy.tree.node_table import unique_ids
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.invalid_samples import NotANumberError, Tally
from keras_hier.keras_internals import concrete_values, prefer
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.training.coarse_totals import CoarseTotals
from keras_hier.training.known_labels import KnownLabels
from keras_hier.training.label_counts import LabelCounts
from keras_hier.training.label_modes import nodes_hint
from keras_hier.training.root_paths import meeting, root_paths

MAX_SIZE = 5_000
# The faults that leave a sample in no cell lie between these.
_FIRST, _LAST = map(Tally._fields.index, ("negative", "nan"))


@keras.saving.register_keras_serializable(package="keras_hier")
class ConfusionMatrix(TreeConfig, keras.metrics.Metric):
    """Counts samples by true and predicted class, while a model trains.

    `matrix()` reads the counts. The result, which Keras prints and logs, is the
    mean hierarchical distance@1: the mean height of the lowest common ancestor
    of the true and the predicted class. Lower is better.

    Pass it as one of the `weighted_metrics`: Keras gives those alone the sample
    weights. A sample of weight 0 is left out, any other counts 1. A cell is
    exact up to 2**24 samples. Replicas of a `MirroredStrategy` are summed.

    A sample that cannot be counted is an error: a label outside 0..C-1 or no
    whole number, a one-hot or soft label that does not sum to 1, labels of
    nodes that look one-based. So are scores that contradict what the loss
    expects. Where steps are not compiled (PyTorch, `run_eagerly`) the error is
    raised at once. Otherwise `matrix()`, `check()` and the result at the end of
    an epoch raise it. Scores that are NaN raise no error in training: the
    result is NaN from then on, and there is no matrix.

    Args:
        hierarchy: `Hierarchy` of the C classes; None with `classes`, which are
            then side by side. `keras-hier tree RUN --from-confusions --relog
            RUN` computes a tree from what was logged.
        at: `Grouping` of the classes, for a matrix [G, G]. Distances are then
            those of `hierarchy.collapse(at)`: 1 between any two groups if the
            grouping is no cut of the tree.
        name: of the result in the logs.
        collapse: only with `at`. False if output and labels are of groups, as
            those of a head, but see `node_labels`. True if they are of classes:
            both are then mapped to their groups. Default: by the width of the
            output, which does not tell when G equals C.
        dtype: of the result.
        from_logits: whether the loss expects logits, None if unknown.
            `compile_args` sets it, `BlocksCallback` finds it out.
        node_labels: whether labels may be any node of the tree, as with
            `label_mode="nodes"` of `targets` and `compile_args`. A sample
            whose label lies inside no single class (or group) stands in no
            cell and has no distance; `coarse()` counts these.
        head_labels: with `node_labels` and `at`, True if labels are those that
            `targets` makes for a head; else they are those of nodes.
        classes: str [C], class ids in label order, in the place of a hierarchy.

    Raises:
        ValueError: neither a hierarchy nor classes, or both; more than 5,000
            rows; predictions of another width; samples that cannot be counted.
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

    _saved = (
        "hierarchy",
        "at",
        "collapse",
        "from_logits",
        "node_labels",
        "head_labels",
    )

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
        if (hierarchy is None) == (classes is None):
            raise ValueError(
                "Expected a hierarchy, or classes=, the class ids in label "
                "order, and not both."
            )
        if hierarchy is None:
            paths = [(each,) for each in unique_ids(classes or ())]
            hierarchy = Hierarchy.from_paths(paths)
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
        self.hierarchy, self.at, self.collapse = hierarchy, at, collapse
        self.from_logits = from_logits
        self.node_labels, self.head_labels = node_labels, head_labels
        self._size = size
        self._paths = root_paths(tree, tree.leaves)
        self._heights = tree.height.astype(np.float32)
        self._limit = size  # of integer labels as they come
        self._known: KnownLabels | None = None
        if node_labels:
            self._known = KnownLabels(hierarchy, at)
            self._coarse = CoarseTotals(self, tree, self._known)
            self._label_counts = LabelCounts(self, hierarchy)
        self._matrix = self._total("matrix", (size, size))
        self._samples = self._total("samples")
        self._distances = self._total("distances")
        self._tally = self._total("tally", (len(Tally._fields),))
        # No maximum over replicas can be taken: the first stands for all.
        self._extremes = self._total("extremes", (2,), "only_first_replica")

    def _total(
        self, name: str, shape: tuple[int, ...] = (), how: str = "sum"
    ) -> Any:
        # float32: TensorFlow adds int32 variables on the host, not on the GPU.
        return self.add_variable(
            shape, "zeros", dtype="float32", aggregation=how, name=name
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
        if of_nodes:
            self._label_counts.add(
                rows.given, ops.logical_and(rows.known, weighted > 0)
            )

        usable = ops.logical_and(rows.known, ops.logical_not(rows.nan))
        counted = weighted * ops.cast(usable, "float32")
        answers = ops.take(self._paths, predicted, axis=0)
        if coarse is not None:
            left_out = counted * ops.cast(coarse, "float32")
            self._coarse.add(left_out, actual, answers)
            counted = counted - left_out
            actual = ops.where(coarse, 0, actual)
        counts = ops.segment_sum(
            counted, actual * self._size + predicted, self._size**2
        )
        self._matrix.assign_add(ops.reshape(counts, self._matrix.shape))
        self._samples.assign_add(ops.sum(counted))
        met = meeting(ops.take(self._paths, actual, axis=0), answers)
        distances = ops.take(self._heights, met)
        self._distances.assign_add(ops.sum(counted * distances))
        self._tally.assign_add(tally)
        self._extremes.assign(ops.maximum(self._extremes.value, extremes))

    def _raise(self, tally: Any, extremes: Any) -> Tally | None:
        """Raises an error about the faults, unless a step is being traced."""
        sums = concrete_values(tally)
        if sums is None:
            return None
        found = Tally(*sums.tolist())
        say = functools.partial(
            invalid_samples.error_message,
            found,
            self._limit,
            self.from_logits,
        )
        if say():
            # Read only now, since each read waits for the device.
            values = concrete_values(extremes)
            outside = () if values is None else values.tolist()
            above = ""
            if (
                self._known is None
                and self.hierarchy.num_classes == self._limit
            ):
                above = nodes_hint(self._limit)
            raise ValueError(f"{self.name!r}: {say(outside, above)}")
        return found

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

    def result(self) -> Any:
        """Returns the mean distance, float32 []; NaN with NaN scores.

        Raises:
            ValueError: outside of a compiled step, see `check`.
        """
        self._raise(self._tally.value, self._extremes.value)
        if self.node_labels:
            self._label_counts.check()
        mean = ops.divide_no_nan(self._distances.value, self._samples.value)
        counted = self._samples.value
        if self.node_labels:
            # Nothing is known of the distance then, least of all that it is 0.
            none = ops.logical_and(counted == 0, self._coarse.samples() > 0)
            mean = ops.where(none, float("nan"), mean)
        # By the faults: sums of so many samples in parts round differently.
        lost = ops.any(self._tally.value[_FIRST : _LAST + 1] > 0)
        return ops.where(lost, float("nan"), mean)

    def check(self) -> None:
        """Raises an error if samples so far cannot be counted.

        On JAX call `model.jax_state_sync()` first when `fit` is running.

        Raises:
            ValueError: invalid labels or scores, see above.
        """
        self._raise(self._tally.value, self._extremes.value)
        if self.node_labels:
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

        Returns:
            Counts over the tree of the matrix; None without `node_labels`.
        """
        return self._coarse.read() if self.node_labels else None
