"""Samples with classes, of data whose labels may be groups as well."""

from collections.abc import Iterator
from typing import Any

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.log.records.sample_index import SampleError
from keras_hier.quantities import by_number, quantity
from keras_hier.training.sample_batches import Batch, batches


class Labelled:
    """Walks through data once, and counts what is known as a group only."""

    def __init__(
        self,
        data: Any,
        output: str | None,
        num_classes: int,
        hierarchy: Hierarchy | None,
    ) -> None:
        self._data, self._output = data, output
        self._num_classes = num_classes
        self._of_nodes = None
        self._total = self._coarse = 0
        if hierarchy is None:
            return
        if hierarchy.num_classes != num_classes:
            raise ValueError(
                f"The output has {num_classes} columns, the hierarchy "
                f"{hierarchy.num_classes} classes."
                + subset_hint((None, num_classes), hierarchy.num_classes)
            )
        # A group with a single class below it is that class.
        self._of_nodes = NodeLabels(hierarchy).head_labels(None)

    def __iter__(self) -> Iterator[Batch]:
        """Yields batches, in which samples of groups do not count."""
        walk = batches(
            self._data, self._output, self._num_classes, self._of_nodes
        )
        try:
            for batch in walk:
                self._total += len(batch.labels)
                self._coarse += batch.coarse
                yield batch
        except SampleError as error:
            raise SampleError(f"{error}{self._hint(str(error))}") from None

    def left_out(self) -> str:
        """Returns how many samples are known as a group, a sentence, or ""."""
        if not self._coarse:
            return ""
        return (
            f"{self._coarse:,} of {quantity(self._total, 'sample')} "
            f"{by_number(self._coarse, 'is', 'are')} known as a group of "
            f"several classes only, and {by_number(self._coarse, 'is', 'are')} "
            "left out."
        )

    def without_any(self) -> str:
        """Returns why there is nothing to read, a sentence."""
        if not self._coarse:
            return "The data hold no samples."
        return (
            f"Of {quantity(self._total, 'sample')} none has a label that is a "
            f"class: {self._coarse:,} {by_number(self._coarse, 'is', 'are')} "
            "known as a group of several classes only."
        )

    def _hint(self, error: str) -> str:
        # The words of `require_within`, whoever raises it.
        if self._of_nodes is not None or " must lie in 0.." not in error:
            return ""
        return (
            f" Those of kh.NodeLabels from {self._num_classes} on are groups: "
            "pass hierarchy=, and they are left out."
        )
