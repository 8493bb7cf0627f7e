"""Reads what losses, layers and metrics save of their trees and groups."""

from collections.abc import Callable
from typing import Any, Self

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping

_READ: dict[str, Callable[[Any], Any]] = {
    "hierarchy": Hierarchy.from_json,
    "grouping": Grouping.from_config,
    "at": Grouping.from_config,
    "groupings": lambda saved: [Grouping.from_config(each) for each in saved],
}


class TreeConfig:
    """Reads the trees and groups in a config: a base before Keras's own."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes what `get_config` described."""
        read = {
            name: _READ[name](value)
            for name, value in config.items()
            if name in _READ and value is not None
        }
        made: Self = super().from_config({**config, **read})  # type: ignore[misc]
        return made
