"""The error of trees."""

from collections.abc import Sequence


class HierarchyError(ValueError):
    """An invalid tree, cut or class list."""


def subset_hint(shape: Sequence[int | None], classes: int) -> str:
    """Returns what to do where a tree has more classes than are scored.

    Args:
        shape: of scores [N, C] or counts [C, C]; of anything else nothing is
            said.
        classes: how many the tree has.

    Example:
        >>> subset_hint((None, 200), 1000)
        ' hierarchy.subset(ids) is the tree of a part of its classes.'
        >>> subset_hint((None, 1001), 1000)
        ''
    """
    width = shape[1] if len(shape) == 2 else None
    if width is None or not 1 < width < classes:
        return ""
    return " hierarchy.subset(ids) is the tree of a part of its classes."
