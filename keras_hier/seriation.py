"""Orders computed from confusions, under their public name."""

from keras_hier.hierarchy.seriation import (
    FloatArray,
    IntArray,
    Measures,
    dissimilarity,
    linkage,
    measures,
    order,
    similarity,
)
from keras_hier.hierarchy.sibling_orders import order_siblings

__all__ = [
    "FloatArray",
    "IntArray",
    "Measures",
    "dissimilarity",
    "linkage",
    "measures",
    "order",
    "order_siblings",
    "similarity",
]
