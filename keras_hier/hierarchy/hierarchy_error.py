"""The error of trees."""


class HierarchyError(ValueError):
    """An invalid tree, cut or class list."""


def subset_hint(scored: int | None, classes: int) -> str:
    """Returns what to do where a tree has more classes than are scored.

    Example:
        >>> subset_hint(200, 1000)
        ' hierarchy.subset(ids) is the tree of a part of its classes.'
        >>> subset_hint(1001, 1000)
        ''
    """
    if scored is None or not 1 < scored < classes:
        return ""
    return " hierarchy.subset(ids) is the tree of a part of its classes."
