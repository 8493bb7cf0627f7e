"""Groupings of classes: cuts of a hierarchy, or any other partition."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.files import flat_json, limits
from keras_hier.hierarchy.tree import node_table
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.plausibility import one_based_hint
from keras_hier.tensors import to_numpy

FORMAT = "keras-hier/grouping"


@dataclass(frozen=True, eq=False, repr=False)
class Grouping:
    """A partition of C classes into G groups.

    `Hierarchy.cut` makes those that follow a tree. Building one by hand is for
    groups from elsewhere, such as random ones of the same sizes as a control.

    Args:
        names: str [G], for display.
        of_class: int [C], the group of each label; no group may be empty.
        nodes: str [G], ids of tree nodes when the grouping is a cut of a tree.

    Raises:
        HierarchyError: shapes or values that are not a partition.

    Example:
        >>> import numpy as np
        >>> from keras_hier import Grouping
        >>> grouping = Grouping(["vehicle", "animal"], [0, 1, 1])
        >>> grouping.lookup(np.array([2, 0]))
        array([1, 0], dtype=int32)
        >>> grouping.aggregate(np.array([[5, 1, 0], [2, 3, 1], [0, 4, 6]]))
        array([[ 5,  1],
               [ 2, 14]])
    """

    names: tuple[str, ...]
    of_class: np.ndarray
    nodes: tuple[str, ...] | None = None

    def __init__(
        self,
        names: Sequence[str],
        of_class: Sequence[int] | np.ndarray,
        nodes: Sequence[str] | None = None,
    ) -> None:
        for name, column in (("names", names), ("of_class", of_class)):
            node_table.check_column(name, column)
        groups = node_table.integers(
            "of_class, the group of each class,", of_class
        )
        found = np.unique(groups)
        if len(groups) > limits.CLASSES:
            raise HierarchyError(
                f"A grouping has at most {limits.CLASSES:,} classes, got "
                f"{len(groups):,}."
            )
        if not np.array_equal(found, np.arange(len(names))):
            raise HierarchyError(
                f"of_class must use each of the {len(names)} groups "
                f"0..{len(names) - 1}, one per name; it uses "
                f"{found[:5].tolist()}..."
            )
        if nodes is not None:
            node_table.check_column("nodes", nodes)
        if nodes is not None and len(nodes) != len(names):
            raise HierarchyError(
                f"nodes must name a tree node for each of the {len(names)} "
                f"groups, got {len(nodes)}."
            )
        groups = groups.astype(np.int32)
        groups.setflags(write=False)
        object.__setattr__(self, "names", tuple(map(str, names)))
        object.__setattr__(self, "of_class", groups)
        object.__setattr__(self, "nodes", tuple(nodes) if nodes else None)

    @property
    def num_groups(self) -> int:
        """G."""
        return len(self.names)

    @property
    def num_classes(self) -> int:
        """C."""
        return len(self.of_class)

    @cached_property
    def sizes(self) -> np.ndarray:
        """int64 [G], classes per group."""
        return np.bincount(self.of_class, minlength=self.num_groups)

    @cached_property
    def digest(self) -> str:
        """16 hex digits that identify the grouping."""
        return digest_of(self.to_json())

    def lookup(self, labels: Any) -> Any:
        """Returns the group of each label.

        Args:
            labels: integers of any shape: NumPy, TensorFlow (also symbolic,
                inside `tf.data` maps), PyTorch (also in the `collate_fn` of a
                `DataLoader`) or a tensor of the Keras backend.

        Returns:
            int32 of the same shape and kind.

        Raises:
            HierarchyError: labels that are no integers; NumPy labels outside
                0..C-1. Tensors in a graph are checked by their library, if at
                all.
        """
        return look_up(self.of_class, labels)

    def aggregate(self, matrix: Any) -> np.ndarray:
        """Sums a matrix over blocks.

        Args:
            matrix: [C, C], NumPy or SciPy sparse.

        Returns:
            [G, G] of the same dtype, dense; of 64 bits where integers do not
            hold the sums, and where booleans were counted.

        Raises:
            HierarchyError: not [C, C].
        """
        if not sparse.issparse(matrix):
            matrix = to_numpy(matrix)
        if matrix.shape != (self.num_classes, self.num_classes):
            raise HierarchyError(
                f"Expected a matrix [C, C] with C={self.num_classes}, got "
                f"shape {matrix.shape}."
            )
        given = matrix.dtype
        if given.kind in "biu":  # small ones would begin again at 0
            wide = np.uint64 if given.kind == "u" else np.int64
            matrix = matrix.astype(wide, copy=False)
        sums: np.ndarray
        if sparse.issparse(matrix):
            membership = sparse.csr_array(
                (
                    np.ones(self.num_classes, matrix.dtype),
                    (self.of_class, np.arange(self.num_classes)),
                )
            )
            sums = (membership @ matrix @ membership.T).toarray()
        else:
            by_group = np.argsort(self.of_class, kind="stable")
            starts = np.cumsum(self.sizes) - self.sizes
            rows = np.add.reduceat(matrix[by_group], starts, axis=0)
            sums = np.add.reduceat(rows[:, by_group], starts, axis=1)
        if given.kind == "b" or (
            given.kind in "iu" and not _holds(given, sums)
        ):
            return sums
        return sums.astype(given, copy=False)

    def to_config(self) -> dict[str, Any]:
        """Returns plain JSON types; `from_config` reads them."""
        return {
            "format": FORMAT,
            "version": 1,
            "names": list(self.names),
            "of_class": self.of_class.tolist(),
            "nodes": list(self.nodes) if self.nodes else None,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Grouping":
        """Reads what `to_config` returned.

        Raises:
            HierarchyError: another format, or what is no partition.
        """
        if not isinstance(config, Mapping):
            raise HierarchyError(
                f"Expected the fields of a grouping, got {config!r:.80}."
            )
        if config.get("format") != FORMAT or config.get("version") != 1:
            raise HierarchyError(
                f"Expected format {FORMAT!r} version 1, got "
                f"{config.get('format')!r:.80} version "
                f"{config.get('version')!r:.80}."
            )
        missing = {"names", "of_class", "nodes"} - set(config)
        if missing:
            raise HierarchyError(f"The grouping lacks {sorted(missing)}.")
        names, nodes = config["names"], config["nodes"]
        for field, texts in (("names", names), ("nodes", nodes or [])):
            node_table.check_column(field, texts)
            if not all(isinstance(text, str) for text in texts):
                raise HierarchyError(f"The {field} of a grouping are strings.")
        return cls(names, config["of_class"], nodes)

    @classmethod
    def from_json(cls, text: str) -> "Grouping":
        """Reads what `to_json` wrote.

        Raises:
            HierarchyError: another format, or what is no partition.
        """
        if len(text) > limits.TREE_BYTES:
            raise HierarchyError(
                f"The JSON of a grouping takes at most {limits.TREE_BYTES:,} "
                f"bytes, got {len(text):,}."
            )
        try:
            config = flat_json.loads(
                text,
                ("format", "version", "names", "of_class", "nodes"),
                limits.CLASSES,
            )
        except ValueError as error:
            raise HierarchyError(f"Not a grouping: {error}") from error
        return cls.from_config(config)

    def to_json(self) -> str:
        """Returns the canonical JSON text, the one `digest` is made from."""
        return canonical_json(self.to_config())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grouping) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        kind = "cut" if self.nodes else "foreign"
        return (
            f"<Grouping of {self.num_classes} classes into "
            f"{self.num_groups} groups ({kind}): {', '.join(self.names[:6])}"
            f"{', ...' if self.num_groups > 6 else ''}>"
        )


def _holds(dtype: np.dtype[Any], sums: np.ndarray) -> bool:
    """Tells whether an integer type holds some numbers."""
    limit = np.iinfo(dtype)
    return bool(limit.min <= sums.min() and sums.max() <= limit.max)


def require_grouping(value: Any, place: str = "") -> None:
    """Raises an error unless a value is a `Grouping`."""
    if not isinstance(value, Grouping):
        count = value if type(value) is int else 4
        raise HierarchyError(
            f"Expected a Grouping of the classes {place}".rstrip()
            + f", got {type(value).__name__} {value!r:.80}. "
            f"hierarchy.cut(groups={count}) makes one."
        )


def look_up(table: np.ndarray, labels: Any, hint: str = "") -> Any:
    """Returns the row of a table [C, ...] for each label, see `lookup`."""
    kind = type(labels).__module__.partition(".")[0]
    if kind in ("tensorflow", "tensorflow_core"):
        import tensorflow as tf

        _require_integers(labels.dtype.name)
        # Gathering takes no uint8, the labels of many image data sets.
        labels = tf.cast(labels, tf.int64)
        checks = [
            tf.debugging.assert_non_negative(labels, _outside(table)),
            tf.debugging.assert_less(
                labels,
                tf.constant(len(table), tf.int64),
                f"{_outside(table)}. {hint}".rstrip(". "),
            ),
        ]
        # Checked before gathering, whose error names neither label nor limit.
        # Eager checks are done by now, and None.
        with tf.control_dependencies([c for c in checks if c is not None]):
            return tf.gather(table, labels)
    if kind == "torch":  # also where another library is Keras's backend
        import torch

        found = look_up(table, labels.cpu().numpy(), hint)
        return torch.as_tensor(found, device=labels.device)
    if kind in ("keras", "jax", "jaxlib"):
        import keras

        _require_integers(keras.backend.standardize_dtype(labels.dtype))
        from keras_hier.keras_internals import concrete_values

        numbers = concrete_values(labels)  # AutoGraph, in tf.data, knows no :=
        if numbers is not None:
            _require_within(table, numbers, hint)
        return keras.ops.take(table, keras.ops.cast(labels, "int32"), axis=0)
    array = to_numpy(labels)
    if array.size:
        _require_integers(array.dtype.name)
    _require_within(table, array, hint)
    return table[array.astype(np.int64, copy=False)]


def _require_within(table: np.ndarray, labels: np.ndarray, hint: str) -> None:
    if labels.size and (labels.min() < 0 or labels.max() >= len(table)):
        above = hint if labels.max() >= len(table) else ""
        raise HierarchyError(
            f"{_outside(table)}, got {labels.min()}..{labels.max()}."
            + one_based_hint(labels.min(), labels.max(), len(table))
            + f" {above}".rstrip()
        )


def _outside(table: np.ndarray) -> str:
    return f"Labels must lie in 0..{len(table) - 1}"


def _require_integers(dtype: str) -> None:
    if "int" not in dtype:
        raise HierarchyError(
            f"Labels must be integers, the label of each class; got {dtype}."
        )


def canonical_json(config: Mapping[str, Any]) -> str:
    """Returns one ASCII text for one content: sorted keys, no white space."""
    return json.dumps(config, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """Returns the 16 hex digits by which logs name a tree or a grouping."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
