"""Saves trees and groups with losses, layers and metrics, and reads them."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping

_READ: dict[str, Callable[[Any], Any]] = {
    "hierarchy": Hierarchy.from_json,
    "grouping": Grouping.from_config,
    "at": Grouping.from_config,
    "groupings": lambda saved: [Grouping.from_config(each) for each in saved],
}


class TreeConfig:
    """A config with trees and groups: a base before Keras's own."""

    # The arguments that are saved as they are kept, beside Keras's own.
    _saved: ClassVar[tuple[str, ...]]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        own = {name: _plain(getattr(self, name)) for name in self._saved}
        return {**super().get_config(), **own}  # type: ignore[misc]

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


def _plain(value: Any) -> Any:
    if isinstance(value, Hierarchy):
        return value.to_json()
    if isinstance(value, Grouping):
        return value.to_config()
    return (
        list(map(_plain, value)) if isinstance(value, list | tuple) else value
    )
