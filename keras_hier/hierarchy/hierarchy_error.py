"""The error of trees."""


class HierarchyError(ValueError):
    """An invalid tree, cut or class list."""
