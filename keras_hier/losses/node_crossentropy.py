"""Crossentropy of labels that may be any node of a tree."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.losses.label_widths import by_width
from keras_hier.losses.tree_loss import Float32Loss, unmasked
from keras_hier.losses.tree_ops import NodeReduction, segment_logsumexp


@keras.saving.register_keras_serializable(package="keras_hier")
class NodeCrossentropy(TreeConfig, Float32Loss):
    """Minus the log of the summed probability below the node of a label.

    A label is the class of a sample, or a group that its class is in. The loss
    is -log sum p(c) over the classes c below the node: of a class it is the
    crossentropy, of the root 0. Labels are numbered as in `NodeLabels`: 0..C-1
    the classes, C..V-1 the inner nodes depth-first.

    On a head over groups the sum is over the groups with a class below the
    node. If the grouping is no cut of the tree, a group with only some of the
    classes below the node counts wholly.

    A label outside 0..V-1, or that is no whole number, makes its loss NaN,
    unless the sample has the weight 0, which leaves it out. Everything is
    computed in float32, also under mixed precision, by log-sum-exp from logits.
    Integer labels cost O(N C); soft ones go up the tree level by level, O(N V).
    No table [C, C] or [V, C] is made.

    Args:
        hierarchy: `Hierarchy` of the C classes.
        grouping: `Grouping` that a head predicts; None for the classes.
        from_logits: False if the output ends in a softmax.
        head_labels: with a grouping, True if labels are those that `targets`
            makes for a head: 0..G-1 the groups, from G on the nodes that are
            in several (`NodeLabels.head_labels`); soft ones [N, G] or [N, V].
        **kwargs: `name` and `reduction`, of `keras.losses.Loss`.

    Raises:
        HierarchyError: a grouping of another number of classes.
        ValueError: when called, predictions or labels of another width.

    Example:
        >>> import keras_hier as kh
        >>> from keras_hier.losses.node_crossentropy import NodeCrossentropy
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> loss = NodeCrossentropy(hierarchy)
        >>> logits = [[0.0, 0.0, 0.0]]
        >>> round(float(loss([1], logits)), 4)  # a dog: ln 3
        1.0986
        >>> round(float(loss([4], logits)), 4)  # a pet: ln 3/2
        0.4055

    Reference:
        Deng et al.: Large-scale object classification using label relation
        graphs, ECCV 2014, for labels at any node of a graph.
        Su, Maji: Semi-supervised learning with taxonomic labels, arXiv
        2111.11595, for what such labels bring.
    """

    _saved = ("hierarchy", "grouping", "from_logits", "head_labels")

    def __init__(
        self,
        hierarchy: Hierarchy,
        grouping: Grouping | None = None,
        from_logits: bool = True,
        head_labels: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        require_hierarchy(hierarchy)
        if grouping is not None:
            hierarchy.collapse(grouping)
        elif head_labels:
            raise ValueError("`head_labels` are those of a `grouping`.")
        self.hierarchy = hierarchy
        self.grouping = grouping
        self.from_logits = from_logits
        self.head_labels = head_labels
        self._numbering = NodeLabels(hierarchy)
        # Soft labels of classes go up the tree, those of groups take unions.
        self._nodes = NodeReduction(hierarchy)
        self._masses = None
        if grouping is not None:
            self._masses = _Masses(self._numbering, grouping)
        # A label of a node for each label of a head.
        self._node_of: np.ndarray | None = None
        if head_labels:
            _, first = np.unique(
                self._numbering.head_labels(grouping), return_index=True
            )
            self._node_of = first.astype(np.int32)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of each sample, float32 [N].

        Args:
            y_true: labels of nodes [N] or [N, 1]; or one-hot or soft labels
                over the classes [N, C] or over all labels [N, V]. With
                `head_labels` those of groups in place of classes.
            y_pred: logits, or probabilities, [N, C]; [N, G] with a grouping.
        """
        grouping = self.grouping
        size = self._numbering.num_classes
        outputs = grouping.num_groups if grouping else size
        scores = ops.cast(y_pred, "float32")
        if len(scores.shape) != 2 or scores.shape[-1] != outputs:
            raise ValueError(
                f"Expected predictions [N, {outputs}], one score for each "
                f"{'group' if grouping else 'class'}, got shape "
                f"{tuple(scores.shape)}."
            )
        if not self.from_logits:
            scores = ops.log(ops.maximum(scores, keras.config.epsilon()))
        narrow = outputs if self.head_labels else size
        widths = (1, narrow, self._numbering.num_labels)

        def losses(labels: Any) -> Any:
            width = labels.shape[-1] if len(labels.shape) == 2 else 1
            if len(labels.shape) not in (1, 2) or width not in widths:
                raise ValueError(
                    "Expected labels of nodes [N] or [N, 1], or soft labels "
                    f"[N, {narrow}] over the "
                    f"{'groups' if self.head_labels else 'classes'} or "
                    f"[N, {widths[2]}] over classes and inner nodes, got shape "
                    f"{tuple(labels.shape)}."
                )
            if width == 1:
                return self._of_labels(ops.reshape(labels, (-1,)), scores)
            return self._of_soft(ops.cast(labels, "float32"), scores)

        return by_width(
            ops.convert_to_tensor(y_true),
            widths,
            losses,
            otherwise=lambda of_each: ops.full_like(of_each, math.nan),
        )

    def _of_labels(self, numbers: Any, scores: Any) -> Any:
        labels = ops.cast(numbers, "int32")
        last = self._numbering.num_labels - 1
        if self._node_of is not None:
            last = len(self._node_of) - 1
        at = ops.clip(labels, 0, last)[:, None]
        if self._node_of is not None:
            at = ops.take(self._node_of, at)
        start = ops.take(self._numbering.start, at)
        stop = ops.take(self._numbering.stop, at)
        rank = ops.convert_to_tensor(self.hierarchy.rank)
        below = ops.logical_and(rank >= start, rank < stop)
        if self.grouping is not None:
            below = ops.transpose(ops.cast(below, "float32"))
            below = ops.segment_max(
                below, self.grouping.of_class, self.grouping.num_groups
            )
            below = ops.transpose(below) > 0
        # The difference of two sums near 1e6 would have no digits. Scores that
        # are all -inf allow no class: they and their loss are NaN.
        log_p = ops.log_softmax(scores, axis=-1)
        least = np.finfo(np.float32).min
        losses = -_log_sum(ops.where(below, log_p, least))
        known = ops.logical_and(labels >= 0, labels <= last)
        # False for NaN, and for 2.7, which is no 2.
        whole = ops.equal(
            ops.cast(labels, "float32"), ops.cast(numbers, "float32")
        )
        known = ops.logical_and(known, whole)
        return ops.where(known, losses, math.nan)

    def _of_soft(self, labels: Any, scores: Any) -> Any:
        log_p = unmasked(ops.log_softmax(scores, axis=-1))
        width = labels.shape[-1]
        of_outputs = self.grouping is None or self.head_labels
        if of_outputs and width == log_p.shape[-1]:
            return -ops.sum(labels * log_p, axis=-1)
        if self._masses is None:
            row = self._nodes.row[self._numbering.nodes]
            masses = self._nodes.reduce(log_p, segment_logsumexp)
        else:
            row, masses = self._masses.row, self._masses(log_p)
        # Labels that allow the same groups share a row.
        rows = ops.segment_sum(
            ops.transpose(labels), row[:width], masses.shape[0]
        )
        return -ops.sum(rows * masses, axis=0)


