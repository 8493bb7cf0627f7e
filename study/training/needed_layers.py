"""Which layers the outputs of a model need, and how many weights these have."""

from collections.abc import Mapping
from math import prod
from typing import Any

from keras_hier.keras_internals import producer


class NeededLayers:
    """The layers that each output of a functional model depends on.

    Args:
        outputs: symbolic tensors by name.
    """

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self._needed = {name: _needed(of) for name, of in outputs.items()}

    def size(self, names: frozenset[str]) -> tuple[int, int]:
        """Returns the numbers of weights and of layers that outputs need."""
        return self.num_weights(names), len(self._union(names))

    def num_weights(self, names: frozenset[str]) -> int:
        """Returns the number of weights, as `count_params` counts them."""
        # Layers may share a variable.
        variables = {
            id(variable): prod(variable.shape)
            for operation in self._union(names).values()
            for variable in getattr(operation, "weights", ())
        }
        return sum(variables.values())

    def _union(self, names: frozenset[str]) -> dict[int, Any]:
        union: dict[int, Any] = {}
        for name in names:
            union |= self._needed[name]
        return union


def _needed(output: Any) -> dict[int, Any]:
    """Returns the operations that a tensor depends on, by their id."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    pending = [output]
    while pending:
        tensor = pending.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        operation, taken, _ = producer(tensor)
        found[id(operation)] = operation
        pending += taken
    return found