def _log_sum(log_p: Any) -> Any:
    """Returns the log of the summed exponentials of each row, [N]."""
    # Keras would warn that the softmax of one output is always 1.
    if keras.backend.backend() != "torch" or log_p.shape[-1] == 1:
        return ops.logsumexp(log_p, axis=-1)
    # PyTorch's takes 20 times as long on a CPU where exp underflows, forwards
    # and backwards; its softmax does not. The sum is p by p / sum, of the best
    # class.
    best = ops.argmax(log_p, axis=-1)[:, None]
    shares = ops.softmax(log_p, axis=-1)
    share = ops.take_along_axis(shares, best, axis=-1)
    most = ops.take_along_axis(log_p, best, axis=-1)
    return (most - ops.log(share))[:, 0]


class _Masses:
    """Log-probabilities of groups, and of those that a node touches.

    For each inner node in several groups it holds the pairs of node and group:
    at most O(C) for each depth of the tree.

    Attributes:
        row: int32 [V], the row of each label.
    """

    def __init__(self, numbering: NodeLabels, grouping: Grouping):
        self.row = numbering.groups(grouping)
        undecided = np.flatnonzero(self.row < 0)
        self.row[undecided] = grouping.num_groups + np.arange(len(undecided))
        touched = [numbering.touched(int(v), grouping) for v in undecided]
        self._count = len(touched)
        self._groups = np.concatenate([[], *touched]).astype(np.int32)
        self._unions = np.repeat(
            np.arange(self._count, dtype=np.int32), [len(t) for t in touched]
        )

    def __call__(self, log_p: Any) -> Any:
        log_p = ops.transpose(log_p)
        if not self._count:
            return log_p
        parts = ops.take(log_p, self._groups, axis=0)
        unions = segment_logsumexp(parts, self._unions, self._count)
        return ops.concatenate([log_p, unions])
